import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Fault } from './faults.ts';
import { objectOf } from './json.ts';

/** What a share of all calls comes to. Drawn from `seed`, so that a run can be repeated. */
interface Settings {
  /** 0 to 1. */
  readonly rate: number;
  /** Real milliseconds of an answer that is late. */
  readonly lateMs: number;
  /** Seconds; left out, some answers name none, as Conditional Access does. */
  readonly retryAfter?: number;
}

/** A small generator with a seed (mulberry32): numbers in [0, 1). */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const isShare = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1;

/**
 * `POST /sandbox/chaos {"rate": 0.3, "seed": 1}`: Graph as it is on a bad day. That share of calls is throttled, refused or not answered;
 * some of them were carried out all the same, at once or late. Until `rate` is 0; forgotten when the process ends.
 */
export function openChaos(server: FastifyInstance): (method: string) => Fault | undefined {
  let settings: Settings = { rate: 0, lateMs: 0 };
  let next = generator(0);
  server.post('/sandbox/chaos', async (request, reply) => {
    const { rate, seed = 1, lateMs = 1500, retryAfter } = objectOf(request.body);
    if (!isShare(rate) || !Number.isInteger(seed) || typeof lateMs !== 'number' || lateMs < 0 || lateMs > 60_000) {
      return reply.code(400).send({ error: 'Say a rate from 0 to 1, a whole seed, and lateMs up to 60000.' });
    }
    settings = { rate, lateMs, ...(typeof retryAfter === 'number' ? { retryAfter } : {}) };
    next = generator(Number(seed));
    return settings;
  });
  return () => {
    if (next() >= settings.rate) return undefined;
    const { lateMs } = settings;
    const told = settings.retryAfter ?? (next() < 0.5 ? 1 : undefined);
    const again = told === undefined ? {} : { retryAfter: told };
    const kinds: readonly Omit<Fault, 'id' | 'match' | 'times'>[] = [
      { when: 'before', status: 429, ...again },
      { when: 'before', status: 503, ...again },
      { when: 'before', status: 504, ...again },
      { when: 'after', status: 504, ...again },
      { when: 'before', drop: true },
      { when: 'after', drop: true },
      { when: 'before', delayMs: lateMs },
      { when: 'after', delayMs: lateMs },
    ];
    const kind = kinds[Math.floor(next() * kinds.length)];
    return kind && { id: randomUUID(), match: {}, times: 1, ...kind };
  };
}
