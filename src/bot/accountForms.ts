import type { PasskeysKnown } from '../app/openRequest.ts';
import type { People, Random, Reads } from '../app/ports.ts';
import type { Rendered } from '../cards/render.ts';
import { type AccountFormInput, accountFormCard } from '../cards/views/accountForm.ts';
import { isGone } from '../cards/views/partWords.ts';
import type { EmergencyAccount } from '../core/account/types.ts';
import { isOverdue } from '../core/account/unconfirmed.ts';
import { usableWithout } from '../core/account/usable.ts';
import { personOf, personWith } from '../core/decision.ts';
import type { Actor, PersonRef } from '../core/people.ts';
import type { FieldFault, Refusal } from '../core/refusal.ts';
import { type AccountForm, busyWith } from '../core/request/openAccount.ts';
import type { AccountOperation } from '../core/request/planAccount.ts';
import type { AccountPlan, ChangeRequest } from '../core/request/types.ts';
import { no, ok, type Result } from '../core/result.ts';
import { type AccountValues, accountFormId } from './actions/accountForm.ts';

export interface AccountFormNeeds {
  readonly people: People;
  readonly random: Pick<Random, 'id'>;
  readonly store: Pick<Reads, 'get' | 'accounts' | 'now'>;
  /** Whether the tenant lets the account have passkeys, where that is known in time. */
  passkeys(tenantId: string): Promise<PasskeysKnown>;
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
function mayAskOf(actor: Actor, operation: AccountOperation, account: EmergencyAccount | undefined): Result<EmergencyAccount, Refusal> {
  const requester = personWith(actor, 'requester');
  if (!requester.ok) return requester;
  if (!account) return no({ code: 'not-found', what: 'account' });
  const { state } = account;
  return state === 'retired' || state === 'provisioning' ? no({ code: 'account-unsuitable', operation, why: state }) : ok(account);
}

/** The same, and whether anything can be asked of it now: whoever comes second hears it before they type. */
export async function mayAskNow(
  store: Pick<Reads, 'openRequestOfAccount' | 'now'>,
  actor: Actor,
  operation: AccountOperation,
  account: EmergencyAccount | undefined,
): Promise<Result<EmergencyAccount, Refusal>> {
  const may = mayAskOf(actor, operation, account);
  const person = personOf(actor);
  if (!may.ok || !person.ok) return may;
  const busy = await store.openRequestOfAccount(may.value.id);
  return busy ? no(busyWith(busy, { operation }, person.value, await store.now())) : may;
}

/** Forms that ask something of an account. What they offer are suggestions: who may hold a part is checked when a form is sent in. */
export function accountForms({ people, random, store, passkeys }: AccountFormNeeds): AccountForms {
  /** Who may hold a part, where it changes hands: whom the form offers, and everybody in the group. */
  async function holders(actor: Actor, operation: AccountOperation): Promise<Holders> {
    if (operation !== 'rotate' && operation !== 'handover') return { custodians: [] };
    const all = await people.holders('custodian');
    const askerKey = actor.kind === 'person' ? actor.person.personKey : undefined;
    return {
      custodians: all.filter(({ personKey }) => personKey !== askerKey).sort(byName),
      eligible: new Set(all.map(({ objectId }) => objectId)),
      ...(askerKey === undefined ? {} : { askerKey }),
    };
  }
  async function leavesFew({ id, tenantId }: EmergencyAccount): Promise<boolean> {
    const accounts = await store.accounts(MOST_ACCOUNTS);
    return (
      usableWithout(
        accounts.filter((row) => row.tenantId === tenantId),
        id,
        [],
      ) < 2
    );
  }
  const fresh = (operation: AccountOperation, account: EmergencyAccount, { custodians }: Holders, now: Date): AccountValues => ({
    reason: '',
    custodians: operation === 'rotate' ? idsOf(proposed(account, custodians, now)) : '',
    leaving: '',
    fewer: 'false',
  });
  async function drawn(
    actor: Actor,
    operation: AccountOperation,
    account: EmergencyAccount,
    /** None: a new form. */
    values: AccountValues | undefined,
    faults: readonly FieldFault[],
    sends: AccountFormInput['sends'],
    refusal?: Refusal,
  ): Promise<Rendered> {
    const mayMakeKeys = operation === 'rotate' || (operation === 'handover' && account.credential === 'passkey');
    const [may, few, keys, now] = await Promise.all([
      holders(actor, operation),
      operation === 'retire' ? leavesFew(account) : false,
      mayMakeKeys ? passkeys(account.tenantId) : undefined,
      store.now(),
    ]);
    return accountFormCard({
      ...may,
      operation,
      account,
      now,
      leavesFew: few,
      ...(keys && !keys.ok ? { noKeys: keys.error } : {}),
      values: values ?? fresh(operation, account, may, now),
      faults,
      sends,
      ...(refusal ? { refusal } : {}),
    });
  }

  return {
    async open(actor, operation, account, place = 'message') {
      const formId = random.id('F');
      const sends = { verb: 'account.submit', id: accountFormId(formId, operation, account.id), digest: '', place } as const;
      return { formId, rendered: await drawn(actor, operation, account, undefined, [], sends) };
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

interface Holders extends Pick<AccountFormInput, 'custodians' | 'eligible' | 'askerKey'> {}

/**
 * Who is ticked in a new form: those who hold the account today, all of them or nobody. A form goes out as it opens where nobody reads it, so
 * it proposes only what was so and worked: never somebody whose part is gone or nowhere to be found, and not the rest of three, which would make two parts of them.
 */
function proposed({ parts }: EmergencyAccount, may: readonly PersonRef[], now: Date): readonly PersonRef[] {
  const isWhole = parts.every(
    (part) => !isGone(part, now) && !isOverdue(part, now) && may.some(({ objectId }) => objectId === part.custodian.objectId),
  );
  return isWhole ? parts.map(({ custodian }) => custodian) : [];
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
