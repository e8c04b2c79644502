import { type Decision, HOUR, later, personWith } from '../decision.ts';
import { digestOf } from '../digest.ts';
import type { Actor, PersonRef, StrangerReason } from '../people.ts';
import type { FieldFault } from '../refusal.ts';
import { no, ok } from '../result.ts';
import { planCreate } from './plan.ts';
import type { ChangeRequest, Plan, RequestKind } from './types.ts';
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

/** Somebody named in a form, as the directory knows them now. */
export interface NamedPerson {
  readonly objectId: string;
  readonly person?: PersonRef;
  readonly why?: StrangerReason;
  readonly isCustodian: boolean;
  /** The bot has a chat with them, so a part or a reminder can be handed over. */
  readonly reachable: boolean;
}

/** What was looked up for the form before the decision. `undefined` tenant: not one of ours. */
export interface OpenFacts {
  readonly tenant?: Plan['tenant'] & { readonly exclusionGroupId: string };
  /** Whether some feed can show sign-ins of this tenant. */
  readonly watchable: boolean;
  readonly taken: 'directory' | 'deleted' | undefined;
  readonly custodians: readonly NamedPerson[];
  readonly owners: readonly NamedPerson[];
  /** Everybody who may approve. Those who are told personally, and who make the quorum reachable. */
  readonly approvers: readonly PersonRef[];
}

/** What the store knows at that moment. */
export interface OpenState {
  readonly sameForm?: ChangeRequest;
  readonly sameName?: { readonly id: string };
  readonly openByRequester: number;
  /** Another request for this tenant that is still open. */
  readonly sameTenant?: { readonly id: string };
}

export interface OpenPolicy {
  readonly quorum: number;
  readonly policyVersion: string;
  readonly requestExpiryHours: number;
  readonly openRequestsPerPerson: number;
  /** Kinds of request whose every decision needs a second proof (AU-9). */
  readonly secondProof: readonly RequestKind[];
}

const REASON_MAX = 1000;
const NAME_MAX = 120;

/**
 * Opens a request for a new account, with its plan. Nothing is touched in the tenant.
 *
 * @returns refusals `stranger`, `missing-role`, `bad-form` (every fault at once), `tenant-unwatched`, `name-taken`,
 *   `quorum-unreachable`, `too-many-requests`; for a form submitted before, the request it opened
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

  const faults = formFaults(form, facts, requester.value);
  const { tenant } = facts;
  if (faults.length > 0 || tenant === undefined) return no({ code: 'bad-form', faults });
  if (!facts.watchable) return no({ code: 'tenant-unwatched', tenant: tenant.name });
  const userPrincipalName = `${form.userName}@${tenant.initialDomain}`;
  if (facts.taken) return no({ code: 'name-taken', userPrincipalName, where: facts.taken });
  if (state.sameName) return no({ code: 'name-taken', userPrincipalName, where: 'request', id: state.sameName.id });
  if (state.openByRequester >= policy.openRequestsPerPerson) return no({ code: 'too-many-requests', limit: policy.openRequestsPerPerson });

  const custodians = named(facts.custodians);
  const holders = new Set(custodians.map((person) => person.personKey));
  const deciders = new Set(facts.approvers.map((person) => person.personKey));
  deciders.delete(requester.value.personKey);
  for (const key of holders) deciders.delete(key);
  if (deciders.size < policy.quorum) return no({ code: 'quorum-unreachable', need: policy.quorum, have: deciders.size });

  const expiresAt = later(now, policy.requestExpiryHours * HOUR);
  const plan = planCreate({
    requestId: id,
    version: 1,
    tenant,
    userName: form.userName,
    displayName: form.displayName,
    usageLocation: form.usageLocation,
    requester: requester.value,
    reason: form.reason,
    custodians,
    owners: named(facts.owners),
    quorum: policy.quorum,
    policyVersion: policy.policyVersion,
    expiresAt,
  });
  const next: ChangeRequest = {
    id,
    kind: 'create',
    state: 'pending',
    revision: 1,
    requester: requester.value,
    reason: form.reason,
    plan,
    planDigest: digestOf(plan),
    quorum: policy.quorum,
    ...(policy.secondProof.includes('create') ? { secondProof: true } : {}),
    decisions: [],
    annulled: [],
    steps: plan.steps.map((step) => ({ id: step.id, state: 'waiting' })),
    fence: 0,
    openedAt: now,
    expiresAt,
    formId: form.formId,
    ...(state.sameTenant ? { duplicateOf: state.sameTenant.id } : {}),
  };
  const subject = `request:${id}` as const;
  const told = facts.approvers.filter((person) => deciders.has(person.personKey));
  return ok({
    next,
    effects: [
      { kind: 'post', key: `${subject}:channel`, place: { kind: 'channel' }, subject },
      ...told.map((person) => ({
        kind: 'post' as const,
        key: `${subject}:${person.objectId}`,
        place: { kind: 'person' as const, objectId: person.objectId },
        subject,
      })),
      { kind: 'intend', key: `expire:${id}`, at: expiresAt, intent: { kind: 'expire-request', requestId: id } },
    ],
  });
}

const named = (people: readonly NamedPerson[]): PersonRef[] => people.flatMap(({ person }) => (person ? [person] : []));

function formFaults(form: CreateForm, facts: OpenFacts, requester: PersonRef): FieldFault[] {
  const faults: FieldFault[] = [];
  if (facts.tenant === undefined) faults.push({ field: 'tenantId', problem: form.tenantId === '' ? 'missing' : 'unknown-tenant' });
  const name = userNameFault(form.userName, facts.tenant?.initialDomain ?? '');
  if (name) faults.push(name);
  if (form.displayName === '') faults.push({ field: 'displayName', problem: 'missing' });
  else if (form.displayName.length > NAME_MAX) faults.push({ field: 'displayName', problem: 'too-long', detail: String(NAME_MAX) });
  if (form.usageLocation === '') faults.push({ field: 'usageLocation', problem: 'missing' });
  else if (!/^[A-Z]{2}$/.test(form.usageLocation)) faults.push({ field: 'usageLocation', problem: 'not-two-letters' });
  if (form.credential !== 'split-password')
    faults.push({ field: 'credential', problem: form.credential === '' ? 'missing' : 'unknown-choice' });
  if (form.reason === '') faults.push({ field: 'reason', problem: 'missing' });
  else if (form.reason.length > REASON_MAX) faults.push({ field: 'reason', problem: 'too-long', detail: String(REASON_MAX) });
  faults.push(...custodianFaults(facts.custodians, requester), ...ownerFaults(facts.owners));
  return faults;
}

function custodianFaults(custodians: readonly NamedPerson[], requester: PersonRef): FieldFault[] {
  const field = 'custodians';
  if (custodians.length === 0) return [{ field, problem: 'missing' }];
  const faults: FieldFault[] = [];
  if (new Set(custodians.map(({ objectId }) => objectId)).size < custodians.length) faults.push({ field, problem: 'twice' });
  else if (new Set(custodians.map(({ person, objectId }) => person?.personKey ?? objectId)).size < custodians.length)
    faults.push({ field, problem: 'same-human' });
  else if (custodians.length < 2) faults.push({ field, problem: 'too-few', detail: '2' });
  if (custodians.length > 3) faults.push({ field, problem: 'too-many', detail: '3' });
  for (const { person, objectId, isCustodian, reachable } of custodians) {
    if (!person) faults.push({ field, problem: 'not-eligible', detail: objectId });
    else if (!isCustodian) faults.push({ field, problem: 'not-custodian', detail: person.name });
    else if (person.personKey === requester.personKey) faults.push({ field, problem: 'is-requester', detail: person.name });
    else if (!reachable) faults.push({ field, problem: 'not-reachable', detail: person.name });
  }
  return faults;
}

function ownerFaults(owners: readonly NamedPerson[]): FieldFault[] {
  const field = 'owners';
  if (owners.length === 0) return [{ field, problem: 'missing' }];
  const faults: FieldFault[] = [];
  if (new Set(owners.map(({ objectId }) => objectId)).size < owners.length) faults.push({ field, problem: 'twice' });
  if (owners.length > 5) faults.push({ field, problem: 'too-many', detail: '5' });
  for (const { person, objectId, reachable } of owners) {
    if (!person) faults.push({ field, problem: 'not-eligible', detail: objectId });
    else if (!reachable) faults.push({ field, problem: 'not-reachable', detail: person.name });
  }
  return faults;
}
