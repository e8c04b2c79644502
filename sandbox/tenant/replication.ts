import type { FastifyInstance } from 'fastify';
import { objectOf } from './json.ts';
import type { UserRow } from './records.ts';
import type { TenantState } from './state.ts';

/** How long a new user takes to be everywhere: real milliseconds, and whether reads are answered by a replica that lags as well. */
export interface Replication {
  readonly ms: number;
  readonly reads: boolean;
}

const KEY = 'replication';

export const replicationOf = (state: TenantState): Replication =>
  state.documents.get<Replication>('tenant.settings', KEY) ?? { ms: state.replicationMs, reads: false };

/** Whether every replica knows this user; references need that always, reads only where the switch says so. */
export const isEverywhere = (user: UserRow): boolean => user.replicatedAtMs <= Date.now();
export const isReadable = (state: TenantState, user: UserRow): boolean => isEverywhere(user) || !replicationOf(state).reads;

/** `POST /sandbox/replication {"ms": n, "reads": true}`: for users created from then on. */
export function registerReplication(server: FastifyInstance, state: TenantState): void {
  server.get('/sandbox/replication', async () => replicationOf(state));
  server.post('/sandbox/replication', async (request, reply) => {
    const { ms, reads = false } = objectOf(request.body);
    if (!Number.isInteger(ms) || Number(ms) < 0 || typeof reads !== 'boolean') {
      return reply.code(400).send({ error: 'Say {"ms": whole milliseconds, "reads": true or false}.' });
    }
    const next: Replication = { ms: Number(ms), reads };
    state.documents.put('tenant.settings', KEY, next);
    return next;
  });
}
