import { type PasskeyTerms, passkeyTerms, type WhyNoPasskeys } from '../core/account/passkeyTerms.ts';
import type { Actor, PersonRef } from '../core/people.ts';
import type { Refusal } from '../core/refusal.ts';
import type { NamedPerson } from '../core/request/named.ts';
import type { CreateForm, OpenFacts } from '../core/request/open.ts';
import type { TenantOfPlan } from '../core/request/plan.ts';
import { userNameFault } from '../core/request/userName.ts';
import { no, ok, type Result } from '../core/result.ts';
import type { People, Reads, TenantInfo, Tenants } from './ports.ts';

export interface OpenFactsNeeds {
  readonly people: People;
  readonly tenants: Tenants;
  readonly store: Pick<Reads, 'conversation' | 'now'>;
  /** Called with what could not be read; the person only hears that it could not be checked. */
  readonly failed: (what: string, error: unknown) => void;
}

/**
 * Looks up everything a create form has to be judged by, all at once. Nothing is written. What cannot be read refuses the request:
 * a name that may be taken or a quorum that may be out of reach is found out now or not at all.
 *
 * @param actor only for a person who may ask are the look-ups made
 */
export async function gatherOpenFacts(needs: OpenFactsNeeds, form: CreateForm, actor: Actor): Promise<Result<OpenFacts, Refusal>> {
  const nobody: OpenFacts = { watchable: true, taken: undefined, custodians: [], owners: [], approvers: [] };
  if (actor.kind !== 'person' || !actor.roles.has('requester')) return ok(nobody); // the door refuses; nothing to look up for them
  const tenant = needs.tenants.info(form.tenantId);
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<Result<T, Refusal>> => {
    try {
      return ok(await work());
    } catch (error) {
      needs.failed(what, error);
      return no({ code: 'cannot-check', what });
    }
  };
  const [taken, watchable, approvers, custodians, owners, passkeys] = await Promise.all([
    attempt('user names', () => takenName(needs, tenant, form.userName)),
    attempt('sign-in logs', () => isWatchable(needs, tenant)),
    attempt('approvers', () => needs.people.holders('approver')),
    attempt('custodians', () => namedPeople(needs, form.custodians)),
    attempt('owners', () => namedPeople(needs, form.owners)),
    attempt('authentication methods', () => passkeysIn(needs, form.credential === 'passkey' ? tenant : undefined)),
  ]);
  for (const answer of [taken, watchable, approvers, custodians, owners, passkeys]) if (!answer.ok) return answer;
  if (!taken.ok || !watchable.ok || !approvers.ok || !custodians.ok || !owners.ok || !passkeys.ok) return ok(nobody);
  const known = tenant && tenantOfPlan(tenant);
  return ok({
    ...(known ? { tenant: known } : {}),
    watchable: watchable.value,
    taken: taken.value,
    custodians: custodians.value,
    owners: owners.value,
    approvers: distinct(approvers.value),
    ...(passkeys.value ? { passkeys: passkeys.value } : {}),
  });
}

/** Whether a tenant lets its accounts have passkeys, and why not; `undefined`: not known. */
export type PasskeysKnown = Result<PasskeyTerms, WhyNoPasskeys> | undefined;

/** Whether a tenant lets its account have passkeys. @throws GraphFault when its policy cannot be read now */
export async function passkeysIn(
  { tenants }: Pick<OpenFactsNeeds, 'tenants'>,
  tenant: TenantInfo | undefined,
): Promise<OpenFacts['passkeys']> {
  return tenant && passkeyTerms(await tenants.reader(tenant.id).methodPolicies(), tenant.exclusionGroupId);
}

async function takenName({ tenants }: OpenFactsNeeds, tenant: TenantInfo | undefined, userName: string): Promise<OpenFacts['taken']> {
  if (!tenant || userNameFault(userName, tenant.initialDomain)) return undefined;
  const userPrincipalName = `${userName}@${tenant.initialDomain}`;
  const reader = tenants.reader(tenant.id);
  if (await reader.userByName(userPrincipalName)) return 'directory';
  return (await reader.deletedUserByName(userPrincipalName)) ? 'deleted' : undefined;
}

/** Reads the sign-in log for nobody: what counts is whether the tenant lets us look. @throws GraphFault when that cannot be told now */
export async function isWatchable(
  { tenants, store }: Pick<OpenFactsNeeds, 'tenants' | 'store'>,
  tenant: TenantInfo | undefined,
): Promise<boolean> {
  if (!tenant) return true;
  return tenants.reader(tenant.id).canReadSignIns(await store.now());
}

/** Those named in a form, as the directory knows them now, in order. @throws when somebody could not be looked up */
export async function namedPeople(
  { people, store }: Pick<OpenFactsNeeds, 'people'> & { readonly store: Pick<Reads, 'conversation'> },
  objectIds: readonly string[],
): Promise<NamedPerson[]> {
  return Promise.all(
    objectIds.slice(0, 12).map(async (objectId): Promise<NamedPerson> => {
      const [found, conversation] = await Promise.all([people.lookUp(objectId), store.conversation({ kind: 'person', objectId })]);
      const reachable = conversation !== undefined;
      if (!found.ok && found.why === 'look-up-failed') throw new Error(`could not look up ${objectId}`);
      return found.ok
        ? { objectId, person: found.person, isCustodian: found.roles.has('custodian'), reachable }
        : { objectId, why: found.why, isCustodian: false, reachable };
    }),
  );
}

const distinct = (people: readonly PersonRef[]): PersonRef[] => [...new Map(people.map((person) => [person.objectId, person])).values()];

/** A tenant as plans name it; the same when a plan is drawn up and when it is drawn up again. */
export const tenantOfPlan = ({ id, displayName, kind, initialDomain, exclusionGroupId, restrictedUnitId }: TenantInfo): TenantOfPlan => ({
  id,
  name: displayName,
  kind,
  initialDomain,
  exclusionGroupId,
  ...(restrictedUnitId === undefined ? {} : { restrictedUnitId }),
});
