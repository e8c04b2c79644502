import { DAY, type Decision, later } from '../decision.ts';
import type { Effect } from '../effect.ts';
import type { Plan } from '../request/types.ts';
import { no, ok } from '../result.ts';
import { reminderTimer } from '../validation/schedule.ts';
import { type EmergencyAccount, partKey } from './types.ts';

/**
 * Puts a freshly created user on the watch list. From this row on, any sign-in with its object id is an alert.
 *
 * @param feed name of the feed that was just read for this object id without error
 */
export function watchAccount(plan: Plan, id: string, objectId: string, feed: string, now: Date): EmergencyAccount {
  return {
    id,
    requestId: plan.requestId,
    tenantId: plan.tenant.id,
    tenantName: plan.tenant.name,
    objectId,
    userPrincipalName: plan.account.userPrincipalName,
    displayName: plan.account.displayName,
    state: 'provisioning',
    revision: 1,
    owners: plan.owners,
    parts: plan.custodians.map((custodian, index) => ({ number: index + 1, custodian, state: 'sealed' })),
    watchedAt: now,
    feed,
  };
}

/** The plan is carried out: each part becomes ready for its custodian, and the first validation is scheduled. */
export function handOver(
  account: EmergencyAccount,
  policy: { readonly partExpiryHours: number; readonly validationDays: number },
  now: Date,
): Decision<EmergencyAccount> {
  if (account.state !== 'provisioning') return no({ code: 'nothing-to-do' });
  const expiresAt = later(now, policy.partExpiryHours * 3_600_000);
  const next: EmergencyAccount = {
    ...account,
    state: 'handover',
    appliedAt: now,
    validationDueAt: later(now, policy.validationDays * DAY),
    parts: account.parts.map((part) => ({ ...part, state: 'ready', expiresAt })),
    revision: account.revision + 1,
  };
  const effects = next.parts.flatMap((part): Effect[] => {
    const key = partKey(account.id, part.number);
    const place = { kind: 'person', objectId: part.custodian.objectId } as const;
    const intent = { kind: 'expire-part', accountId: account.id, partNumber: part.number } as const;
    return [
      { kind: 'post', key: `part:${key}`, place, subject: `part:${key}` },
      { kind: 'intend', key: `part-expiry:${key}`, at: expiresAt, intent },
    ];
  });
  return ok({ next, effects: [...effects, ...reminderTimer(next, now)] });
}
