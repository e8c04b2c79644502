import type { EmergencyAccount } from '../account/types.ts';
import type { Decision } from '../decision.ts';
import { leavesNoPassword } from '../request/stays.ts';
import { type ChangeRequest, OPEN_STATES, oldIsGone, replacedBy } from '../request/types.ts';
import { no, ok } from '../result.ts';
import { endAlert } from './delivery.ts';
import type { Alert, AlertCause, Asked, HowMended } from './types.ts';

/** Alerts that tell of what opens an account: that it does not any more, or is not there in time. */
export const ABOUT_CREDENTIALS: readonly AlertCause['kind'][] = ['part-expired', 'part-lost', 'account-unusable', 'ended-half-way'];

/** Of which kind of credential; a request that left something else half-way is about none. */
function aboutCredential(cause: AlertCause): 'split-password' | 'passkey' | undefined {
  switch (cause.kind) {
    case 'part-expired':
    case 'part-lost':
      return cause.key ? 'passkey' : 'split-password';
    case 'account-unusable':
      return 'split-password';
    case 'ended-half-way':
      return leavesNoPassword(cause) ? 'split-password' : undefined;
    default:
      return undefined;
  }
}

/**
 * Whether nothing but a new password makes the account usable again. A pass is made anew by the request that waits for its key, and a part by
 * the one that makes a password in the place of keys: while that is open no other can be asked for.
 */
export const needsPassword = (cause: AlertCause): boolean =>
  aboutCredential(cause) === 'split-password' && !('awaitedBy' in cause && cause.awaitedBy !== undefined);

/**
 * What a request that ended made of an alert about what opens its account (CR-6): until then it asks people to act, and is said again.
 *
 * @returns `undefined` where what the alert says is as true as before
 */
function howMended(
  { cause, raisedAt }: Pick<Alert, 'cause' | 'raisedAt'>,
  request: ChangeRequest,
  account: Pick<EmergencyAccount, 'state'>,
): HowMended | 'replaced' | undefined {
  const about = aboutCredential(cause);
  if (about === undefined) return undefined;
  if (account.state === 'retired') return 'gone';
  const { state, plan, closedAt, begunAt } = request;
  // What came after it is about what it made.
  if (!('credential' in plan) || closedAt === undefined || raisedAt > closedAt) return undefined;
  if (state === 'applied') return plan.credential.kind === 'passkey' ? 'new-keys' : 'new-password';
  const mine = begunAt !== undefined && raisedAt >= begunAt && (about === 'passkey' || replacedBy(plan) === 'passkey');
  if (state !== 'undone' || !mine || plan.credential.kind !== about) return undefined;
  // Then another alert tells what stays in its place.
  return oldIsGone(request) ? 'replaced' : 'as-before';
}

/** Occurs when what follows of a request for its account is concluded. Acknowledged or not: what it asks for is done. */
export function mend(alert: Alert, request: ChangeRequest, account: Pick<EmergencyAccount, 'state'>, now: Date): Decision<Alert> {
  const how = alert.state === 'open' || alert.state === 'acknowledged' ? howMended(alert, request, account) : undefined;
  if (how === undefined) return no({ code: 'nothing-to-do' });
  return endAlert(alert, now, how === 'replaced' ? { replaced: true } : { mended: { how, requestId: request.id } });
}

/** What the request was asked for, where that ends alerts about its account's credential. */
export function askedBy({ id, state, plan: { operation } }: ChangeRequest): Asked | undefined {
  const mends = operation === 'rotate' || operation === 'handover' || operation === 'retire';
  return mends && OPEN_STATES.includes(state) ? { requestId: id, operation } : undefined;
}

/** An alert that asks for another credential says that one was asked for, as long as that is open. */
export function noteAsked(alert: Alert, request: ChangeRequest): Decision<Alert> {
  const asked = askedBy(request);
  const about = needsPassword(alert.cause) && (asked !== undefined || alert.asked?.requestId === request.id);
  if (!about || alert.asked?.requestId === asked?.requestId) return no({ code: 'nothing-to-do' });
  const { asked: _before, ...rest } = alert;
  const next = { ...rest, ...(asked ? { asked } : {}), revision: alert.revision + 1 };
  return ok({ next, effects: [{ kind: 'show', subject: `alert:${alert.id}` }] });
}
