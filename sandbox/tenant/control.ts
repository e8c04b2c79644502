import type { FastifyInstance } from 'fastify';
import { PEOPLE, TENANTS } from '../world.ts';
import { durationMs } from './duration.ts';
import { objectOf, textOf } from './json.ts';
import type { TenantState } from './state.ts';

export interface ControlOptions {
  readonly conversations: () => Readonly<Record<string, string>>;
  /** Moves every clock and resolves when what fell due was handled. */
  readonly advance: (ms: number) => Promise<void>;
}

const FARTHEST_MS = 20 * 366 * 86_400_000;

/** `GET /sandbox/world` and the clock. */
export function registerControl(server: FastifyInstance, state: TenantState, options: ControlOptions): void {
  const now = (): string => state.clock.now().toISOString();

  server.get('/sandbox/world', async () => ({
    tenants: Object.values(TENANTS).map(({ id, name, kind, initialDomain }) => ({ id, name, kind, initialDomain })),
    people: Object.fromEntries(
      Object.entries(PEOPLE).map(([key, { objectId, name, roles, tenantId }]) => [key, { objectId, name, roles, tenantId }]),
    ),
    conversations: options.conversations(),
    now: now(),
  }));

  server.get('/sandbox/clock', async () => ({ now: now() }));
  server.post('/sandbox/clock', async (request, reply) => {
    const byMs = durationMs(textOf(objectOf(request.body), 'advance') ?? '');
    if (byMs === undefined || byMs === 0) {
      return reply
        .code(400)
        .send({ error: 'advance must be an ISO 8601 duration of weeks, days, hours, minutes and seconds, such as P90D or PT1H.' });
    }
    if (byMs > FARTHEST_MS) return reply.code(400).send({ error: 'The clock moves at most 20 years at a time.' });
    await options.advance(byMs);
    return { now: now() };
  });
}
