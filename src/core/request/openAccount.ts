import type { PasskeyTerms, WhyNoPasskeys } from '../account/passkeyTerms.ts';
import type { EmergencyAccount } from '../account/types.ts';
import type { SeenAccount } from '../account/usable.ts';
import { type Decision, HOUR, later, personWith } from '../decision.ts';
import type { Actor, PersonRef } from '../people.ts';
import type { FieldFault, Refusal } from '../refusal.ts';
import { no, ok, type Result } from '../result.ts';
import { isMend, type MendFacts, mendOf } from './mend.ts';
import { custodianFaults, type NamedPerson, named, nameIn, passkeyFaults } from './named.ts';
import { type Draft, decidersOf, type Lately, type OpenPolicy, opened, tooOften } from './opening.ts';
import type { PlanFrame, TenantOfPlan } from './plan.ts';
import { type AccountOperation, type ObservedAccount, planAccount } from './planAccount.ts';
import { titleOf } from './title.ts';
import type { ChangeRequest, RequestKind } from './types.ts';

/** What is asked of an account, as it came in: text only, nothing believed. */
export interface AccountForm {
  readonly formId: string;
  readonly operation: AccountOperation;
  readonly accountId: string;
  readonly reason: string;
  /** `rotate`: everybody who is to hold a part. `handover`: the one who takes over. Else empty. */
  readonly custodians: readonly string[];
  /** `handover`: object id of the custodian who leaves. */
  readonly leaving: string;
  /** `retire`: the requester says that fewer than two accounts may be left. */
  readonly fewer: boolean;
  /** `repair`: key of the finding. */
  readonly finding?: string;
  /** `rotate`: the kind of credential it is to have, `passkey` or `split-password`; empty or absent: as it is. */
  readonly credential?: string;
}

/** Whether it is keys that are made: because the account has keys, or because a rotation asks for them. */
export const makesKeys = ({ operation, credential = '' }: Pick<AccountForm, 'operation' | 'credential'>, account: Credentialed): boolean =>
  operation === 'rotate'
    ? credential === ''
      ? account.credential === 'passkey'
      : credential === 'passkey'
    : operation === 'handover' && account.credential === 'passkey';

type Credentialed = Pick<EmergencyAccount, 'credential'>;

function credentialFaults({ operation, credential = '' }: AccountForm): FieldFault[] {
  if (operation !== 'rotate' || ['', 'passkey', 'split-password'].includes(credential)) return [];
  return [{ field: 'credential', problem: 'unknown-choice' }];
}

/** What was looked up for the form before the decision. */
export interface AccountFacts {
  /** `undefined`: not one of ours. */
  readonly tenant?: TenantOfPlan;
  /** `undefined`: the tenant has no such user. */
  readonly observed?: ObservedAccount;
  /** Those of `custodiansWanted`, in its order. */
  readonly custodians: readonly NamedPerson[];
  /** For `disable` and `retire`: the tenant's other accounts, as far as they could be read. */
  readonly others?: readonly SeenAccount[];
  readonly approvers: readonly PersonRef[];
  /** For `exclude` and `repair`. */
  readonly mend?: MendFacts;
  /** For `rotate` and `handover` of an account opened by passkeys. */
  readonly passkeys?: Result<PasskeyTerms, WhyNoPasskeys>;
}

/** What the store knows at that moment. */
export interface AccountOpenState {
  readonly account?: EmergencyAccount;
  readonly sameForm?: ChangeRequest;
  readonly openByRequester: number;
  readonly lately: Lately;
  /** Another request for this account that is still open: two plans on one account would each spoil the other. */
  readonly busy?: ChangeRequest;
  /** Accounts of the tenant that can be used, this one not counted. */
  readonly othersInTenant: number;
}

const REASON_MAX = 1000;

/**
 * Opens a request on an account that exists, with its plan. Nothing is touched in the tenant.
 *
 * @returns refusals `stranger`, `missing-role`, `not-found`, `account-unsuitable`, `account-busy`, `bad-form` (every fault at once),
 *   `too-few-left`, `quorum-unreachable`, `too-many-requests`, `too-often`; for a form submitted before, the request it opened
 */
export function openAccount(
  actor: Actor,
  form: AccountForm,
  facts: AccountFacts,
  state: AccountOpenState,
  policy: OpenPolicy,
  id: string,
  now: Date,
): Decision<ChangeRequest> {
  const requester = personWith(actor, 'requester');
  if (!requester.ok) return requester;
  if (state.sameForm && state.sameForm.requester.objectId === requester.value.objectId) return ok({ next: state.sameForm, effects: [] });
  const { busy } = state;
  if (busy) return no(busyWith(busy, form, requester.value, now));
  const expiresAt = later(now, policy.requestExpiryHours * HOUR);
  const { quorum, policyVersion } = policy;
  const drafted = draftAccount(
    form,
    facts,
    { requestId: id, version: 1, requester: requester.value, quorum, policyVersion, expiresAt },
    state,
  );
  if (!drafted.ok) return drafted;
  if (state.openByRequester >= policy.openRequestsPerPerson) return no({ code: 'too-many-requests', limit: policy.openRequestsPerPerson });
  const often = tooOften(state.lately, policy.requestsPerHour, now);
  if (often) return no(often);
  const { plan, told } = drafted.value;
  return ok(opened({ plan, formId: form.formId, told, duplicateOf: undefined, policy, expiresAt, now }));
}

/** Whose request is in the way, which, and when that ends by itself. */
export function busyWith(
  { id, plan, requester, state, expiresAt }: ChangeRequest,
  form: Pick<AccountForm, 'operation' | 'finding'>,
  asker: PersonRef,
  now: Date,
): Refusal {
  const finding = 'finding' in plan ? plan.finding?.key : undefined;
  return {
    code: 'account-busy',
    requestId: id,
    title: titleOf(plan),
    by: requester.name,
    own: requester.personKey === asker.personKey,
    same: plan.operation === 'repair' && form.operation === 'repair' && finding === form.finding,
    ...(state === 'failed' && expiresAt > now ? { endsAt: expiresAt } : {}),
  };
}

/** The plan of a form for an account and those who may decide on it, or why there can be none. Parameters as for `draftCreate`. */
export function draftAccount(
  form: AccountForm,
  facts: AccountFacts,
  frame: Omit<PlanFrame, 'tenant' | 'reason'>,
  { account, othersInTenant }: Pick<AccountOpenState, 'account' | 'othersInTenant'>,
): Result<Draft, Refusal> {
  const { tenant, observed } = facts;
  const { operation, reason } = form;
  if (!account || !tenant) return no({ code: 'not-found', what: 'account' });
  const keyed = makesKeys(form, account);
  const unsuitable = whyUnsuitable(operation, { state: account.state, keyed }, observed);
  if (unsuitable || !observed) return no({ code: 'account-unsuitable', operation, why: unsuitable ?? 'gone' });
  const mend = isMend(operation) ? mendOf(operation, account, form.finding, facts.mend) : undefined;
  if (mend && !mend.ok) return no({ code: 'account-unsuitable', operation, why: mend.error });
  const custodians = custodiansAfter(form, facts, account, frame.requester);
  const faults = [
    ...reasonFaults(reason),
    ...credentialFaults(form),
    ...(custodians.ok ? [] : custodians.error),
    ...(keyed ? passkeyFaults('credential', facts.passkeys) : []),
  ];
  if (faults.length > 0 || !custodians.ok) return no({ code: 'bad-form', faults });
  // To disable can be taken back, and may be urgent: its title says how many are left, and no tick is asked for.
  if (operation === 'retire' && othersInTenant < 2 && !form.fewer) return no({ code: 'too-few-left', left: othersInTenant });
  const deciders = decidersOf(facts.approvers, frame.requester, custodians.value, frame.quorum);
  if (!deciders.ok) return deciders;
  const leaving = operation === 'handover' ? account.parts.find((part) => part.custodian.objectId === form.leaving)?.custodian : undefined;
  const plan = planAccount({
    ...frame,
    tenant,
    reason,
    operation,
    account,
    observed,
    custodians: custodians.value,
    ...(leaving ? { leaving } : {}),
    othersInTenant,
    ...(mend?.ok ? { mend: mend.value } : {}),
    ...(keyed && facts.passkeys?.ok ? facts.passkeys.value : {}),
  });
  return ok({ plan, told: deciders.value });
}

/** Whether the tenant has one account fewer that can be used, once it is carried out. */
export const takesOneAway = (operation: RequestKind): boolean => operation === 'retire' || operation === 'disable';

type Unsuitable = Extract<Refusal, { code: 'account-unsuitable' }>['why'];

/** Why nothing of that kind can be asked of the account as it stands, in our record and in the tenant. */
export function whyUnsuitable(
  operation: AccountOperation,
  { state, keyed }: Pick<EmergencyAccount, 'state'> & { readonly keyed: boolean },
  observed: ObservedAccount | undefined,
): Unsuitable | undefined {
  if (state === 'retired') return 'retired';
  if (state === 'provisioning') return 'provisioning';
  if (!observed) return 'gone';
  // Only what carries our marker for the request that made it is ever touched (GR-3).
  if (!observed.ours) return 'not-ours';
  if (operation === 'disable' && !observed.enabled) return 'already-disabled';
  if (operation === 'enable' && observed.enabled) return 'already-enabled';
  // A key is registered by signing in.
  if (keyed && !observed.enabled) return 'keys-need-enabled';
  // What is enabled must already be unable to lock everybody out, and must have its role: else it would look ready and not be (GR-2).
  if (operation === 'enable' && !(observed.privileged && observed.excluded)) return 'not-ready';
  return undefined;
}

const reasonFaults = (reason: string): FieldFault[] => {
  if (reason === '') return [{ field: 'reason', problem: 'missing' }];
  return reason.length > REASON_MAX ? [{ field: 'reason', problem: 'too-long', detail: String(REASON_MAX) }] : [];
};

/**
 * Object ids of those who hold a part when the plan is carried out, in the order of the parts. Nobody where the plan makes no new parts.
 * Looked up before the door is asked, so that somebody who has left since is noticed.
 */
export function custodiansWanted(form: AccountForm, account: EmergencyAccount): readonly string[] {
  if (form.operation === 'rotate') return form.custodians;
  if (form.operation !== 'handover') return [];
  return account.parts.flatMap(({ custodian }) =>
    custodian.objectId === form.leaving ? form.custodians.slice(0, 1) : [custodian.objectId],
  );
}

function custodiansAfter(
  form: AccountForm,
  { custodians }: AccountFacts,
  account: EmergencyAccount,
  requester: PersonRef,
): Result<readonly PersonRef[], readonly FieldFault[]> {
  if (form.operation !== 'rotate' && form.operation !== 'handover') return ok([]);
  const faults: FieldFault[] = [];
  const known = account.parts.map(({ custodian }) => custodian);
  if (form.operation === 'handover') {
    const leaves = account.parts.some(({ custodian }) => custodian.objectId === form.leaving);
    if (!leaves) faults.push({ field: 'leaving', problem: form.leaving === '' ? 'missing' : 'unknown-choice' });
    if (form.custodians.length === 0) faults.push({ field: 'custodians', problem: 'missing' });
    if (form.custodians.length > 1) faults.push({ field: 'custodians', problem: 'too-many', detail: '1' });
    // Who stays must be there to stay; a rotation is what replaces several.
    const [takesOver] = form.custodians;
    const gone = custodians.filter(({ objectId, person, isCustodian }) => objectId !== takesOver && !(person && isCustodian));
    faults.push(...gone.map(({ objectId }): FieldFault => ({ field: 'custodians', problem: 'has-left', detail: nameIn(known, objectId) })));
  }
  if (faults.length === 0) faults.push(...custodianFaults(custodians, requester, known));
  return faults.length > 0 ? no(faults) : ok(named(custodians));
}
