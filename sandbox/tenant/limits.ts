import type { FastifyInstance } from 'fastify';
import type { Authenticated } from './authenticate.ts';
import { GraphFault } from './graphFault.ts';
import type { GraphRoute } from './graphRoute.ts';
import { objectOf } from './json.ts';
import type { TenantState } from './state.ts';

/** How much within how long, in real time. */
interface Allowance {
  readonly most: number;
  readonly withinMs: number;
}

export interface Cost {
  readonly isWrite: boolean;
  readonly units: number;
}

export interface Limits {
  /** Headers for the answer; throws 429 when the caller has used up what it may. */
  take(who: Authenticated, route: GraphRoute, cost: Cost): Readonly<Record<string, string>>;
}

// microsoft-graph-docs-contrib, concepts/throttling-limits.md @0135174.
const CONDITIONAL_ACCESS: Allowance = { most: 1, withinMs: 1000 };
const REPORTS: Allowance = { most: 5, withinMs: 10_000 };
const WRITES: Allowance = { most: 3000, withinMs: 150_000 };
const UNIT_SIZES: readonly (readonly [users: number, units: number])[] = [
  [50, 3500],
  [500, 5000],
  [Number.POSITIVE_INFINITY, 8000],
];
const WARN_FROM = 0.8;

interface Spent {
  readonly at: number;
  readonly units: number;
}

/** Sliding window: what it costs to ask now, and when there is room again. */
class Window {
  #spent: Spent[] = [];

  /** @returns share of the allowance used by now, or the milliseconds to wait */
  take({ most, withinMs }: Allowance, units: number, now: number): { readonly share: number } | { readonly waitMs: number } {
    this.#spent = this.#spent.filter((one) => one.at > now - withinMs);
    const used = this.#spent.reduce((sum, one) => sum + one.units, 0);
    if (used + units > most) return { waitMs: (this.#spent[0]?.at ?? now) + withinMs - now };
    this.#spent.push({ at: now, units });
    return { share: (used + units) / most };
  }
}

const tooMany = (headers: Readonly<Record<string, string>>): GraphFault =>
  new GraphFault(429, 'TooManyRequests', 'Please retry again later.', [], { headers });

interface LimitSettings {
  readonly on: boolean;
  /** Resource units of the directory per 10 seconds, instead of what the size of the tenant gives. */
  readonly directoryUnits?: number;
}

const KEY = 'limits';

/**
 * Throttling, off until switched on by `POST /sandbox/limits {"on": true, "directoryUnits"?: n}`. Conditional Access: one request a second
 * for a tenant, all apps together, and its 429 has no Retry-After. Reports: five in ten seconds for each app. Everything else: resource
 * units and writes for each app. Counted in memory: a restart forgets.
 */
export function registerLimits(server: FastifyInstance, state: TenantState): Limits {
  const windows = new Map<string, Window>();
  const settings = (): LimitSettings => state.documents.get<LimitSettings>('tenant.settings', KEY) ?? { on: false };
  const windowOf = (name: string): Window => {
    const window = windows.get(name) ?? new Window();
    windows.set(name, window);
    return window;
  };
  const unitsOf = (tenantId: string): number => {
    const users = state.users.all().filter((user) => user.tenantId === tenantId && user.deletedAt === null).length;
    return UNIT_SIZES.find(([most]) => users < most)?.[1] ?? 0;
  };
  server.get('/sandbox/limits', async () => settings());
  server.post('/sandbox/limits', async (request, reply) => {
    const { on, directoryUnits } = objectOf(request.body);
    const isWhole = directoryUnits === undefined || (Number.isInteger(directoryUnits) && Number(directoryUnits) > 0);
    if (typeof on !== 'boolean' || !isWhole)
      return reply.code(400).send({ error: 'Say {"on": true} or {"on": false}; directoryUnits is a whole number.' });
    const next: LimitSettings = { on, ...(directoryUnits === undefined ? {} : { directoryUnits: Number(directoryUnits) }) };
    state.documents.put('tenant.settings', KEY, next);
    windows.clear();
    return next;
  });
  return {
    take({ tenant, caller }, route, { isWrite, units }) {
      const { on, directoryUnits } = settings();
      if (!on) return {};
      const now = Date.now();
      const app = `${caller.app.appId}/${tenant.id}`;
      if (route.throttle === 'conditional-access') {
        if ('waitMs' in windowOf(`conditional-access/${tenant.id}`).take(CONDITIONAL_ACCESS, 1, now)) throw tooMany({});
        return {};
      }
      const refuse = (waitMs: number, information: string): never => {
        const scope = `Tenant_Application/${isWrite ? 'ReadWrite' : 'Read'}/${caller.app.appId}/${tenant.id}`;
        const retryAfter = String(Math.max(1, Math.ceil(waitMs / 1000)));
        throw tooMany({ 'retry-after': retryAfter, 'x-ms-throttle-scope': scope, 'x-ms-throttle-information': information });
      };
      if (route.throttle === 'reports') {
        const taken = windowOf(`reports/${app}`).take(REPORTS, 1, now);
        return 'waitMs' in taken ? refuse(taken.waitMs, 'RequestLimitExceeded') : {};
      }
      if (isWrite) {
        const written = windowOf(`writes/${app}`).take(WRITES, 1, now);
        if ('waitMs' in written) return refuse(written.waitMs, 'WriteLimitExceeded');
      }
      const allowance = { most: directoryUnits ?? unitsOf(tenant.id), withinMs: 10_000 };
      const taken = windowOf(`units/${app}`).take(allowance, units, now);
      if ('waitMs' in taken) return refuse(taken.waitMs, 'ResourceUnitLimitExceeded');
      return taken.share > WARN_FROM ? { 'x-ms-throttle-limit-percentage': taken.share.toFixed(2) } : {};
    },
  };
}
