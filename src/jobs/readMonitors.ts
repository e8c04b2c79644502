import type { Door } from '../app/dispatch.ts';
import type { Log } from '../app/log.ts';
import type { MonitorsInAzure, Store, Tenants } from '../app/ports.ts';
import { digestOf } from '../core/digest.ts';
import { compareMonitors, type Deployed, watchedOf } from '../core/monitors/compare.ts';
import type { MonitorDifference } from '../core/monitors/difference.ts';
import type { FoundMonitors } from '../core/monitors/found.ts';
import { type MonitorPart, partsOf } from '../core/monitors/parts.ts';
import type { MonitoredTenant } from '../core/monitors/rules.ts';

const WATCH = { kind: 'system', part: 'worker' } as const;
export const MONITORS = 'monitors:';
/** One read that fails now and then is the network; this many in a row, and nobody knows what is there. */
const MOST_FAILURES = 3;
/** A card tells no more than a few; of whom there is no name, the id is told. */
const MOST_NAMED = 1_000;

export interface ReadMonitorsNeeds {
  readonly store: Pick<Store, 'conditions' | 'watchedUsers' | 'accounts' | 'seenInAzure' | 'sawInAzure' | 'now'>;
  readonly tenants: Pick<Tenants, 'list'>;
  readonly door: Door;
  readonly inAzure: MonitorsInAzure;
  /** What we were told of how they were deployed. */
  readonly deployed: Deployed;
  readonly log: Log;
}

export interface MonitorsWatch {
  look(): Promise<void>;
  /** What the last read was not let see. */
  unseen(): readonly MonitorPart[];
}

/**
 * Reads the monitors back and tells the door what differs from what was shipped, or that nothing does any more (SI-4). A different set of
 * differences is another alert, which takes the place of the one before. Free tenants have no such log and are left out. What could be read once and no
 * longer can is a difference; what never could is none, because the right to it is optional.
 */
export function monitorsWatch({ store, tenants, door, inAzure, deployed, log }: ReadMonitorsNeeds): MonitorsWatch {
  let failures = 0;
  let unseen: readonly MonitorPart[] = [];

  async function read(): Promise<FoundMonitors | undefined> {
    try {
      const found = await inAzure.read();
      failures = 0;
      return found;
    } catch (error) {
      failures += 1;
      log.warn('monitors.unread', { error, failures });
      return undefined;
    }
  }

  /** @returns keys of all parts that could be read at some time, now included */
  async function seenOf(watched: readonly MonitoredTenant[], found: FoundMonitors): Promise<ReadonlySet<string>> {
    const parts = partsOf(watchedOf(watched), found);
    unseen = parts.filter(({ readable }) => !readable);
    const before = await store.seenInAzure();
    const added = parts.flatMap(({ key, readable }) => (readable && !before.has(key) ? [key] : []));
    if (added.length > 0) await store.sawInAzure(added);
    return new Set([...before, ...added]);
  }

  async function look(): Promise<void> {
    const watched = await Promise.all(
      tenants.list().map(async ({ id, name, kind, exclusionGroupId }) => {
        return { id, name, kind, exclusionGroupId, userIds: await store.watchedUsers(id) };
      }),
    );
    const found = await read();
    if (!found && failures < MOST_FAILURES) return;
    const differences: readonly MonitorDifference[] = found
      ? compareMonitors(watched, found, deployed, { seen: await seenOf(watched, found), now: await store.now() })
      : [{ what: 'Azure Resource Manager', problem: 'unreadable' }];
    const condition = `${MONITORS}${digestOf(differences).slice(0, 12)}`;
    const standing = [...(await store.conditions()).keys()].filter((name) => name.startsWith(MONITORS));
    const differs = differences.length > 0;
    if (differs && !standing.includes(condition)) {
      const cause = { kind: 'monitors-differ', differences: await named(differences, store) } as const;
      await door.dispatch(WATCH, { kind: 'condition-began', condition, cause });
    }
    for (const other of standing.filter((name) => name !== condition || !differs))
      await door.dispatch(WATCH, { kind: 'condition-ended', condition: other, ...(differs ? { replaced: true } : {}) });
  }
  return { look, unseen: () => unseen };
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
