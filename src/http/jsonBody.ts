import type { IncomingMessage } from 'node:http';
import { type JsonObject, JsonRefused, parseStrict } from './strictJson.ts';

export const MAX_BODY_BYTES = 256 * 1024;
/** What is read and thrown away of a body that is refused, so that an honest client still reads the answer. */
const MAX_DISCARDED_BYTES = 2 * 1024 * 1024;

export type Body = { readonly ok: true; readonly value: JsonObject } | { readonly ok: false; readonly status: 400 | 408 | 413 | 415 };

/**
 * Reads a JSON body. Replaces restify's bodyParser, which in restify 12.0.0 lets one unauthenticated request with a false
 * `content-encoding: gzip` end the process (restify issues 1975, 1785), counts compressed bytes only, and stores uploads of anybody.
 *
 * @returns the object, or the status that says no: 415 other than plain application/json, 413 too large, 408 too slow, 400 not one strict object
 */
export async function readJsonBody(request: IncomingMessage, timeoutMs: number): Promise<Body> {
  if (!isPlainJson(request)) return refuse(request, 415);
  const declared = request.headers['content-length'];
  if (declared !== undefined && Number(declared) > MAX_BODY_BYTES) return refuse(request, 413);
  const bytes = await readBytes(request, timeoutMs);
  if (typeof bytes === 'number') return refuse(request, bytes);
  const text = decode(bytes);
  if (text === undefined) return { ok: false, status: 400 };
  try {
    return { ok: true, value: parseStrict(text) };
  } catch (error) {
    if (error instanceof JsonRefused) return { ok: false, status: 400 };
    throw error;
  }
}

/** @returns `undefined` when the bytes are no UTF-8; a byte order mark stays, and JSON refuses it */
function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function isPlainJson({ headers }: IncomingMessage): boolean {
  if (headers['content-encoding'] !== undefined) return false;
  return /^application\/json[ \t]*(;[ \t]*charset="?utf-8"?[ \t]*)?$/i.test(headers['content-type'] ?? '');
}

/** @returns the whole body, or the status to answer */
function readBytes(request: IncomingMessage, timeoutMs: number): Promise<Buffer | 400 | 408 | 413> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => finish(408), timeoutMs);
    const finish = (result: Buffer | 400 | 408 | 413): void => {
      clearTimeout(timer);
      request.off('data', take).off('end', end).off('aborted', abort).off('error', abort).off('close', abort);
      resolve(result);
    };
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) finish(413);
      else chunks.push(chunk);
    };
    const end = (): void => finish(Buffer.concat(chunks));
    const abort = (): void => finish(400);
    request.on('data', take).on('end', end).on('aborted', abort).on('error', abort).on('close', abort);
  });
}

function refuse<S extends 400 | 408 | 413 | 415>(request: IncomingMessage, status: S): { readonly ok: false; readonly status: S } {
  let discarded = 0;
  request.on('data', (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > MAX_DISCARDED_BYTES) request.destroy();
  });
  // A client that goes away while we throw its body away is of no interest, but an `error` without a listener would end the process.
  request.on('error', () => request.destroy());
  request.resume();
  return { ok: false, status };
}
