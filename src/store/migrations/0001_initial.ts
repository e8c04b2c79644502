/** Forward only; a released migration never changes (test/contract/migrations.test.ts keeps their checksums). */
export const initial: readonly string[] = [
  // The one clock that decides anything (DA-6). The offset is 0 in production, which refuses to start otherwise; the sandbox moves it.
  'create table clock (one boolean primary key default true check (one), offset_ms bigint not null)',
  'insert into clock (offset_ms) values (0)',

  `create table request (
    id text primary key, revision integer not null, state text not null, form_id text not null unique, requester_key text not null,
    user_principal_name text not null, tenant_id text not null, opened_at timestamptz not null, body json not null)`,
  `create unique index request_name_claimed on request (lower(user_principal_name)) where state in ('pending', 'approved', 'failed', 'applied')`,
  `create index request_open on request (opened_at desc) where state in ('pending', 'approved', 'failed')`,

  // The decision book: rows are only ever added. One approval per human and plan, whatever the code above does (AP-8).
  `create table decision (
    request_id text not null references request (id), number integer not null, kind text not null, person_key text not null,
    object_id text not null, plan_digest text not null, at timestamptz not null, reason text, primary key (request_id, number))`,
  `create unique index decision_once on decision (request_id, person_key, plan_digest) where kind = 'approve'`,

  `create table account (
    id text primary key, revision integer not null, state text not null, request_id text not null unique references request (id),
    tenant_id text not null, object_id text not null, user_principal_name text not null, body json not null, unique (tenant_id, object_id))`,

  `create table alert (id text primary key, revision integer not null, state text not null, raised_at timestamptz not null, body json not null)`,
  `create index alert_open on alert (raised_at desc) where state = 'open'`,

  'create table once (key text primary key, id text not null)',
  'create table sealed_part (key text primary key, sealed bytea not null)',

  'create table timer (key text primary key, at timestamptz not null, intent json not null, failures integer not null default 0)',
  'create index timer_due on timer (at)',

  `create table posted_card (
    key text primary key, subject text not null, variant text not null, place text not null, state text not null, conversation_id text,
    activity_id text, shown integer not null, urgent boolean not null)`,
  'create index posted_card_subject on posted_card (subject)',
  'create table conversation (place text primary key, conversation_id text not null, reference json not null)',
  `create table feed (
    tenant_id text not null, feed text not null, last_success_at timestamptz, read_up_to timestamptz, failures integer not null,
    last_error text, primary key (tenant_id, feed))`,
  // Who holds a role as last read; a role that was never read stands in no row of `roster_read`.
  `create table roster (
    role text not null, object_id text not null, person_key text not null, name text not null, since timestamptz not null,
    primary key (role, object_id))`,
  'create table roster_read (role text primary key)',
  // The settings of the last start that decide who may do what; secrets are never among them.
  'create table configuration (one boolean primary key default true check (one), body json not null)',

  'create table turn (key text primary key, at timestamptz not null default now())',
  'create index turn_at on turn (at)',

  // RFC 6962 tree over the bodies as stored. `body` is the canonical JSON of the entry, as bytes.
  `create table audit (
    seq integer primary key, at timestamptz not null, intent text not null, actor text not null, subject text not null, leaf bytea not null,
    body bytea not null)`,
  'create index audit_subject on audit (subject, seq)',
  'create table audit_head (one boolean primary key default true check (one), size integer not null, frontier bytea not null)',
  `insert into audit_head (size, frontier) values (0, '\\x')`,
];
