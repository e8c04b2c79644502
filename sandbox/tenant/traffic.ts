import type { FastifyInstance } from 'fastify';
import { objectOf } from './json.ts';
import { masked } from './mask.ts';
import type { TenantState } from './state.ts';

export interface Exchange {
  readonly at: string;
  readonly tenantId: string | null;
  readonly caller: string | null;
  readonly request: { readonly method: string; readonly url: string; readonly body: unknown };
  readonly response: { readonly status: number; readonly headers: Readonly<Record<string, unknown>>; readonly body: unknown };
}

export interface TrafficRecorder {
  /** Keeps an exchange where recording is on, and shows it to whoever watches. */
  record(exchange: Exchange): void;
}

/** Recording of Graph requests and answers, off until switched on. Tokens are never recorded, passwords masked. */
export function openTraffic(
  state: TenantState,
  watch?: (exchange: Exchange) => void,
): TrafficRecorder & { switch(on: boolean): void; all(): readonly Exchange[] } {
  const rows = state.open<Exchange & { seq: number }>('traffic', (row) => String(row.seq));
  return {
    switch: (on) => state.documents.put('tenant.settings', 'traffic', { on }),
    record(exchange) {
      watch?.(exchange);
      if (state.documents.get<{ on: boolean }>('tenant.settings', 'traffic')?.on !== true) return;
      const seq = (rows.all().at(-1)?.seq ?? 0) + 1;
      const { request, response } = exchange;
      const [asked, answered] = [masked(request.body), masked(response.body)];
      rows.put(String(seq), { seq, ...exchange, request: { ...request, body: asked }, response: { ...response, body: answered } });
    },
    all: () => rows.all(),
  };
}

export function registerTraffic(server: FastifyInstance, traffic: ReturnType<typeof openTraffic>): void {
  server.get('/sandbox/traffic', async () => traffic.all());
  server.post('/sandbox/traffic', async (request, reply) => {
    const { on } = objectOf(request.body);
    if (typeof on !== 'boolean') return reply.code(400).send({ error: 'Say {"on": true} or {"on": false}.' });
    traffic.switch(on);
    return { on };
  });
}
