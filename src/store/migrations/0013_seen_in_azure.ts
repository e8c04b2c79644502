/** What Azure has let us read that it need not: not being able to any more is news. */
export const seenInAzure: readonly string[] = [
  'create table seen_in_azure (part text primary key, since timestamptz not null default clock_timestamp())',
];
