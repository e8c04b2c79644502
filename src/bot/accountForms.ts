import type { People, Random, Reads } from '../app/ports.ts';
import type { Rendered } from '../cards/render.ts';
import { type AccountFormInput, accountFormCard } from '../cards/views/accountForm.ts';
import type { EmergencyAccount } from '../core/account/types.ts';
import { usableWithout } from '../core/account/usable.ts';
import { personWith } from '../core/decision.ts';
import type { Actor, PersonRef } from '../core/people.ts';
import type { FieldFault, Refusal } from '../core/refusal.ts';
import type { AccountForm } from '../core/request/openAccount.ts';
import type { AccountOperation } from '../core/request/planAccount.ts';
import type { AccountPlan, ChangeRequest } from '../core/request/types.ts';
import { no, ok, type Result } from '../core/result.ts';
import { type AccountValues, accountFormId } from './actions/accountForm.ts';

export interface AccountFormNeeds {
  readonly people: People;
  readonly random: Pick<Random, 'id'>;
  readonly store: Pick<Reads, 'get' | 'accounts' | 'now'>;
}

/** A form stands in a message, or in a dialog that a button opened: there it is sent in by another way. */
export type FormPlace = 'message' | 'dialog';

export interface AccountForms {
  open(
    actor: Actor,
    operation: AccountOperation,
    account: EmergencyAccount,
    place?: FormPlace,
  ): Promise<{ formId: string; rendered: Rendered }>;
  /** The same form with what was typed, and what is wrong with it; nothing when the account is gone. */
  again(
    actor: Actor,
    form: AccountForm,
    values: AccountValues,
    faults: readonly FieldFault[],
    place?: FormPlace,
    refusal?: Refusal,
  ): Promise<Rendered | undefined>;
  /** The form of a request that waits, to be changed. */
  edit(
    actor: Actor,
    request: ChangeRequest,
    plan: AccountPlan,
    values?: AccountValues,
    faults?: readonly FieldFault[],
    refusal?: Refusal,
  ): Promise<Rendered | undefined>;
}

const MOST_ACCOUNTS = 1_000;
const byName = (a: PersonRef, b: PersonRef): number => a.name.localeCompare(b.name);
const idsOf = (people: readonly PersonRef[]): string => people.map(({ objectId }) => objectId).join(',');

/** The account whose form somebody gets, by a command or by a button alike. Courtesy: what is sent in the door judges. */
export function mayAskOf(
  actor: Actor,
  operation: AccountOperation,
  account: EmergencyAccount | undefined,
): Result<EmergencyAccount, Refusal> {
  const requester = personWith(actor, 'requester');
  if (!requester.ok) return requester;
  if (!account) return no({ code: 'not-found', what: 'account' });
  return account.state === 'retired' ? no({ code: 'account-unsuitable', operation, why: 'retired' }) : ok(account);
}

/** Forms that ask something of an account. What they offer are suggestions: who may hold a part is checked when a form is sent in. */
export function accountForms({ people, random, store }: AccountFormNeeds): AccountForms {
  async function offered(actor: Actor, operation: AccountOperation): Promise<PersonRef[]> {
    if (operation !== 'rotate' && operation !== 'handover') return [];
    const own = actor.kind === 'person' ? actor.person.personKey : undefined;
    return (await people.holders('custodian')).filter(({ personKey }) => personKey !== own).sort(byName);
  }
  async function leavesFew({ id, tenantId }: EmergencyAccount): Promise<boolean> {
    const [accounts, now] = await Promise.all([store.accounts(MOST_ACCOUNTS), store.now()]);
    return (
      usableWithout(
        accounts.filter((row) => row.tenantId === tenantId),
        id,
        [],
        now,
      ) < 2
    );
  }
  const fresh = (operation: AccountOperation, account: EmergencyAccount, may: readonly PersonRef[]): AccountValues => ({
    reason: '',
    custodians:
      operation === 'rotate'
        ? idsOf(
            account.parts.map(({ custodian }) => custodian).filter(({ objectId }) => may.some((person) => person.objectId === objectId)),
          )
        : '',
    leaving: '',
    fewer: 'false',
  });
  async function drawn(
    actor: Actor,
    operation: AccountOperation,
    account: EmergencyAccount,
    values: AccountValues,
    faults: readonly FieldFault[],
    sends: AccountFormInput['sends'],
    refusal?: Refusal,
  ): Promise<Rendered> {
    const [custodians, few] = await Promise.all([offered(actor, operation), operation === 'retire' ? leavesFew(account) : false]);
    return accountFormCard({ operation, account, custodians, leavesFew: few, values, faults, sends, ...(refusal ? { refusal } : {}) });
  }

  return {
    async open(actor, operation, account, place = 'message') {
      const formId = random.id('F');
      const sends = { verb: 'account.submit', id: accountFormId(formId, operation, account.id), digest: '', place } as const;
      return {
        formId,
        rendered: await drawn(actor, operation, account, fresh(operation, account, await offered(actor, operation)), [], sends),
      };
    },
    async again(actor, { formId, operation, accountId }, values, faults, place = 'message', refusal = undefined) {
      const account = await store.get('account', accountId);
      const sends = { verb: 'account.submit', id: accountFormId(formId, operation, accountId), digest: '', place } as const;
      return account && drawn(actor, operation, account, values, faults, sends, refusal);
    },
    async edit(actor, request, plan, values, faults = [], refusal = undefined) {
      const account = await store.get('account', plan.account.accountId);
      const sends = { verb: 'request.resubmit', id: request.id, digest: request.planDigest, place: 'dialog' } as const;
      return account && drawn(actor, plan.operation, account, values ?? valuesOf(plan, account), faults, sends, refusal);
    },
  };
}

/** What the requester had chosen when they asked. */
function valuesOf(plan: AccountPlan, account: EmergencyAccount): AccountValues {
  const leaving = 'leaving' in plan ? plan.leaving : undefined;
  const before = new Set(account.parts.map(({ custodian }) => custodian.objectId));
  const chosen = leaving ? plan.custodians.filter(({ objectId }) => !before.has(objectId)) : plan.custodians;
  return {
    reason: plan.reason,
    custodians: idsOf(chosen),
    leaving: leaving?.objectId ?? '',
    fewer: String(plan.operation === 'retire' && plan.accountsLeft < 2),
    ...(plan.operation === 'rotate' ? { credential: plan.credential.kind } : {}),
  };
}
