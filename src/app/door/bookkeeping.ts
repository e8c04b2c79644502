import { withLedger } from '../../core/account/ledger.ts';
import { staleEffects } from '../../core/account/runbook.ts';
import type { EmergencyAccount } from '../../core/account/types.ts';
import { confirmationTimers } from '../../core/account/unconfirmed.ts';
import { noteAsked } from '../../core/alert/mend.ts';
import { type ChangeRequest, OPEN_STATES } from '../../core/request/types.ts';
import type { Aggregates, Kind, Transaction } from '../ports.ts';
import type { Outcome } from './scene.ts';

interface Books {
  readonly tx: Transaction;
  /** The outcome with the account as it was saved, ledger and all. */
  complete(outcome: Outcome): Outcome;
}

/**
 * The transaction that decisions work in, with the books kept: whatever changes an account, its ledger says what became of its parts, and
 * a runbook card that the change made untrue is owed a reminder, and so is who opened a part and has not said where it is; and whatever asks
 * for another credential, or does not any more, alerts that ask for one say so. No decision has to think of it, so none can forget.
 */
export function keepingBooks(tx: Transaction, now: Date): Books {
  const seen = new Map<string, EmergencyAccount>();
  const note = <T extends EmergencyAccount | undefined>(account: T): T => {
    if (account) seen.set(account.id, account);
    return account;
  };
  const noted = async (request: ChangeRequest): Promise<void> => {
    const accountId = 'accountId' in request.plan.account ? request.plan.account.accountId : undefined;
    // Once it is carried out they end; until that is concluded they go on naming it.
    if (accountId === undefined || request.state === 'applied') return;
    for (const alertId of await tx.credentialAlerts(accountId)) {
      const alert = await tx.lock('alert', alertId);
      const decision = alert && noteAsked(alert, request);
      if (!decision?.ok) continue;
      await tx.save('alert', decision.value.next);
      await tx.owe(decision.value.effects);
    }
  };
  const isAccount = (kind: Kind, _value: Aggregates[Kind]): _value is EmergencyAccount => kind === 'account';
  const isRequest = (kind: Kind, _value: Aggregates[Kind]): _value is ChangeRequest => kind === 'request';
  const kept: Transaction = {
    ...tx,
    async lock(kind, id) {
      const found = await tx.lock(kind, id);
      if (found && isAccount(kind, found)) note(found);
      return found;
    },
    accountOfRequest: async (requestId) => note(await tx.accountOfRequest(requestId)),
    accountOfUser: async (tenantId, objectId) => note(await tx.accountOfUser(tenantId, objectId)),
    async insert(kind, value) {
      if (isAccount(kind, value)) {
        const written = withLedger(undefined, value, now);
        seen.set(written.id, written);
        await tx.insert('account', written);
      } else await tx.insert(kind, value);
      if (isRequest(kind, value)) await noted(value);
    },
    async save(kind, value) {
      if (!isAccount(kind, value)) {
        await tx.save(kind, value);
        if (isRequest(kind, value) && !OPEN_STATES.includes(value.state)) await noted(value);
        return;
      }
      const before = seen.get(value.id) ?? (await tx.lock('account', value.id));
      const written = withLedger(before, value, now);
      seen.set(written.id, written);
      await tx.save('account', written);
      await tx.owe([...staleEffects(written, now), ...confirmationTimers(before, written, now)]);
    },
  };
  return {
    tx: kept,
    complete(outcome) {
      const account = outcome.ok ? seen.get(outcome.value.account?.id ?? '') : undefined;
      return outcome.ok && account ? { ok: true, value: { ...outcome.value, account } } : outcome;
    },
  };
}
