import type { DirectoryChange } from '../core/alert/change.ts';
import type { SignInEvent } from '../core/alert/types.ts';
import { changeFrom } from '../signals/records/audit.ts';
import type { Fields } from '../signals/records/fields.ts';
import { signInFrom } from '../signals/records/signIn.ts';
import { batched } from './batch.ts';
import { type Graph, quoted } from './client.ts';
import { GraphFault } from './faults.ts';

/** Categories whose changes concern us whatever they are about (domain.md 5.5). */
const POLICY = quoted('Policy');
const UNIT = quoted('AdministrativeUnit');

/**
 * Sign-ins of the users since the instant, oldest first: one list a user, because `or` over users is not among its documented filters
 * (graph facts, section 4), all of them in one batch.
 */
export async function readSignIns(whole: Graph, tenantId: string, userIds: readonly string[], since: Date): Promise<SignInEvent[]> {
  const graph = batched(whole);
  const after = `createdDateTime ge ${since.toISOString()}`;
  const rows = await Promise.all(
    userIds.map((userId) => graph.list<Fields>(`/auditLogs/signIns?$filter=userId eq ${quoted(userId)} and ${after}`)),
  );
  const events = rows.flat().map((row) => readable(signInFrom(row, tenantId), 'signIns'));
  return events.sort((a, b) => a.signedInAt.getTime() - b.signedInAt.getTime());
}

/** Changes to and by the objects, of policies and of administrative units since the instant, oldest first, each once. */
export async function readChanges(whole: Graph, tenantId: string, objectIds: readonly string[], since: Date): Promise<DirectoryChange[]> {
  const graph = batched(whole);
  const after = `activityDateTime ge ${since.toISOString()}`;
  const rows = await Promise.all([
    ...objectIds.flatMap((objectId) => [
      graph.list<Fields>(`/auditLogs/directoryAudits?$filter=${after} and targetResources/any(t:t/id eq ${quoted(objectId)})`),
      graph.list<Fields>(`/auditLogs/directoryAudits?$filter=${after} and initiatedBy/user/id eq ${quoted(objectId)}`),
    ]),
    graph.list<Fields>(`/auditLogs/directoryAudits?$filter=${after} and category eq ${POLICY}`),
    graph.list<Fields>(`/auditLogs/directoryAudits?$filter=${after} and category eq ${UNIT}`),
  ]);
  const byId = new Map(rows.flat().map((row) => [row.id, readable(changeFrom(row, tenantId), 'directoryAudits')]));
  return [...byId.values()].sort((a, b) => a.changedAt.getTime() - b.changedAt.getTime());
}

/** A row we cannot read must not be passed over: the read fails, and a feed that fails three times alerts (AL-5). */
function readable<T extends object>(read: T | string, list: string): T {
  if (typeof read !== 'string') return read;
  throw new GraphFault(`GET /auditLogs/${list}`, { status: 200, code: 'UnreadableRow', detail: read });
}
