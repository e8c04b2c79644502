import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { FAULTY_FEEDS, type FaultyFeed, FEED_MODES, type FeedFault, isFaultyFeed, isFeedMode } from '../feeds/feedFault.ts';
import { openChaos } from './chaos.ts';
import { isObject, type JsonObject, objectOf, textOf } from './json.ts';
import type { TenantState } from './state.ts';

/** A fault to play. `path` is a prefix, or a glob where `*` stands for anything. */
export interface Fault {
  readonly id: string;
  readonly match: { readonly method?: string; readonly path?: string };
  readonly status?: number;
  readonly code?: string;
  /** Seconds. */
  readonly retryAfter?: number;
  readonly delayMs?: number;
  /** Cut the connection instead of answering. */
  readonly drop?: boolean;
  /** `before` (default): the request is never carried out, or after the delay; `after`: it is, but its answer is lost, replaced or late. */
  readonly when: 'before' | 'after';
  /** How often it still happens. */
  readonly times: number;
  /** Share of the matching calls it strikes, spread evenly; every one unless told. */
  readonly rate?: number;
  /** Matching calls seen so far, where `rate` is told. */
  readonly seen?: number;
}

export interface Faults {
  /** Takes the fault due for this request, if any. */
  take(method: string, path: string): Fault | undefined;
  /** Takes the fault due for what a feed is to send, if any. */
  feed(name: FaultyFeed): FeedFault | undefined;
  /** Whether a feed has fallen silent for good: then nothing of it goes out at all. */
  isSilent(name: FaultyFeed): boolean;
}

function globMatches(pattern: string, path: string): boolean {
  if (!pattern.includes('*')) return path.toLowerCase().startsWith(pattern.toLowerCase());
  const pieces = pattern.toLowerCase().split('*');
  let at = 0;
  const text = path.toLowerCase();
  for (const [index, piece] of pieces.entries()) {
    const found = index === 0 ? (text.startsWith(piece) ? 0 : -1) : text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  const last = pieces.at(-1) ?? '';
  return last === '' || text.endsWith(last);
}

/** A pattern may leave `/v1.0` out. */
const covers = (pattern: string, path: string): boolean =>
  globMatches(pattern, path) || (path.startsWith('/v1.0/') && globMatches(pattern, path.slice('/v1.0'.length)));

const whole = (value: unknown, low: number, high: number): value is number =>
  Number.isInteger(value) && Number(value) >= low && Number(value) <= high;

/** The sentence that says what is wrong, or the fault. */
function parseFault(body: JsonObject): string | Fault {
  const match = body.match;
  if (match !== undefined && !isObject(match)) return 'match must be an object with method and path.';
  const { status, retryAfter, delayMs, drop, times, rate, when = 'before' } = body;
  if (!whole(times, 1, 1_000_000)) return 'times must say how often the fault happens: a whole number from 1.';
  if (status !== undefined && !whole(status, 400, 599)) return 'status must be an HTTP error status from 400 to 599.';
  if (retryAfter !== undefined && !whole(retryAfter, 0, 3600)) return 'retryAfter must be whole seconds from 0 to 3600.';
  if (delayMs !== undefined && !whole(delayMs, 0, 600_000)) return 'delayMs must be whole milliseconds from 0 to 600000.';
  if (rate !== undefined && (typeof rate !== 'number' || rate <= 0 || rate > 1)) return 'rate must be a share above 0 and at most 1.';
  if (drop !== undefined && typeof drop !== 'boolean') return 'drop must be true or false.';
  if (when !== 'before' && when !== 'after') return 'when must be "before" or "after".';
  if (status === undefined && delayMs === undefined && drop !== true) return 'Say what should happen: status, delayMs or drop.';
  const code = textOf(body, 'code');
  const [method, path] = [textOf(objectOf(match), 'method'), textOf(objectOf(match), 'path')];
  return {
    id: randomUUID(),
    match: { ...(method === undefined ? {} : { method: method.toUpperCase() }), ...(path === undefined ? {} : { path }) },
    ...(status === undefined ? {} : { status }),
    ...(code === undefined ? {} : { code }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(delayMs === undefined ? {} : { delayMs }),
    ...(drop === true ? { drop } : {}),
    when,
    times,
    ...(rate === undefined ? {} : { rate }),
  };
}

function parseFeedFault(body: JsonObject): string | FeedFault {
  const { feed, mode, times, delayMs } = body;
  if (!isFaultyFeed(feed)) return `feed must be one of ${FAULTY_FEEDS.join(', ')}.`;
  if (!isFeedMode(mode)) return `mode must be one of ${FEED_MODES.join(', ')}.`;
  if (times !== undefined && !whole(times, 1, 1_000_000)) return 'times must be a whole number from 1.';
  if (delayMs !== undefined && !whole(delayMs, 0, 600_000)) return 'delayMs must be whole milliseconds from 0 to 600000.';
  return { feed, mode, times: times ?? null, delayMs: delayMs ?? 3000 };
}

/** `POST /sandbox/faults` adds a fault (of Graph, or of a feed), `DELETE` takes them all away. */
export function registerFaults(server: FastifyInstance, state: TenantState): Faults {
  const faults = state.open<Fault>('faults', (fault) => fault.id);
  const chaos = openChaos(server);
  const feeds = state.open<FeedFault>('feedFaults', (fault) => fault.feed);
  server.get('/sandbox/faults', async () => [...faults.all(), ...feeds.all()]);
  server.post('/sandbox/faults', async (request, reply) => {
    const body = objectOf(request.body);
    const fault = body.feed === undefined ? parseFault(body) : parseFeedFault(body);
    if (typeof fault === 'string') return reply.code(400).send({ error: fault });
    if ('feed' in fault) feeds.put(fault.feed, fault);
    else faults.put(fault.id, fault);
    return { ok: true };
  });
  server.delete('/sandbox/faults', async () => {
    state.together(() => {
      for (const fault of faults.all()) faults.remove(fault.id);
      for (const fault of feeds.all()) feeds.remove(fault.feed);
    });
    return { ok: true };
  });
  return {
    take(method, path) {
      const found = faults.all().find(({ match }) => (match.method ?? method) === method && covers(match.path ?? '', path));
      if (!found) return chaos(method);
      const { rate = 1, seen = 0 } = found;
      if (Math.floor((seen + 1) * rate + 1e-9) === Math.floor(seen * rate + 1e-9)) {
        faults.put(found.id, { ...found, seen: seen + 1 });
        return undefined;
      }
      if (found.times > 1)
        faults.put(found.id, { ...found, times: found.times - 1, ...(found.rate === undefined ? {} : { seen: seen + 1 }) });
      else faults.remove(found.id);
      return found;
    },
    isSilent(name) {
      const found = feeds.get(name);
      return found?.mode === 'silent' && found.times === null;
    },
    feed(name) {
      const found = feeds.get(name);
      if (found && found.times !== null) {
        if (found.times > 1) feeds.put(name, { ...found, times: found.times - 1 });
        else feeds.remove(name);
      }
      return found;
    },
  };
}
