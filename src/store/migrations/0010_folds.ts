/** Failed attempts folded into one card, counted by columns; and audit entries that an alert could not wait for. */
export const folds: readonly string[] = [
  'create table fold (key text primary key, alert_id text not null, since timestamptz not null, until timestamptz not null)',
  'alter table alert add column folded_into text, add column address text, add column happened_at timestamptz',
  'create index alert_folded on alert (folded_into) where folded_into is not null',
  'create table audit_owed (id bigint generated always as identity primary key, body json not null)',
];
