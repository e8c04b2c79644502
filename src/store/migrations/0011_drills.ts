/** Drills: one that runs an account at most, whatever the code above does. When a card was confirmed is a hop of theirs. */
export const drills: readonly string[] = [
  `create table drill (
    id text primary key, revision integer not null, state text not null, account_id text not null, started_at timestamptz not null,
    body json not null)`,
  `create unique index drill_running on drill (account_id) where state = 'running'`,
  'create index drill_account on drill (account_id, started_at desc)',
  'alter table posted_card add column sent_at timestamptz',
];
