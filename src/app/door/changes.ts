import { abridged, type DirectoryChange } from '../../core/alert/change.ts';
import { concernOf, idsIn, losesExclusion, type Watched } from '../../core/alert/concern.ts';
import { type Begun, requestBehind, standsBehind } from '../../core/alert/expected.ts';
import { addChangeSource, addToRecord, changeKey } from '../../core/alert/raise.ts';
import type { AlertCause } from '../../core/alert/types.ts';
import { consumed } from '../../core/request/expected.ts';
import { no } from '../../core/result.ts';
import type { Aggregates, Transaction } from '../ports.ts';
import { raised } from './alerts.ts';
import { change as changeAlert, type Outcome, type Scene, type Wanted } from './scene.ts';

type Account = Aggregates['account'];
type ChangeCause = Extract<AlertCause, { kind: 'directory-change' }>;

const MOST_IDS = 100;

/** A change that concerns an account, its exclusion, or what watches it is an alert, once, whichever feed brings it first (AL-3). */
export async function changeSeen(scene: Scene, { change, feed, byChanger }: Wanted<'change-seen'>): Promise<Outcome> {
  const { tx, random } = scene;
  const accounts = await accountsIn(tx, change);
  const watched = watchedIn(scene, change, accounts);
  const concern = concernOf(change, watched);
  if (concern === undefined || !(isManaged(scene, change) || accounts.length > 0)) return no({ code: 'nothing-to-do' });

  const byOurs = byChanger === true || accounts.some(({ objectId }) => objectId === change.actor.userId);
  const origin = await originOf(tx, change, byChanger === true, byOurs);
  const fresh = random.id('AL');
  const record = origin.by === 'request' ? await tx.claimOnce(`changes-of:${origin.requestId}`, fresh) : undefined;
  const id = record ?? fresh;
  const earlier = await tx.claimOnce(`change:${changeKey(change)}`, id);
  if (earlier !== undefined && !(await isAnother(tx, earlier, change))) {
    if (change.rowId !== undefined) await tx.claimOnce(rowKey(change), earlier);
    return changeAlert(scene, 'alert', earlier, (alert) => addChangeSource(alert, abridged(change), feed));
  }
  const sameRow = change.rowId === undefined ? undefined : await tx.claimOnce(rowKey(change), id);
  if (sameRow !== undefined) return changeAlert(scene, 'alert', sameRow, (alert) => addChangeSource(alert, abridged(change), feed));
  // Only now is it known to be news: what comes again from another feed is not counted again.
  if (origin.by === 'request') await consume(tx, origin.requestId, change);
  if (record !== undefined) return changeAlert(scene, 'alert', record, (alert) => addToRecord(alert, change, feed));

  const lost = losesExclusion(change, watched);
  const cause: ChangeCause = {
    kind: 'directory-change',
    change: abridged(change),
    concern,
    origin,
    feeds: [feed],
    ...(lost ? { exclusionLost: true } : {}),
  };
  return raised(scene, id, change.tenantId, cause, accounts[0]);
}

/** @param byOurs our changer did it, or an account of ours itself, whose custodian registers a key */
async function originOf(tx: Transaction, change: DirectoryChange, byChanger: boolean, byOurs: boolean): Promise<ChangeCause['origin']> {
  const requestId = byOurs ? await expectedFor(tx, change) : undefined;
  if (requestId !== undefined) return { by: 'request', requestId };
  return byChanger ? { by: 'changer' } : { by: 'others' };
}

/** Takes the change off what is expected. The request was locked when it was found. */
async function consume(tx: Transaction, requestId: string, change: DirectoryChange): Promise<void> {
  const request = await tx.lock('request', requestId);
  const account = request && (await tx.accountOfRequest(request.id));
  const expected = request && consumed(request, account?.objectId, change);
  if (request && expected) await tx.save('request', { ...request, expected, revision: request.revision + 1 });
}

/** The request that accounts for a write of our own. The one place that says which writes are expected. */
async function expectedFor(tx: Transaction, change: DirectoryChange): Promise<string | undefined> {
  const requests: Begun[] = [];
  for (const request of await tx.requestsBegun(change.tenantId)) {
    const account = await tx.accountOfRequest(request.id);
    requests.push({ request, ...(account ? { objectId: account.objectId } : {}) });
  }
  const found = requestBehind(change, requests);
  // Judged once more under its lock: of two feeds with two rows only one gets the last that is expected.
  const locked = found === undefined ? undefined : await tx.lock('request', found);
  const objectId = requests.find(({ request }) => request.id === found)?.objectId;
  return locked && standsBehind(change, { request: locked, ...(objectId === undefined ? {} : { objectId }) }) ? found : undefined;
}

const isManaged = ({ tenant }: Scene, { tenantId }: DirectoryChange): boolean => tenant(tenantId) !== undefined;

function watchedIn({ tenant }: Scene, { tenantId }: DirectoryChange, accounts: readonly Account[]): Watched {
  const exclusionGroupId = tenant(tenantId)?.exclusionGroupId.toLowerCase();
  return { users: new Set(accounts.map(({ objectId }) => objectId)), ...(exclusionGroupId === undefined ? {} : { exclusionGroupId }) };
}

/** Our accounts among everything the change names. */
async function accountsIn(tx: Transaction, change: DirectoryChange): Promise<Account[]> {
  const found: Account[] = [];
  for (const id of [...idsIn(change)].slice(0, MOST_IDS)) {
    const account = await tx.accountOfUser(change.tenantId, id);
    if (account) found.push(account);
  }
  return found;
}

const rowKey = ({ tenantId, rowId }: DirectoryChange): string => `change-row:${tenantId}|${rowId}`;

/** Two rows are two changes, even in one flow on the same thing: the second must never vanish in the alert of the first (AL-9). */
async function isAnother(tx: Transaction, alertId: string, change: DirectoryChange): Promise<boolean> {
  const alert = await tx.lock('alert', alertId);
  if (alert?.cause.kind !== 'directory-change') return false;
  const known = alert.cause.change;
  return change.rowId !== undefined && known.rowId !== undefined && change.rowId !== known.rowId;
}
