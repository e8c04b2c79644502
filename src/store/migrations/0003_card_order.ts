/** What goes ahead of everything, and since when a card waits: in the database's real time, which nobody moves. */
export const cardOrder: readonly string[] = [
  'alter table posted_card add column first boolean not null default false, add column since timestamptz not null default now()',
  `create index posted_card_unsent on posted_card (since) where state <> 'sent'`,
];
