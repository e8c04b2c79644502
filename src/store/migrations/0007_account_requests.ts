/** Requests on accounts that exist, and accounts that are retired. */
export const accountRequests: readonly string[] = [
  `alter table request add column kind text not null default 'create', add column account_id text references account (id)`,
  'alter table request alter column kind drop default',
  'alter table account add column retired_at timestamptz',
  // A name is claimed by a request for a new account while it is open, and by an account until it is retired.
  'drop index request_name_claimed',
  `create unique index request_name_claimed on request (lower(user_principal_name))
    where kind = 'create' and state in ('pending', 'approved', 'failed', 'undoing')`,
  `create unique index account_name_claimed on account (lower(user_principal_name)) where state <> 'retired'`,
  // Two plans on one account would each spoil the other, whatever the code above does.
  `create unique index request_account_claimed on request (account_id) where state in ('pending', 'approved', 'failed', 'undoing')`,
  'drop index request_open',
  `create index request_open on request (opened_at desc) where state in ('pending', 'approved', 'failed', 'undoing')`,
];
