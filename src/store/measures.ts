import { type Kysely, sql } from 'kysely';
import type { Measures } from '../app/ports.ts';
import type { Feed } from '../core/alert/types.ts';
import type { Tables } from './tables.ts';

interface Row {
  readonly at: Date;
  readonly critical: number;
  readonly high: number;
  readonly low: number;
  readonly oldest: Date | null;
  readonly unclassified: number;
  readonly cases: number;
  readonly conditions: number;
  readonly jobs: number;
  readonly failed_jobs: number;
  readonly timers: number;
  readonly beat: Date | null;
  readonly quarantined: number;
  readonly audit: number;
  readonly passed: number;
  readonly failed: number;
  readonly stopped: number;
  readonly none: number;
  readonly feeds: readonly {
    readonly tenant: string;
    readonly feed: string;
    readonly success: number | null;
    readonly freshest: number | null;
    readonly failures: number;
  }[];
}

/**
 * Everything that is measured, counted by the database in one statement: so it is of one instant, and whoever asks often costs one connection
 * for a moment. Instants of feeds come as milliseconds, for inside JSON they would be text.
 */
export async function measures(handle: Kysely<Tables>): Promise<Measures> {
  const { rows } = await sql<Row>`
    select clock_timestamp() + clock.offset_ms * interval '1 millisecond' as at, open_alert.*, job.*, in_use.*,
      (select count(*)::int from alert where state = 'acknowledged' and (body->>'severity') = 'critical') as unclassified,
      (select count(*)::int from "case" where state = 'open') as cases,
      (select count(*)::int from condition) as conditions,
      (select count(*)::int from timer) as timers,
      (select arrived_at from heartbeat) as beat,
      (select count(*)::int from quarantine) as quarantined,
      (select size::int from audit_head) as audit,
      (select coalesce(json_agg(json_build_object('tenant', tenant_id, 'feed', feed, 'failures', failures,
        'success', (extract(epoch from last_success_at) * 1000)::float8, 'freshest', (extract(epoch from freshest_at) * 1000)::float8)
        order by tenant_id, feed), '[]') from feed) as feeds
    from clock,
      (select (count(*) filter (where body->>'severity' = 'critical'))::int as critical,
        (count(*) filter (where body->>'severity' = 'high'))::int as high,
        (count(*) filter (where body->>'severity' = 'low'))::int as low, min(raised_at) as oldest
        from alert where state = 'open') as open_alert,
      (select (count(*) filter (where state < 'completed'))::int as jobs,
        (count(*) filter (where state = 'failed'))::int as failed_jobs from jobs.job) as job,
      (select (count(*) filter (where result = 'passed'))::int as passed, (count(*) filter (where result = 'failed'))::int as failed,
        (count(*) filter (where result = 'stopped'))::int as stopped, (count(*) filter (where result is null))::int as none
        from (select body->'drill'->>'result' as result from account where state in ('in-service', 'handover')) as account) as in_use`.execute(
    handle,
  );
  const row = rows[0];
  if (!row) throw new Error('the clock row is missing');
  return {
    at: row.at,
    feeds: row.feeds.map(({ tenant, feed, success, freshest, failures }) => ({
      tenantId: tenant,
      feed: feed as Feed,
      failures,
      ...(success === null ? {} : { lastSuccessAt: new Date(success) }),
      ...(freshest === null ? {} : { freshestAt: new Date(freshest) }),
    })),
    openAlerts: { critical: row.critical, high: row.high, low: row.low },
    ...(row.oldest ? { oldestOpenAlertAt: row.oldest } : {}),
    unclassified: row.unclassified,
    openCases: row.cases,
    conditions: row.conditions,
    jobs: row.jobs,
    failedJobs: row.failed_jobs,
    timers: row.timers,
    ...(row.beat ? { heartbeatAt: row.beat } : {}),
    quarantined: row.quarantined,
    auditEntries: row.audit,
    accounts: { passed: row.passed, failed: row.failed, stopped: row.stopped, none: row.none },
  };
}
