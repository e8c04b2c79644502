import { isJson, type Json } from './cardTree.ts';
import { Refused } from './http.ts';

/** A fault the Connector shows to calls that match, a number of times. */
export interface Fault {
  readonly match: { readonly method?: string /** Part of the decoded path. */; readonly path?: string };
  readonly status?: number;
  readonly code?: string;
  /** Seconds, sent as Retry-After. */
  readonly retryAfter?: number;
  readonly delayMs?: number;
  /** `before`: the connection breaks and nothing was done. `after`: it was done, and only the answer is lost. */
  readonly drop?: 'before' | 'after';
  times: number;
}

export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  /** The first fault waiting for this call; taken once. */
  take(method: string, path: string): Fault | undefined;
}

export function faults(): Faults {
  let waiting: Fault[] = [];
  return {
    add: (fault) => void waiting.push(fault),
    clear: () => {
      waiting = [];
    },
    take(method, path) {
      const fault = waiting.find(
        ({ match }) => (match.method ?? method).toUpperCase() === method.toUpperCase() && path.includes(match.path ?? ''),
      );
      if (fault === undefined) return undefined;
      fault.times -= 1;
      if (fault.times <= 0) waiting = waiting.filter((other) => other !== fault);
      return fault;
    },
  };
}

/** @throws Refused 400 naming the first thing wrong */
export function readFault(body: Json): Fault {
  const match = body.match ?? {};
  if (!isJson(match)) throw new Refused(400, 'match must be an object with method and path.');
  const { method, path } = match;
  if (method !== undefined && typeof method !== 'string') throw new Refused(400, 'match.method must be text such as POST.');
  if (path !== undefined && typeof path !== 'string') throw new Refused(400, 'match.path must be text: a part of the path.');
  const drop = body.drop === true ? 'before' : body.drop;
  if (drop !== undefined && drop !== false && drop !== 'before' && drop !== 'after') {
    throw new Refused(400, 'drop must be true, "before" or "after".');
  }
  const status = wholeNumber(body, 'status');
  if (status !== undefined && (status < 200 || status > 599)) throw new Refused(400, 'status must be from 200 to 599.');
  const retryAfter = wholeNumber(body, 'retryAfter');
  const delayMs = wholeNumber(body, 'delayMs');
  if (status === undefined && delayMs === undefined && !drop) throw new Refused(400, 'Say what goes wrong: status, delayMs or drop.');
  return {
    match: { ...(method !== undefined && { method }), ...(path !== undefined && { path }) },
    times: wholeNumber(body, 'times') ?? 1,
    ...(status !== undefined && { status }),
    ...(typeof body.code === 'string' && { code: body.code }),
    ...(retryAfter !== undefined && { retryAfter }),
    ...(delayMs !== undefined && { delayMs }),
    ...((drop === 'before' || drop === 'after') && { drop }),
  };
}

function wholeNumber(body: Json, name: string): number | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw new Refused(400, `${name} must be a whole number.`);
  return value;
}
