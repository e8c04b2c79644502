/** What AU-9 needs: the proof beside each decision, and the tickets of sign-ins under way. */
export const secondProof: readonly string[] = [
  'alter table decision add column proof_method text, add column proof_at timestamptz',
  // Of a ticket only its hash is kept: what is read here opens nothing. A row ends with the decision it proves, or when its time is over.
  `create table proof_ticket (
    hash text primary key, request_id text not null references request (id), object_id text not null, wanted json not null,
    expires_at timestamptz not null)`,
  'create index proof_ticket_expires on proof_ticket (expires_at)',
];
