import type { FastifyInstance } from 'fastify';
import { masked } from './mask.ts';
import type { WriteRow } from './records.ts';
import type { TenantState } from './state.ts';

/** Record of every write the tenants were asked for, refused ones included. */
export interface WriteLog {
  record(write: Omit<WriteRow, 'seq' | 'at'>): void;
}

export function openWriteLog(state: TenantState): WriteLog & { since(seq: number): readonly WriteRow[] } {
  const table = state.open<WriteRow>('writes', (row) => String(row.seq));
  return {
    record(write) {
      const seq = (table.all().at(-1)?.seq ?? 0) + 1;
      table.put(String(seq), { seq, at: state.clock.now().toISOString(), ...write, body: masked(write.body) });
    },
    since: (seq) => table.all().filter((row) => row.seq > seq),
  };
}

/** `GET /sandbox/writes?since=`: rows after that sequence number, in order. */
export function registerWrites(server: FastifyInstance, log: ReturnType<typeof openWriteLog>): void {
  server.get<{ Querystring: { since?: string } }>('/sandbox/writes', async (request, reply) => {
    const since = Number(request.query.since ?? 0);
    if (!Number.isInteger(since) || since < 0) return reply.code(400).send({ error: 'since must be a sequence number.' });
    return log.since(since);
  });
}
