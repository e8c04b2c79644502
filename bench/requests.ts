import { randomInt } from 'node:crypto';
import { TENANTS } from '../sandbox/world.ts';
import { type Door, door } from '../src/app/dispatch.ts';
import type { Log } from '../src/app/log.ts';
import type { Policy, Random, Store } from '../src/app/ports.ts';
import type { ChangeRequest } from '../src/core/request/types.ts';
import { connect, type Database } from '../src/store/connect.ts';
import { migrate } from '../src/store/migrate.ts';
import { openOutbox } from '../src/store/outbox.ts';
import { storeOn } from '../src/store/store.ts';
import { actor, person } from '../test/support/builders.ts';

export const POLICY: Policy = {
  quorum: 2,
  policyVersion: 'bench',
  requestExpiryHours: 24,
  openRequestsPerPerson: 1_000_000,
  requestsPerHour: 1_000_000,
  coolDownHours: 0,
  partExpiryHours: 72,
  evidenceMinutes: 120,
  validationDays: 90,
  secondProof: [],
  proofMinutes: 5,
};

const quiet: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: (event, fields) => console.error(event, fields),
  child: () => quiet,
};

export const randomIds = (): Random => ({ below: (below) => randomInt(below), id: (prefix) => `${prefix}-${randomInt(2 ** 47)}` });

/** The real store and door on a new database; jobs are written down and nobody does them. */
export async function openProduct(url: string): Promise<{ database: Database; store: Store; front: Door }> {
  const database = await connect({ kind: 'server', url });
  await migrate(database.current());
  const store = storeOn(database, await openOutbox(database, quiet));
  const { id, displayName, kind, initialDomain, exclusionGroupId } = TENANTS.contoso;
  const info = { id, name: 'contoso', displayName, kind, initialDomain, exclusionGroupId };
  return { database, store, front: door({ store, random: randomIds(), policy: POLICY, tenant: () => info }) };
}

/**
 * Requests of Rita's that Ann and Bob may approve.
 *
 * @param series goes into names, which must differ from those of earlier calls
 */
export async function openRequests(front: Door, series: string, count: number): Promise<ChangeRequest[]> {
  const opened: ChangeRequest[] = [];
  const named = (name: 'dana' | 'eli' | 'oona') => ({ ...person(name), person: person(name), isCustodian: true, reachable: true });
  const { contoso } = TENANTS;
  const facts = {
    tenant: { ...contoso, name: contoso.displayName },
    watchable: true,
    taken: undefined,
    custodians: [named('dana'), named('eli')],
    owners: [named('oona')],
    approvers: [person('ann'), person('bob'), person('cy')],
  };
  const form = {
    tenantId: contoso.id,
    displayName: 'Emergency access',
    usageLocation: 'NL',
    credential: 'split-password' as const,
    custodians: facts.custodians.map(({ objectId }) => objectId),
    owners: facts.owners.map(({ objectId }) => objectId),
    reason: 'Contoso has one emergency account left since the audit; policy asks for two.',
  };
  const openNext = async (number: number): Promise<void> => {
    const own = { formId: `F-${series}-${number}`, userName: `${series}-${number}` };
    const outcome = await front.dispatch(actor('rita'), { kind: 'open-request', form: { ...form, ...own }, facts });
    if (!outcome.ok || !outcome.value.request) throw new Error(`a request was refused: ${outcome.ok ? 'none' : outcome.error.code}`);
    opened.push(outcome.value.request);
  };
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await openNext(next);
    }
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
  return opened;
}

export interface Click {
  readonly as: 'ann' | 'bob';
  readonly request: ChangeRequest;
}

/** Two clicks a request, the second one half a second's worth of clicks behind the first: half of all clicks complete a quorum. */
export function clicksOn(requests: readonly ChangeRequest[], behind = 25): Click[] {
  const clicks: Click[] = [];
  for (let index = 0; index < requests.length + behind; index += 1) {
    const [first, second] = [requests[index], requests[index - behind]];
    if (first) clicks.push({ as: 'ann', request: first });
    if (second) clicks.push({ as: 'bob', request: second });
  }
  return clicks;
}
