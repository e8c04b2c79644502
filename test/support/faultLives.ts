import { setTimeout as sleep } from 'node:timers/promises';
import { sandboxClock } from '../../sandbox/clock.ts';
import { loopbackCredential } from '../../sandbox/credentials.ts';
import { openDocuments } from '../../sandbox/documents.ts';
import { loopbackTransport } from '../../sandbox/graphTransport.ts';
import { startTenant, type TenantServer } from '../../sandbox/tenant/server.ts';
import { APPS, HOME_TENANT, ROLE_GROUPS, TENANTS } from '../../sandbox/world.ts';
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
  /** Time limit of one call. */
  readonly timeoutMs: number;
  /** Seconds of every Retry-After; left out, some are 1 and some are missing. */
  readonly retryAfter?: number;
}

export interface BadTenant {
  readonly server: TenantServer;
  readonly people: ReturnType<typeof graphPeople>;
  readonly tenants: ReturnType<typeof graphTenants>;
  readonly lateMs: number;
  /** HTTP requests that were made, and how many milliseconds the slowest took. */
  readonly calls: { count: number; slowestMs: number };
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
  const calls = { count: 0, slowestMs: 0 };
  const real = loopbackTransport(ORIGIN, server.url);
  const transport: typeof real = {
    async execute(context) {
      calls.count += 1;
      const started = performance.now();
      await real.execute(context).finally(() => {
        calls.slowestMs = Math.max(calls.slowestMs, performance.now() - started);
      });
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
  const home = graphClient({ origin: ORIGIN, credential: credential('reader', HOME_TENANT.id), transport, timeoutMs });
  return {
    server,
    calls,
    lateMs,
    people: graphPeople(home, { groups: ROLE_GROUPS, personKeyAttribute: 'employeeId' }),
    tenants: graphTenants(
      Object.values(TENANTS).map((info) => ({ info, reader: credential('reader', info.id), writer: credential('changer', info.id) })),
      { graphOrigin: ORIGIN, transport, timeoutMs },
    ),
    writes: async () => (await (await fetch(`${server.url}/sandbox/writes`)).json()) as TenantWrite[],
    async signIn(userPrincipalName, password) {
      const { result } = await post('sign-ins', { tenantId: TENANTS.contoso.id, userPrincipalName, password });
      return String(result);
    },
    pass: (ms) => clock.move(ms),
    begin: () => post('chaos', { rate, seed, lateMs, ...(retryAfter === undefined ? {} : { retryAfter }) }),
    async end() {
      await post('chaos', { rate: 0 });
      await sleep(lateMs); // what is late arrives
    },
    async close() {
      await server.close();
      documents.close();
    },
  };
}
