import type { Actor } from '../core/people.ts';
import type { Refusal } from '../core/refusal.ts';
import { isMend } from '../core/request/mend.ts';
import { type AccountFacts, type AccountForm, custodiansWanted, makesKeys, takesOneAway } from '../core/request/openAccount.ts';
import { no, ok, type Result } from '../core/result.ts';
import { ALL_ACCOUNTS, gatherMend } from './gatherMend.ts';
import { observeAccount, seeOthers } from './observe.ts';
import { namedPeople, type OpenFactsNeeds, passkeysIn, tenantOfPlan } from './openRequest.ts';
import type { Custody, Reads } from './ports.ts';

export interface AccountFactsNeeds extends Omit<OpenFactsNeeds, 'store'> {
  readonly custody: Pick<Custody, 'tags'>;
  readonly store: Pick<Reads, 'conversation' | 'now' | 'get' | 'accounts'>;
}

/**
 * Looks up everything a form on an account has to be judged by, all at once. Nothing is written. What cannot be read refuses the request:
 * the order of the writes depends on how the tenant stands.
 *
 * @param actor only for a person who may ask are the look-ups made
 */
export async function gatherAccountFacts(
  needs: AccountFactsNeeds,
  form: AccountForm,
  actor: Actor,
): Promise<Result<AccountFacts, Refusal>> {
  const account = await needs.store.get('account', form.accountId);
  const info = account && needs.tenants.info(account.tenantId);
  if (actor.kind !== 'person' || !actor.roles.has('requester') || !account || !info) return ok({ custodians: [], approvers: [] });
  try {
    const { operation } = form;
    const keyed = makesKeys(form, account);
    const [observed, custodians, approvers, mend, passkeys, others] = await Promise.all([
      observeAccount(needs.tenants.reader(info.id), needs.custody, info, account),
      namedPeople(needs, custodiansWanted(form, account)),
      needs.people.holders('approver'),
      isMend(operation) ? gatherMend(needs, operation, account, form.finding) : undefined,
      keyed ? passkeysIn(needs, info) : undefined,
      takesOneAway(operation) ? seeOthers(needs.tenants.reader(info.id), await needs.store.accounts(ALL_ACCOUNTS), account) : undefined,
    ]);
    return ok({
      tenant: tenantOfPlan(info),
      ...(observed ? { observed } : {}),
      custodians,
      approvers,
      ...(mend ? { mend } : {}),
      ...(others ? { others } : {}),
      ...(passkeys ? { passkeys } : {}),
    });
  } catch (error) {
    needs.failed(`account ${form.accountId}`, error);
    return no({ code: 'cannot-check', what: 'the account and the people it needs' });
  }
}
