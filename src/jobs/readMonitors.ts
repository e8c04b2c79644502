import type { Door } from '../app/dispatch.ts';
import type { Log } from '../app/log.ts';
import type { MonitorsInAzure, Store, Tenants } from '../app/ports.ts';
import { digestOf } from '../core/digest.ts';
import { compareMonitors, type Deployed } from '../core/monitors/compare.ts';
import type { MonitorDifference } from '../core/monitors/difference.ts';

const WATCH = { kind: 'system', part: 'worker' } as const;
export const MONITORS = 'monitors:';
/** One read that fails now and then is the network; this many in a row, and nobody knows what is there. */
const MOST_FAILURES = 3;
/** A card tells no more than a few; of whom there is no name, the id is told. */
const MOST_NAMED = 1_000;

export interface ReadMonitorsNeeds {
  readonly store: Pick<Store, 'conditions' | 'watchedUsers' | 'accounts'>;
  readonly tenants: Pick<Tenants, 'list'>;
  readonly door: Door;
  readonly inAzure: MonitorsInAzure;
  /** What we were told of how they were deployed. */
  readonly deployed: Deployed;
  readonly log: Log;
}

/**
 * Reads the monitors back and tells the door what differs from what was shipped, or that nothing does any more (SI-4). A different set of
 * differences is another alert; the one before is over then. Free tenants have no such log and are left out.
 */
export function monitorsWatch({ store, tenants, door, inAzure, deployed, log }: ReadMonitorsNeeds): () => Promise<void> {
  let failures = 0;
  return async function look(): Promise<void> {
    const watched = await Promise.all(
      tenants.list().map(async ({ id, name, kind, exclusionGroupId }) => {
        return { id, name, kind, exclusionGroupId, userIds: await store.watchedUsers(id) };
      }),
    );
    let differences: readonly MonitorDifference[];
    try {
      differences = compareMonitors(watched, await inAzure.read(), deployed);
      failures = 0;
    } catch (error) {
      failures += 1;
      log.warn('monitors.unread', { error, failures });
      if (failures < MOST_FAILURES) return;
      differences = [{ what: 'Azure Resource Manager', problem: 'unreadable' }];
    }
    const condition = `${MONITORS}${digestOf(differences).slice(0, 12)}`;
    const standing = [...(await store.conditions()).keys()].filter((name) => name.startsWith(MONITORS));
    for (const other of standing)
      if (other !== condition || differences.length === 0) await door.dispatch(WATCH, { kind: 'condition-ended', condition: other });
    if (differences.length === 0 || standing.includes(condition)) return;
    await door.dispatch(WATCH, {
      kind: 'condition-began',
      condition,
      cause: { kind: 'monitors-differ', differences: await named(differences, store) },
    });
  };
}

/** Rules know ids, people know names. */
async function named(differences: readonly MonitorDifference[], store: Pick<Store, 'accounts'>): Promise<readonly MonitorDifference[]> {
  const names = new Map(
    (await store.accounts(MOST_NAMED)).map(({ objectId, userPrincipalName }) => [objectId.toLowerCase(), userPrincipalName]),
  );
  return differences.map((difference) => {
    const account = difference.problem === 'account-missing' ? names.get(difference.detail?.toLowerCase() ?? '') : undefined;
    return account === undefined ? difference : { ...difference, account };
  });
}
