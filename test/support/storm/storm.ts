import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { SignInEvent } from '../../../src/core/alert/types.ts';
import { aSignIn } from '../builders.ts';

export interface StormSize {
  readonly events: number;
  readonly kills: number;
  /** How long the Connector answers 503. */
  readonly outageMs: number;
  readonly pollSeconds: number;
  readonly withinMs: number;
}

export interface StormFigures {
  readonly pushes: number;
  readonly dropped: number;
  readonly kills: number;
  readonly refused: number;
  /** Attempts of which no alert tells, and alerts with a card of their own that never came. */
  readonly lostAttempts: number;
  readonly lostCards: number;
  readonly alerts: number;
  readonly folded: number;
  /** Cards that came before; those of them that do not say that they may be a repeat. */
  readonly extra: number;
  readonly unmarked: number;
  /** Sends of which the product could not know the outcome: an answer that broke off, or its end before it could note it. */
  readonly ambiguous: number;
  readonly seconds: number;
}

interface Row {
  readonly correlation: string;
  readonly id: string;
  readonly folded: boolean;
}
type Said =
  | { readonly ready: true }
  | { readonly taken: number }
  | { readonly sent: string }
  | { readonly report: readonly Row[]; readonly unsent: number };

const CODES = [0, 50126, 0, 53003, 50053] as const;
/** One answer in so many breaks off after the card has arrived. */
const BREAKS_OFF = 50;
const AT_ONCE = 16;
const REPEAT = 'This may be a repeat';

/** Numbers from a seed, so that a storm can be had again. */
function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function shuffled<T>(items: readonly T[], next: () => number): T[] {
  const all = [...items];
  for (let at = all.length - 1; at > 0; at -= 1) {
    const other = Math.floor(next() * (at + 1));
    [all[at], all[other]] = [all[other] as T, all[at] as T];
  }
  return all;
}

/**
 * Every attempt pushed three times in no order, a tenth never pushed at all; the Connector away for a while, some of its answers lost; the
 * product killed again and again. Afterwards it is counted what people got.
 *
 * @param told of each kill, for whoever waits
 */
export async function storm(
  { events: count, kills, outageMs, pollSeconds, withinMs }: StormSize,
  seed = 1,
  told: (words: string) => void = () => undefined,
): Promise<StormFigures> {
  const next = chance(seed);
  const began = performance.now();
  const events = Array.from(
    { length: count },
    (_none, index): SignInEvent =>
      aSignIn({ correlationId: `storm-${index}`, errorCode: CODES[index % CODES.length] ?? 0, signedInAt: new Date(Date.now() - index) }),
  );
  const dropped = new Set(events.filter(() => next() < 0.1));
  const pushes = shuffled(
    events.filter((event) => !dropped.has(event)).flatMap((event) => [event, event, event]),
    next,
  );
  const cards: { readonly key: string; readonly marked: boolean }[] = [];
  /** Begins with the first card after half of the pushes. */
  let outageIsDue = false;
  let outageEnds = 0;
  let refused = 0;
  let ambiguous = 0;
  /** Keys of cards that arrived and whose arrival was not noted yet. */
  const unnoted = new Map<string, number>();

  const outside = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      if (request.url === '/log') return response.end(JSON.stringify(events.map((event, index) => ({ ...event, rowId: `row-${index}` }))));
      if (outageIsDue) {
        outageIsDue = false;
        outageEnds = Date.now() + outageMs;
      }
      if (Date.now() < outageEnds) {
        refused += 1;
        response.statusCode = 503;
        return response.end();
      }
      const key = String(request.headers['x-card'] ?? '');
      if (key !== '') {
        cards.push({ key, marked: body.includes(REPEAT) });
        unnoted.set(key, (unnoted.get(key) ?? 0) + 1);
        if (next() < 1 / BREAKS_OFF) {
          ambiguous += 1;
          unnoted.delete(key);
          return request.socket.destroy();
        }
      }
      return response.end(`m-${cards.length}`);
    });
  }).listen(0, '127.0.0.1');
  await once(outside, 'listening');
  const url = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
  const folder = mkdtempSync(join(tmpdir(), 'breakglass-storm-'));

  let child: ChildProcess | undefined;
  let heard: (said: Said) => void = () => undefined;
  const begin = async (): Promise<void> => {
    const one = fork(new URL('child.ts', import.meta.url), [folder, url, String(pollSeconds)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child = one;
    await new Promise<void>((resolve, reject) => {
      const ended = (code: number | null) => reject(new Error(`the product ended with ${code} at its start`));
      one.once('exit', ended);
      one.on('message', (said: Said) => {
        if ('ready' in said) {
          one.off('exit', ended);
          resolve();
        } else if ('sent' in said) {
          unnoted.delete(said.sent);
        } else heard(said);
      });
    });
  };
  const kill = async (): Promise<void> => {
    const one = child;
    if (!one) return;
    const gone = Promise.all([once(one, 'exit'), once(one, 'disconnect')]);
    one.kill('SIGKILL');
    await gone;
    await answered(outside); // what it had sent may still be under way here
    for (const times of unnoted.values()) ambiguous += times;
    unnoted.clear();
  };

  try {
    await begin();
    const waiting = pushes.map((event, push) => ({ push, event }));
    const untaken = new Map<number, SignInEvent>();
    const killAt = Array.from({ length: kills }, (_none, index) => Math.floor((pushes.length * (index + 1)) / (kills + 1)));
    let taken = 0;
    const fill = (): void => {
      while (untaken.size < AT_ONCE && waiting.length > 0) {
        const one = waiting.shift();
        if (!one) return;
        untaken.set(one.push, one.event);
        child?.send(one, () => undefined);
      }
    };
    await new Promise<void>((resolve, reject) => {
      let ending = false;
      heard = (said) => {
        if (!('taken' in said) || ending || !untaken.delete(said.taken)) return;
        taken += 1;
        if (taken === Math.floor(pushes.length / 2)) outageIsDue = true;
        if (killAt[0] !== undefined && taken >= killAt[0]) {
          killAt.shift();
          ending = true;
          const minutes = ((performance.now() - began) / 60_000).toFixed(1);
          told(
            `kill ${kills - killAt.length} of ${kills} after ${minutes} min: ${taken} of ${pushes.length} pushes taken, ${cards.length} cards`,
          );
          // What was not acknowledged is sent again, as Azure Monitor does.
          void kill()
            .then(begin)
            .then(() => {
              ending = false;
              for (const [push, event] of untaken) child?.send({ push, event }, () => undefined);
              fill();
            }, reject);
        } else if (taken === pushes.length) resolve();
        else fill();
      };
      fill();
    });
    const { rows } = await settled(
      () => child,
      (listener) => {
        heard = listener;
      },
      count,
      withinMs - (performance.now() - began),
    );
    const reported = new Set(rows.map(({ correlation }) => correlation));
    const own = rows.filter(({ folded }) => !folded);
    const shown = new Map<string, number>();
    const extra = cards.filter(({ key }) => {
      shown.set(key, (shown.get(key) ?? 0) + 1);
      return (shown.get(key) ?? 0) > 1;
    });
    return {
      pushes: pushes.length,
      dropped: dropped.size,
      kills,
      refused,
      lostAttempts: events.filter(({ correlationId }) => !reported.has(correlationId)).length,
      lostCards: own.filter(({ id }) => !shown.has(`alert:${id}:0`)).length,
      alerts: rows.length,
      folded: rows.length - own.length,
      extra: extra.length,
      unmarked: extra.filter(({ marked }) => !marked).length,
      ambiguous,
      seconds: (performance.now() - began) / 1_000,
    };
  } finally {
    child?.kill('SIGKILL');
    outside.close();
    outside.closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Until nobody holds a connection any more, so that all that came over one has been heard. */
async function answered(server: Server): Promise<void> {
  const connections = () =>
    new Promise<number>((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count))));
  while ((await connections()) > 0) await wait(1);
}

/** Asks the product until every attempt is on record and every card is sent, or the time is over: what is missing then is lost. */
async function settled(
  child: () => ChildProcess | undefined,
  listen: (listener: (said: Said) => void) => void,
  count: number,
  withinMs: number,
): Promise<{ readonly rows: readonly Row[] }> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answered = new Promise<Extract<Said, { report: readonly Row[] }>>((resolve) => {
      listen((said) => {
        if ('report' in said) resolve(said);
      });
    });
    child()?.send({ report: true });
    const { report, unsent } = await answered;
    if ((report.length >= count && unsent === 0) || performance.now() > deadline) return { rows: report };
    await wait(250);
  }
}
