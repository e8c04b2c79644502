/** What a feed brought and nobody could read, as it came (AL-5). */
export const quarantine: readonly string[] = [
  `create table quarantine (
    id text primary key, at timestamptz not null, feed text not null, tenant_id text, words text not null, bytes bytea not null,
    size integer not null)`,
  'create index quarantine_at on quarantine (at desc)',
];
