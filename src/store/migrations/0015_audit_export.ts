/** One-time links to an export of the audit log. Of a ticket only its hash is kept: what is read here opens nothing. */
export const auditExport: readonly string[] = [
  `create table audit_ticket (
    hash text primary key, object_id text not null, first_day text, last_day text, expires_at timestamptz not null)`,
  'create index audit_ticket_expires on audit_ticket (expires_at)',
];
