import { describe, expect, test } from '@jest/globals';
import { batched } from '../../src/graph/batch.ts';
import type { Graph } from '../../src/graph/client.ts';
import { GraphFault } from '../../src/graph/faults.ts';

interface Sent {
  readonly id: string;
  readonly method: string;
  readonly url: string;
}
type Answer = { status: number; headers?: Record<string, string>; body?: unknown } | undefined;

/** A Graph of which only `$batch` answers, each inner request by `answer`; everything sent is kept. */
function graphWith(answer: (url: string, attempt: number) => Answer) {
  const batches: Sent[][] = [];
  const waits: number[] = [];
  const attempts = new Map<string, number>();
  const graph = {
    origin: 'https://graph.microsoft.com',
    get: async <T>(path: string) => ({ alone: path }) as T,
    async post<T>(path: string, body: unknown) {
      expect(path).toBe('/$batch');
      const { requests } = body as { requests: Sent[] };
      batches.push(requests);
      const responses = requests.flatMap(({ id, url }) => {
        const attempt = (attempts.get(url) ?? 0) + 1;
        attempts.set(url, attempt);
        const found = answer(url, attempt);
        return found ? [{ id, ...found }] : [];
      });
      return { responses: responses.reverse() } as T; // the order of answers is free (graph facts, section 4)
    },
  } as Graph;
  return { batches, waits, reads: batched(graph, async (ms) => waits.push(ms)) };
}

const ok = (url: string): Answer => ({ status: 200, body: { url } });
const refused = (status: number, code: string, headers?: Record<string, string>): Answer => ({
  status,
  body: { error: { code, message: 'words', innerError: { 'request-id': 'r-1' } } },
  ...(headers ? { headers } : {}),
});

describe('reads sent together', () => {
  test('45 questions asked at once go in three batches of at most 20, ids unique, each answer to its own question', async () => {
    const { batches, reads } = graphWith(ok);
    const paths = Array.from({ length: 45 }, (_, index) => `/users/${index}`);
    expect(await Promise.all(paths.map((path) => reads.get(path)))).toEqual(paths.map((url) => ({ url })));
    expect(batches.map((each) => each.length)).toEqual([20, 20, 5]);
    for (const batch of batches) expect(new Set(batch.map(({ id }) => id)).size).toBe(batch.length);
    expect(batches.flat().every(({ method }) => method === 'GET')).toBe(true);
  });

  test('a single question is no batch; names in a query are encoded', async () => {
    const { batches, reads } = graphWith(ok);
    expect(await reads.get('/organization')).toEqual({ alone: '/organization' });
    expect(batches).toEqual([]);
    await Promise.all([reads.get('/a'), reads.get("/b?$filter=x eq 'R%26D'&$top=1")]);
    expect(batches[0]?.map(({ url }) => url)).toEqual(['/a', '/b?$filter=x%20eq%20%27R%26D%27&$top=1']);
  });

  test('one refusal rejects alone, as a GraphFault with its code and request id; a code may be empty', async () => {
    const { reads } = graphWith((url) => (url === '/bad' ? refused(403, '') : url === '/gone' ? refused(404, 'NotFound') : ok(url)));
    const [good, bad, gone] = await Promise.allSettled([reads.get('/good'), reads.get('/bad?$select=id'), reads.find('/gone')]);
    expect(good).toMatchObject({ status: 'fulfilled' });
    expect(gone).toEqual({ status: 'fulfilled', value: undefined });
    const alone = await Promise.allSettled([reads.get('/good'), reads.get('/bad')]);
    expect(alone[1]).toMatchObject({ reason: { status: 403, code: 'Unknown', requestId: 'r-1', message: 'GET /bad: HTTP 403 Unknown' } });
    expect(bad.status).toBe('fulfilled'); // '/bad?$select=id' is another address, and answered
  });

  test('what is throttled inside is asked again after its Retry-After, without those that were answered', async () => {
    const { batches, waits, reads } = graphWith((url, attempt) =>
      url === '/slow' && attempt < 3 ? refused(429, 'TooManyRequests', attempt === 1 ? { 'Retry-After': '3' } : undefined) : ok(url),
    );
    const all = await Promise.all([reads.get('/a'), reads.get('/slow'), reads.get('/b')]);
    // The one that is left is asked without an envelope.
    expect(all).toEqual([{ url: '/a' }, { alone: '/slow' }, { url: '/b' }]);
    expect(batches.map((each) => each.map(({ url }) => url))).toEqual([['/a', '/slow', '/b']]);
    expect(waits).toEqual([3000]);
  });

  test('it is given up after two repeats, or at once when the wait is long', async () => {
    const throttled = (url: string): Answer => (url.startsWith('/slow') ? refused(429, 'TooManyRequests') : ok(url));
    const patient = graphWith(throttled);
    const [a, b] = await Promise.allSettled([patient.reads.get('/slow1'), patient.reads.get('/slow2')]);
    expect([a, b]).toMatchObject([{ reason: { status: 429, passing: true } }, { reason: { status: 429 } }]);
    expect(patient.batches).toHaveLength(3);
    const long = graphWith((url) => (url === '/slow' ? refused(503, 'x', { 'retry-after': '120' }) : ok(url)));
    const [slow] = await Promise.allSettled([long.reads.get('/slow'), long.reads.get('/other')]);
    expect(slow).toMatchObject({ reason: { retryAfterMs: 120_000 } });
    expect(long.batches).toHaveLength(1);
  });

  test('an answer that is not in the batch is a fault of that question, never an empty result', async () => {
    const { reads } = graphWith((url) => (url.startsWith('/lost') ? undefined : ok(url)));
    const [lost, good] = await Promise.allSettled([reads.find('/lost?1'), reads.get('/good'), reads.get('/lost?2')]);
    expect(good.status).toBe('fulfilled');
    expect(lost).toMatchObject({ status: 'rejected', reason: expect.any(GraphFault) });
    expect(lost).toMatchObject({ reason: { code: 'NotInBatch', unknownOutcome: true } });
  });

  test('pages that follow travel together; one that leaves Graph is a fault (GR-8)', async () => {
    const next = 'https://graph.microsoft.com/v1.0/items';
    const { batches, reads } = graphWith((url) => {
      if (url.includes('skip')) return { status: 200, body: { value: [`${url} 2`] } };
      const elsewhere = url.startsWith('/evil');
      return {
        status: 200,
        body: { value: [url], '@odata.nextLink': elsewhere ? 'https://evil.example/v1.0/x' : `${next}?skip=${url.slice(1)}` },
      };
    });
    const [a, b, evil] = await Promise.allSettled([reads.list('/a'), reads.list('/b'), reads.list('/evil')]);
    expect(a).toMatchObject({ value: ['/a', '/items?skip=a 2'] });
    expect(b).toMatchObject({ value: ['/b', '/items?skip=b 2'] });
    expect(evil).toMatchObject({ reason: { code: 'ForeignNextLink' } });
    expect(batches.map((each) => each.length)).toEqual([3, 2]);
  });
});
