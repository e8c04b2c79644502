import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { countedRefusals } from '../app/countedRefusals.ts';
import type { Door } from '../app/dispatch.ts';
import type { Log } from '../app/log.ts';
import type { Channel, Reads, Tenants } from '../app/ports.ts';

export interface MetricsNeeds {
  readonly store: Pick<Reads, 'measures'>;
  readonly tenants: Pick<Tenants, 'info'>;
}

/** What is counted as it happens, and the page that Prometheus reads. Nothing in it names a person or an account. */
export interface Metrics {
  /** The same door; refusals by code and runs by what became of them are counted. */
  counted(door: Door): Door;
  /** The same channel; what is sent to Teams is counted. */
  countedChannel(channel: Channel): Channel;
  text(needs: MetricsNeeds): Promise<string>;
}

const RUNS: Readonly<Record<string, string>> = { 'begin-run': 'begun', 'finish-run': 'done', 'fail-run': 'failed' };

export function metrics(): Metrics {
  const register = new Registry();
  collectDefaultMetrics({ register, prefix: 'breakglass_' });
  const registers = [register];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter({ name: `breakglass_${name}`, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge({ name: `breakglass_${name}`, help, labelNames, registers });
  const refusals = counter('refusals_total', 'Intents that were refused, by the code of the refusal.', ['code']);
  const runs = counter('runs_total', 'Runs of approved plans: begun, done, failed.', ['result']);
  const sends = counter('teams_sends_total', 'Cards posted to Teams and updated there, by outcome.', ['what', 'result']);
  const feedAge = gauge('feed_age_seconds', 'Since a feed was last heard.', ['tenant', 'feed']);
  const rowAge = gauge('feed_freshest_row_age_seconds', 'Age of the newest row a feed has brought.', ['tenant', 'feed']);
  const feedFailures = gauge('feed_failures', 'Reads of a feed that failed one after the other.', ['tenant', 'feed']);
  const alerts = gauge('alerts_open', 'Alerts that nobody has acknowledged, by severity.', ['severity']);
  const oldest = gauge('alerts_oldest_seconds', 'Age of the oldest alert that nobody has acknowledged; 0 without one.');
  const unclassified = gauge('alerts_unclassified', 'Uses that were acknowledged and that nobody has classified.');
  const cases = gauge('cases_open', 'Cases of real use or misuse that are open.');
  const conditions = gauge('conditions_standing', 'Outages that stand: silent feeds, Teams out of reach.');
  const jobs = gauge('outbox_jobs', 'Jobs of the outbox that wait or are being done.');
  const failedJobs = gauge('outbox_failed_jobs', 'Jobs that were given up.');
  const timers = gauge('timers_waiting', 'Timers that wait.');
  const beat = gauge('heartbeat_age_seconds', 'Since a heartbeat last reached the channel; absent before the first.');
  const quarantined = gauge('quarantined_signals', 'What feeds brought and nobody could read.');
  const audit = gauge('audit_entries', 'Entries of the audit log.');
  const accounts = gauge('accounts', 'Accounts in use, by what their newest drill came to.', ['drill']);

  async function collect({ store, tenants }: MetricsNeeds): Promise<void> {
    const measured = await store.measures();
    const since = (at: Date): number => (measured.at.getTime() - at.getTime()) / 1_000;
    for (const each of [feedAge, rowAge, feedFailures, beat]) each.reset();
    for (const { tenantId, feed, lastSuccessAt, freshestAt, failures } of measured.feeds) {
      const labels = { tenant: tenants.info(tenantId)?.name ?? tenantId, feed };
      if (lastSuccessAt) feedAge.set(labels, since(lastSuccessAt));
      if (freshestAt) rowAge.set(labels, since(freshestAt));
      feedFailures.set(labels, failures);
    }
    for (const [severity, count] of Object.entries(measured.openAlerts)) alerts.set({ severity }, count);
    oldest.set(measured.oldestOpenAlertAt ? Math.max(0, since(measured.oldestOpenAlertAt)) : 0);
    unclassified.set(measured.unclassified);
    cases.set(measured.openCases);
    conditions.set(measured.conditions);
    jobs.set(measured.jobs);
    failedJobs.set(measured.failedJobs);
    timers.set(measured.timers);
    if (measured.heartbeatAt) beat.set(since(measured.heartbeatAt));
    quarantined.set(measured.quarantined);
    audit.set(measured.auditEntries);
    for (const [drill, count] of Object.entries(measured.accounts)) accounts.set({ drill }, count);
  }

  const sent = async <T>(what: string, work: Promise<T>): Promise<T> => {
    try {
      const answer = await work;
      sends.inc({ what, result: 'taken' });
      return answer;
    } catch (error) {
      sends.inc({ what, result: error instanceof Error && 'ambiguous' in error && error.ambiguous === true ? 'unknown' : 'refused' });
      throw error;
    }
  };

  /** Whoever asks while it is drawn gets the same page. */
  let drawing: Promise<string> | undefined;
  const drawn = async (needs: MetricsNeeds): Promise<string> => {
    await collect(needs);
    return register.metrics();
  };

  return {
    counted: (door) => ({
      async dispatch(actor, intent) {
        const outcome = await door.dispatch(actor, intent);
        const beginning = intent.kind === 'cannot-begin' || intent.kind === 'begin-run';
        const run = beginning && outcome.ok && outcome.value.request?.state === 'failed' ? 'failed' : RUNS[intent.kind];
        if (!outcome.ok) {
          if (outcome.error.code !== 'nothing-to-do') refusals.inc({ code: outcome.error.code });
        } else if (run !== undefined) runs.inc({ result: run });
        return outcome;
      },
    }),
    countedChannel: (channel) => ({
      post: (to, card) => sent('post', channel.post(to, card)),
      update: (to, conversationId, activityId, card) => sent('update', channel.update(to, conversationId, activityId, card)),
    }),
    text(needs) {
      drawing ??= drawn(needs).finally(() => {
        drawing = undefined;
      });
      return drawing;
    },
  };
}

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface MetricsSettings {
  readonly port: number;
  readonly host: string;
  /** What a reader has to show as a bearer token. Without one nobody is asked, and the settings allow that on loopback only. */
  readonly token?: string;
}

/** Answers `GET /metrics` and nothing else. What it shows is for those who run the bot: it listens where the settings say, on loopback unless. */
export async function startMetricsServer(
  { port, host, token }: MetricsSettings,
  page: () => Promise<string>,
  log: Log,
): Promise<MetricsServer> {
  const refused = countedRefusals(log, 'metrics.refused');
  const server = createServer({ requestTimeout: 5_000, headersTimeout: 5_000, maxHeaderSize: 8_192 }, (request, response) => {
    if (token !== undefined && !isSame(request.headers.authorization ?? '', `Bearer ${token}`)) {
      refused();
      return void response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
    }
    if (request.url !== '/metrics' || request.method !== 'GET') return void response.writeHead(404).end();
    void page().then(
      (text) => response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text),
      (error: unknown) => {
        log.error('metrics.failed', { error });
        response.writeHead(503).end();
      },
    );
  });
  server.maxConnections = 20;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Digests of equal length, in constant time: how long it takes tells nothing. */
const isSame = (shown: string, wanted: string): boolean => timingSafeEqual(digestOf(shown), digestOf(wanted));
const digestOf = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();
