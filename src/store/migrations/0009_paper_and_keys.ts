/** The key that makes markers, wrapped by the key vault; and one-time links to a runbook card. */
export const paperAndKeys: readonly string[] = [
  // It opens nothing without the vault's key. One row: every replica must make the same markers.
  'create table custody_tag_key (one boolean primary key default true check (one), key_id text not null, wrapped bytea not null)',
  // Of a ticket only its hash is kept: what is read here opens nothing.
  `create table runbook_ticket (
    hash text primary key, account_id text not null references account (id), object_id text not null, expires_at timestamptz not null)`,
  'create index runbook_ticket_expires on runbook_ticket (expires_at)',
];
