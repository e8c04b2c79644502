import { setTimeout as sleep } from 'node:timers/promises';
import type { Graph } from './client.ts';
import { GraphFault } from './faults.ts';
import { bare, type GraphReads, readsOver } from './reads.ts';

/** Graph takes no more requests in one batch (Learn, json-batching). */
const MOST = 20;
/** Repeats of what was throttled or failed inside a batch: the client's own retries never look there (graph facts, gotcha 13). */
const REPEATS = 2;
/** Longer waits are the caller's, as outside of batches. */
const LONGEST_WAIT_MS = 5_000;

interface Question {
  readonly path: string;
  resolve(value: unknown): void;
  reject(fault: unknown): void;
}

interface Answer {
  readonly id?: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/**
 * The same reads, those asked for at the same time sent together in `$batch`. Each has its own outcome: one that is refused rejects alone,
 * as the same GraphFault it would be by itself. Reads only, so every one of them may be repeated.
 */
export function batched(graph: Graph, wait: (ms: number) => Promise<unknown> = sleep): GraphReads {
  let waiting: Question[] = [];

  const get = <T>(path: string): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      // After the promises of this turn have run: pages that follow from one batch travel in the next one together.
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ path, resolve: resolve as (value: unknown) => void, reject });
    });

  const flush = (): void => {
    const questions = waiting;
    waiting = [];
    for (let from = 0; from < questions.length; from += MOST) void ask(questions.slice(from, from + MOST), REPEATS);
  };

  const ask = async (questions: readonly Question[], repeats: number): Promise<void> => {
    const [first, second] = questions;
    if (first && !second) return void graph.get(first.path).then(first.resolve, first.reject);
    let answers: ReadonlyMap<string | undefined, Answer>;
    try {
      const requests = questions.map(({ path }, index) => ({ id: String(index), method: 'GET', url: relative(path) }));
      const { responses } = await graph.post<{ responses?: readonly Answer[] }>('/$batch', { requests });
      answers = new Map(responses?.map((answer) => [answer.id, answer]));
    } catch (error) {
      for (const { path, reject } of questions) reject(ofWhole(error, path));
      return;
    }
    const again: Question[] = [];
    let longest = 0;
    for (const [index, question] of questions.entries()) {
      const outcome = judge(question.path, answers.get(String(index)));
      if (!(outcome instanceof GraphFault)) {
        question.resolve(outcome.value);
        continue;
      }
      const pause = outcome.retryAfterMs ?? 1_000;
      if (repeats > 0 && outcome.passing && outcome.status !== 404 && pause <= LONGEST_WAIT_MS) {
        longest = Math.max(longest, pause);
        again.push(question);
      } else question.reject(outcome);
    }
    if (again.length === 0) return;
    await wait(longest);
    await ask(again, repeats - 1);
  };

  /** Batches take relative addresses; next links come absolute. */
  const relative = (path: string): string => {
    const url = new URL(path.startsWith('/') ? `${graph.origin}/v1.0${path}` : path);
    return `${url.pathname.replace(/^\/v1\.0/, '')}${url.search}`;
  };
  return readsOver(graph.origin, get);
}

function judge(path: string, answer: Answer | undefined): GraphFault | { readonly value: unknown } {
  const operation = `GET ${bare(path)}`;
  const status = answer?.status;
  if (answer === undefined || status === undefined)
    return new GraphFault(operation, { status: 0, code: 'NotInBatch', detail: 'the batch has no answer to this request' });
  if (status >= 200 && status < 300) return { value: answer.body };
  const { error } = (answer.body ?? {}) as { error?: { code?: string; message?: string; innerError?: Readonly<Record<string, unknown>> } };
  const retryAfter = Number(headerOf(answer, 'retry-after') ?? Number.NaN);
  const requestId = error?.innerError?.['request-id'];
  return new GraphFault(operation, {
    status,
    code: error?.code || 'Unknown', // an empty code is documented (graph facts, section 4)
    detail: error?.message ?? '',
    ...(typeof requestId === 'string' ? { requestId } : {}),
    ...(Number.isFinite(retryAfter) ? { retryAfterMs: retryAfter * 1000 } : {}),
  });
}

function headerOf({ headers }: Answer, wanted: string): string | undefined {
  return Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === wanted)?.[1];
}

/** The whole batch failed: every question with it, each under its own name. */
function ofWhole(error: unknown, path: string): unknown {
  if (!(error instanceof GraphFault)) return error;
  const { status, code, requestId, retryAfterMs, detail } = error;
  return new GraphFault(`GET ${bare(path)}`, {
    status,
    code,
    detail,
    ...(requestId === undefined ? {} : { requestId }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
