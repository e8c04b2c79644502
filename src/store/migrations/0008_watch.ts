/** What watches the watching: conditions that stand, each told of by one alert; the heartbeat; how fresh each feed's rows are. */
export const watch: readonly string[] = [
  'create table condition (name text primary key, alert_id text not null, since timestamptz not null)',
  `create table heartbeat (
    one boolean primary key default true check (one), number integer not null, began_at timestamptz not null, arrived integer not null,
    arrived_at timestamptz, conversation_id text, activity_id text)`,
  `insert into heartbeat (number, began_at, arrived) values (0, '1970-01-01T00:00:00Z', 0)`,
  'alter table feed add column freshest_at timestamptz',
];
