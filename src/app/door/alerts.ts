import { mustBeClassified } from '../../core/alert/classify.ts';
import { FOLD_MS, foldKey, recount, recountTimer } from '../../core/alert/fold.ts';
import { needsPassword } from '../../core/alert/mend.ts';
import { addSource, raise, signInKey } from '../../core/alert/raise.ts';
import type { SignInEvent } from '../../core/alert/types.ts';
import { later } from '../../core/decision.ts';
import type { Effect } from '../../core/effect.ts';
import { no, ok } from '../../core/result.ts';
import type { Aggregates, Transaction } from '../ports.ts';
import { joinOpenCase } from './cases.ts';
import { change, type Outcome, type Scene, type Wanted } from './scene.ts';

/** Every sign-in is an alert, once per attempt and result, whichever feed brings it first (AL-3). */
export async function seen(scene: Scene, intent: Wanted<'sign-in-seen'>): Promise<Outcome> {
  const { tx, random } = scene;
  const { event, feed } = intent;
  const id = random.id('AL');
  const earlier = await tx.claimOnce(`sign-in:${signInKey(event)}`, id);
  if (earlier !== undefined && !(await isAnother(tx, earlier, event))) {
    if (event.rowId !== undefined) await tx.claimOnce(rowKey(event), earlier);
    return change(scene, 'alert', earlier, (alert) => addSource(alert, event, feed));
  }
  const sameRow = earlier === undefined && event.rowId === undefined ? undefined : await tx.claimOnce(rowKey(event), id);
  if (sameRow !== undefined) return change(scene, 'alert', sameRow, (alert) => addSource(alert, event, feed));
  const account = await tx.accountOfUser(event.tenantId, event.userId);
  const locked = account && (await tx.lock('account', account.id));
  // A feed may bring an older one late.
  const newest = locked?.lastSignInAt && locked.lastSignInAt > event.signedInAt ? locked.lastSignInAt : event.signedInAt;
  if (locked) await tx.save('account', { ...locked, lastSignInAt: newest, revision: locked.revision + 1 });
  return raised(scene, id, event.tenantId, { kind: 'sign-in', event, feeds: [feed], registered: account !== undefined }, account);
}

/** Names one delivery of one attempt: by the log row's own id, or where a feed has none by what it says of place and time. */
const rowKey = ({ tenantId, rowId, userId, correlationId, errorCode, ipAddress, signedInAt }: SignInEvent): string =>
  rowId === undefined
    ? `sign-in-push:${[tenantId, userId, correlationId, errorCode, ipAddress ?? '', signedInAt.toISOString()].join('|')}`
    : `sign-in-row:${tenantId}|${rowId}`;

/**
 * Whether an event is another attempt than the one alerted. Entra keeps the correlation id over several attempts of one flow, and a client may
 * choose it: a later attempt must never vanish into an earlier alert (AL-9). Two log rows are two attempts; without a row's id another address
 * is, and so is whatever happened after the alert was acknowledged.
 */
async function isAnother(tx: Transaction, alertId: string, event: SignInEvent): Promise<boolean> {
  const alert = await tx.lock('alert', alertId);
  if (alert?.cause.kind !== 'sign-in') return false;
  const known = alert.cause.event;
  if (event.rowId !== undefined) return known.rowId !== undefined && known.rowId !== event.rowId;
  const moved = known.ipAddress !== undefined && event.ipAddress !== undefined && known.ipAddress !== event.ipAddress;
  const lead = alert.foldedInto === undefined ? alert : await tx.lock('alert', alert.foldedInto);
  return moved || (lead?.acknowledgedAt !== undefined && event.signedInAt > lead.acknowledgedAt);
}

export async function raiseOnce(scene: Scene, intent: Wanted<'raise-alert'>): Promise<Outcome> {
  const id = scene.random.id('AL');
  if ((await scene.tx.claimOnce(`alert:${intent.dedupe}`, id)) !== undefined) return no({ code: 'nothing-to-do' });
  const account = intent.accountId === undefined ? undefined : await scene.tx.lock('account', intent.accountId);
  return raised(scene, id, intent.tenantId, intent.cause, account);
}

/** Keeps the bytes and tells people, in one transaction. */
export async function quarantined(scene: Scene, intent: Wanted<'signal-quarantined'>): Promise<Outcome> {
  const { dedupe, feed, words, bytes, tenantId, apart } = intent;
  const { tx, now, random } = scene;
  const id = random.id('AL');
  if ((await tx.claimOnce(`quarantine:${feed}:${dedupe}`, id)) !== undefined) return no({ code: 'nothing-to-do' });
  await tx.quarantine({ id, at: now, feed, words, bytes, ...(tenantId === undefined ? {} : { tenantId }) });
  const cause = { kind: 'unreadable-signal', feed, words, quarantineId: id, ...(apart ? { apart } : {}) } as const;
  return raised(scene, id, tenantId, cause, undefined);
}

/** A failed attempt while another alert of its kind is open has no card of its own: that one's counts it (AL-6). It stays an alert. */
async function foldedInto({ tx, now }: Scene, alert: Aggregates['alert']): Promise<Outcome | undefined> {
  const key = foldKey(alert.cause, alert.tenantId);
  if (key === undefined) return undefined;
  const { leadId, since } = await tx.joinFold(key, alert.id, now, later(now, FOLD_MS));
  if (leadId === alert.id) return undefined;
  const folded = { ...alert, state: 'folded', foldedInto: leadId } as const;
  await tx.insert('alert', folded);
  await tx.owe([recountTimer(leadId, since, now)]);
  return ok({ alert: folded });
}

export async function recounted(scene: Scene, alertId: string): Promise<Outcome> {
  const noise = await scene.tx.countFold(alertId);
  return change(scene, 'alert', alertId, (alert) => recount(alert, noise));
}

export async function raised(
  scene: Scene,
  id: string,
  tenantId: string | undefined,
  cause: Aggregates['alert']['cause'],
  account: Aggregates['account'] | undefined,
): Promise<Outcome> {
  const { tx, now, tenant } = scene;
  const tenantName = tenantId === undefined ? undefined : (tenant(tenantId)?.displayName ?? account?.tenantName);
  const about = { ...(tenantId ? { tenantId } : {}), ...(tenantName ? { tenantName } : {}), ...(account ? { account } : {}) };
  const busy = account && needsPassword(cause) ? await tx.openRequestOfAccount(account.id) : undefined;
  const raising = raise(cause, { ...about, ...(busy ? { busy } : {}) }, id, now);
  const folded = await foldedInto(scene, raising.next);
  if (folded) return folded;
  const { next, effects } = raising;
  const alert = mustBeClassified(next) ? await joinOpenCase(scene, next) : next;
  await tx.insert('alert', alert);
  const more: Effect[] = account ? [{ kind: 'show', subject: `account:${account.id}` }] : [];
  await tx.owe([...effects, ...more]);
  return ok({ alert });
}
