import type { ColumnType, Generated } from 'kysely';

/** `json`, which keeps the order of keys as `jsonb` does not: written as text, read as a value. */
type Json = ColumnType<unknown, string, string>;

interface AggregateTable {
  id: string;
  revision: number;
  state: string;
  body: Json;
}

export interface Tables {
  clock: { one: Generated<boolean>; offset_ms: string };
  request: AggregateTable & {
    kind: string;
    account_id: string | null;
    form_id: string;
    requester_key: string;
    user_principal_name: string;
    tenant_id: string;
    opened_at: Date;
  };
  decision: {
    request_id: string;
    number: number;
    kind: string;
    person_key: string;
    object_id: string;
    plan_digest: string;
    at: Date;
    reason: string | null;
    proof_method: string | null;
    proof_at: Date | null;
  };
  proof_ticket: { hash: string; request_id: string; object_id: string; wanted: Json; expires_at: Date };
  account: AggregateTable & {
    request_id: string;
    tenant_id: string;
    object_id: string;
    user_principal_name: string;
    retired_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  };
  runbook_ticket: { hash: string; account_id: string; object_id: string; expires_at: Date };
  audit_ticket: { hash: string; object_id: string; first_day: string | null; last_day: string | null; expires_at: Date };
  custody_tag_key: { one: Generated<boolean>; key_id: string; wrapped: Buffer };
  alert: AggregateTable & { raised_at: Date; folded_into: string | null; address: string | null; happened_at: Date | null };
  fold: { key: string; alert_id: string; since: Date; until: Date };
  audit_owed: { id: Generated<string>; body: Json };
  case: AggregateTable & { about: string; tenant_id: string | null; account: string | null; opened_at: Date };
  drill: AggregateTable & { account_id: string; started_at: Date };
  condition: { name: string; alert_id: string; since: Date };
  seen_in_azure: { part: string };
  heartbeat: {
    one: Generated<boolean>;
    number: number;
    began_at: Date;
    arrived: number;
    arrived_at: Date | null;
    conversation_id: string | null;
    activity_id: string | null;
  };
  once: { key: string; id: string };
  sealed_part: { key: string; sealed: Buffer };
  timer: { key: string; at: Date; intent: Json; failures: Generated<number> };
  posted_card: {
    key: string;
    subject: string;
    variant: string;
    place: string;
    state: string;
    conversation_id: string | null;
    activity_id: string | null;
    shown: number;
    urgent: boolean;
    first: boolean;
    since: Generated<Date>;
    /** When Teams confirmed it. */
    sent_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  };
  conversation: { place: string; conversation_id: string; reference: Json };
  feed: {
    tenant_id: string;
    feed: string;
    last_success_at: Date | null;
    read_up_to: Date | null;
    /** Instant of the newest row it brought. */
    freshest_at: Date | null;
    failures: number;
    last_error: string | null;
  };
  stream_position: { stream: string; partition: string; offset: string; sequence_number: string };
  stream_owner: { stream: string; partition: string; owner: string; version: string };
  quarantine: { id: string; at: Date; feed: string; tenant_id: string | null; words: string; bytes: Buffer; size: number };
  /** Who holds a role, since when; a role in `roster_read` without rows has nobody. */
  roster: { role: string; object_id: string; person_key: string; name: string; since: Date };
  roster_read: { role: string };
  configuration: { one: Generated<boolean>; body: Json };
  turn: { key: string; at: Generated<Date> };
  audit: { seq: number; at: Date; intent: string; actor: string; subject: string; leaf: Buffer; body: Buffer };
  audit_head: { one: Generated<boolean>; size: number; frontier: Buffer };
}
