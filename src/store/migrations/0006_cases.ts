/** Cases: what is worked up after an account was used in earnest. One open case an account, whatever the code above does. */
export const cases: readonly string[] = [
  `create table "case" (
    id text primary key, revision integer not null, state text not null, about text not null, tenant_id text, account text,
    opened_at timestamptz not null, body json not null)`,
  `create unique index case_open on "case" (about) where state = 'open'`,
  `create index alert_unclassified on alert (raised_at desc) where state = 'acknowledged' and (body->>'severity') = 'critical'`,
];
