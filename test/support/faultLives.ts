import { setTimeout as sleep } from 'node:timers/promises';
import type { Context, Middleware } from '@microsoft/microsoft-graph-client';
import { sandboxClock } from '../../sandbox/clock.ts';
import { loopbackCredential } from '../../sandbox/credentials.ts';
import { openDocuments } from '../../sandbox/documents.ts';
import { loopbackTransport } from '../../sandbox/graphTransport.ts';
import { generator } from '../../sandbox/tenant/chaos.ts';
import { startTenant, type TenantServer } from '../../sandbox/tenant/server.ts';
import { APPS, HOME_TENANT, ROLE_GROUPS, TENANTS } from '../../sandbox/world.ts';
import type { TenantReader } from '../../src/app/ports.ts';
import { graphClient } from '../../src/graph/client.ts';
import { graphPeople } from '../../src/graph/people.ts';
import { graphTenants } from '../../src/graph/tenants.ts';
import { NOON } from './builders.ts';

export const ORIGIN = 'https://graph.microsoft.com';

/** A Graph on a bad day: that share of calls is answered 429, 503, 504, by a reset, late, or carried out and not answered. */
export interface BadDay {
  readonly rate: number;
  readonly seed: number;
  /** Real milliseconds of a late answer; more than the time limit makes it an answer that never came. */
  readonly lateMs: number;
  /** Late answers are given up by the client at once instead of at their limit, so that no busy machine makes another one late. */
  readonly givenUpAtOnce?: true;
  /** Time limit of one call. */
  readonly timeoutMs: number;
  /** Seconds of every Retry-After; left out, some are 1 and some are missing. */
  readonly retryAfter?: number;
}

export interface BadTenant {
  readonly server: TenantServer;
  readonly people: ReturnType<typeof graphPeople>;
  readonly tenants: ReturnType<typeof graphTenants>;
  /** Resolves when everything that was late has arrived. */
  arrived(): Promise<unknown>;
  /** HTTP requests that were made. */
  readonly calls: { count: number };
  /** Reads with all the time there is, to judge by afterwards. */
  readonly oracle: TenantReader;
  /** Every write the tenant was asked for, in order. */
  writes(): Promise<readonly TenantWrite[]>;
  signIn(userPrincipalName: string, password: string): Promise<string>;
  /** Time passes for the tenant. */
  pass(ms: number): void;
  begin(): Promise<unknown>;
  end(): Promise<unknown>;
  close(): Promise<void>;
}

export interface TenantWrite {
  readonly seq: number;
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>> | null;
  readonly status: number;
}

/** The sandbox tenant and the real adapter on it, its clock at noon of the builders. */
export async function badTenant(day: BadDay): Promise<BadTenant> {
  const documents = openDocuments(':memory:');
  const clock = sandboxClock(NOON.getTime() - Date.now());
  const server = await startTenant({ port: 0, documents, clock, replicationMs: 60, logDelayMs: 0 });
  const calls = { count: 0 };
  const whole = loopbackTransport(ORIGIN, server.url);
  const gone = day.givenUpAtOnce ? impatient(whole, day) : undefined;
  const real = gone ?? whole;
  const transport: typeof real = {
    async execute(context) {
      calls.count += 1;
      await real.execute(context);
    },
  };
  const credential = (app: 'reader' | 'changer', id: string) => loopbackCredential(server.url, id, APPS[app], server.secrets[app]);
  const { timeoutMs, rate, seed, lateMs, retryAfter } = day;
  const post = async (path: string, body: unknown): Promise<Readonly<Record<string, unknown>>> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${server.url}/sandbox/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Record<string, unknown>;
  };
  const arrived = (): Promise<unknown> => gone?.arrived() ?? sleep(lateMs);
  const home = graphClient({ origin: ORIGIN, credential: credential('reader', HOME_TENANT.id), transport, timeoutMs });
  const managed = Object.values(TENANTS).map((info) => ({
    info,
    reader: credential('reader', info.id),
    writer: credential('changer', info.id),
  }));
  return {
    server,
    calls,
    oracle: graphTenants(managed, { graphOrigin: ORIGIN, transport: whole, timeoutMs: 30_000 }).reader(TENANTS.contoso.id),
    arrived,
    people: graphPeople(home, { groups: ROLE_GROUPS, personKeyAttribute: 'employeeId' }),
    tenants: graphTenants(managed, { graphOrigin: ORIGIN, transport, timeoutMs }),
    writes: async () => (await (await fetch(`${server.url}/sandbox/writes`)).json()) as TenantWrite[],
    async signIn(userPrincipalName, password) {
      const { result } = await post('sign-ins', { tenantId: TENANTS.contoso.id, userPrincipalName, password });
      return String(result);
    },
    pass: (ms) => clock.move(ms),
    begin() {
      gone?.begin();
      return post('chaos', { rate, seed, lateMs: gone ? 0 : lateMs, ...(retryAfter === undefined ? {} : { retryAfter }) });
    },
    async end() {
      gone?.end();
      await post('chaos', { rate: 0 });
      await arrived();
    },
    async close() {
      await server.close();
      documents.close();
    },
  };
}

/**
 * Two of the eight kinds of fault the tenant knows, on this side of the wire: what is asked arrives when nobody waits for it any more, or it
 * arrives and its answer does not.
 */
function impatient(
  whole: Middleware,
  { rate, seed, lateMs }: BadDay,
): Middleware & { begin(): void; end(): void; arrived(): Promise<unknown> } {
  const next = generator(seed);
  let share = 0;
  const late = new Set<Promise<unknown>>();
  const sendLater = (context: Context): void => {
    // Whatever it comes to, nobody hears of it.
    const sent: Promise<unknown> = sleep(lateMs)
      .then(() => whole.execute({ ...context }))
      .catch(() => undefined)
      .finally(() => late.delete(sent));
    late.add(sent);
  };
  return {
    arrived: () => Promise.all(late),
    begin() {
      share = rate / 4;
    },
    end() {
      share = 0;
    },
    async execute(context) {
      if (next() >= share) return whole.execute(context);
      if (next() < 0.5) await whole.execute({ ...context });
      else sendLater(context);
      throw new DOMException('given up', 'TimeoutError');
    },
  };
}
