import type { PasskeyTerms, WhyNoPasskeys } from '../account/passkeyTerms.ts';
import { type Decision, HOUR, later, personWith } from '../decision.ts';
import type { Actor, PersonRef } from '../people.ts';
import type { FieldFault, Refusal } from '../refusal.ts';
import { no, ok, type Result } from '../result.ts';
import { custodianFaults, type NamedPerson, named, ownerFaults, passkeyFaults } from './named.ts';
import { type Draft, decidersOf, type Lately, type OpenPolicy, opened, tooOften } from './opening.ts';
import { type PlanFrame, planCreate, type TenantOfPlan } from './plan.ts';
import type { ChangeRequest } from './types.ts';
import { userNameFault } from './userName.ts';

/** The create form as it came in: text only, nothing believed. */
export interface CreateForm {
  readonly formId: string;
  readonly tenantId: string;
  readonly userName: string;
  readonly displayName: string;
  readonly usageLocation: string;
  readonly credential: string;
  readonly custodians: readonly string[];
  readonly owners: readonly string[];
  readonly reason: string;
}

/** What was looked up for the form before the decision. `undefined` tenant: not one of ours. */
export interface OpenFacts {
  readonly tenant?: TenantOfPlan;
  /** Whether some feed can show sign-ins of this tenant. */
  readonly watchable: boolean;
  readonly taken: 'directory' | 'deleted' | undefined;
  readonly custodians: readonly NamedPerson[];
  readonly owners: readonly NamedPerson[];
  /** Everybody who may approve. Those who are told personally, and who make the quorum reachable. */
  readonly approvers: readonly PersonRef[];
  /** Whether the tenant lets the account have passkeys; looked up only where they are asked for. */
  readonly passkeys?: Result<PasskeyTerms, WhyNoPasskeys>;
}

/** What the store knows at that moment. */
export interface OpenState {
  readonly sameForm?: ChangeRequest;
  readonly sameName?: { readonly id: string };
  readonly openByRequester: number;
  readonly lately: Lately;
  /** Another request for this tenant that is still open. */
  readonly sameTenant?: { readonly id: string };
}

const REASON_MAX = 1000;
const NAME_MAX = 120;

/**
 * Opens a request for a new account, with its plan. Nothing is touched in the tenant.
 *
 * @returns refusals `stranger`, `missing-role`, `bad-form` (every fault at once), `tenant-unwatched`, `name-taken`,
 *   `quorum-unreachable`, `too-many-requests`, `too-often`; for a form submitted before, the request it opened
 */
export function openCreate(
  actor: Actor,
  form: CreateForm,
  facts: OpenFacts,
  state: OpenState,
  policy: OpenPolicy,
  id: string,
  now: Date,
): Decision<ChangeRequest> {
  const requester = personWith(actor, 'requester');
  if (!requester.ok) return requester;
  if (state.sameForm && state.sameForm.requester.objectId === requester.value.objectId) return ok({ next: state.sameForm, effects: [] });
  const expiresAt = later(now, policy.requestExpiryHours * HOUR);
  const { quorum, policyVersion } = policy;
  const drafted = draftCreate(
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
  return ok(opened({ plan, formId: form.formId, told, duplicateOf: state.sameTenant?.id, policy, expiresAt, now }));
}

/**
 * The plan of a create form and those who may decide on it, or every fault of the form.
 *
 * @param frame who asks, under which rules, as which version of which request
 */
export function draftCreate(
  form: CreateForm,
  facts: OpenFacts,
  frame: Omit<PlanFrame, 'tenant' | 'reason'>,
  { sameName }: Pick<OpenState, 'sameName'>,
): Result<Draft, Refusal> {
  const faults = formFaults(form, facts, frame.requester);
  const { tenant } = facts;
  if (faults.length > 0 || tenant === undefined) return no({ code: 'bad-form', faults });
  if (!facts.watchable) return no({ code: 'tenant-unwatched', tenant: tenant.name });
  const userPrincipalName = `${form.userName}@${tenant.initialDomain}`;
  if (facts.taken) return no({ code: 'name-taken', userPrincipalName, where: facts.taken });
  if (sameName && sameName.id !== frame.requestId) return no({ code: 'name-taken', userPrincipalName, where: 'request', id: sameName.id });
  const custodians = named(facts.custodians);
  const deciders = decidersOf(facts.approvers, frame.requester, custodians, frame.quorum);
  if (!deciders.ok) return deciders;
  const { userName, displayName, usageLocation, reason } = form;
  const owners = named(facts.owners);
  const keys = form.credential === 'passkey' && facts.passkeys?.ok ? facts.passkeys.value : {};
  const plan = planCreate({ ...frame, tenant, reason, userName, displayName, usageLocation, custodians, owners, ...keys });
  return ok({ plan, told: deciders.value });
}

function formFaults(form: CreateForm, facts: OpenFacts, requester: PersonRef): FieldFault[] {
  const faults: FieldFault[] = [];
  if (facts.tenant === undefined) faults.push({ field: 'tenantId', problem: form.tenantId === '' ? 'missing' : 'unknown-tenant' });
  const name = userNameFault(form.userName, facts.tenant?.initialDomain ?? '');
  if (name) faults.push(name);
  if (form.displayName === '') faults.push({ field: 'displayName', problem: 'missing' });
  else if (form.displayName.length > NAME_MAX) faults.push({ field: 'displayName', problem: 'too-long', detail: String(NAME_MAX) });
  if (form.usageLocation === '') faults.push({ field: 'usageLocation', problem: 'missing' });
  else if (!/^[A-Z]{2}$/.test(form.usageLocation)) faults.push({ field: 'usageLocation', problem: 'not-two-letters' });
  if (form.credential === 'passkey') faults.push(...passkeyFaults('credential', facts.passkeys));
  else if (form.credential !== 'split-password')
    faults.push({ field: 'credential', problem: form.credential === '' ? 'missing' : 'unknown-choice' });
  if (form.reason === '') faults.push({ field: 'reason', problem: 'missing' });
  else if (form.reason.length > REASON_MAX) faults.push({ field: 'reason', problem: 'too-long', detail: String(REASON_MAX) });
  faults.push(...custodianFaults(facts.custodians, requester), ...ownerFaults(facts.owners));
  return faults;
}
