import type { TenantInfo } from '../app/ports.ts';
import { words } from '../cards/refusals.ts';
import { names, plain } from '../cards/text.ts';
import { type EmergencyAccount, holdersOf } from '../core/account/types.ts';
import type { Actor, PersonRef } from '../core/people.ts';
import type { Refusal } from '../core/refusal.ts';
import type { ChangeRequest } from '../core/request/types.ts';
import { no, ok, type Result } from '../core/result.ts';

/**
 * Who may read what: anybody with a role everything, others what they are named in. Strangers nothing. The channel shows its cards to
 * all its members anyway; this keeps the list of emergency accounts out of everybody else's personal chat.
 */
export function readable<T>(
  actor: Actor,
  things: readonly T[],
  namedIn: (thing: T) => readonly PersonRef[],
): Result<readonly T[], Refusal> {
  if (actor.kind !== 'person') return no({ code: 'stranger', why: actor.kind === 'stranger' ? actor.why : 'unknown' });
  if (actor.roles.size > 0) return ok(things);
  const own = things.filter((thing) => namedIn(thing).some(({ personKey }) => personKey === actor.person.personKey));
  return own.length > 0 ? ok(own) : no({ code: 'missing-role', role: 'reader' });
}

export const namedInRequest = ({ requester, plan }: ChangeRequest): readonly PersonRef[] => [requester, ...plan.custodians, ...plan.owners];

export const namedInAccount = (account: EmergencyAccount): readonly PersonRef[] => [...account.owners, ...holdersOf(account)];

/** By id, name, display name or initial domain, in whatever case. */
export function tenantCalled(tenants: readonly TenantInfo[], name: string): TenantInfo | undefined {
  const wanted = name.toLowerCase();
  return tenants.find(({ id, name: own, displayName, initialDomain }) =>
    [id, own, displayName, initialDomain].some((each) => each.toLowerCase() === wanted),
  );
}

/** What is said to whoever named a tenant that is none of these: which there are, and which may have been meant. */
export function noTenantCalled(tenants: readonly TenantInfo[], name: string, command: string): string {
  const typed = name.toLowerCase();
  const [near, ...more] = tenants.filter(({ name: own, displayName, initialDomain }) =>
    [own, displayName, initialDomain].some((each) => each.toLowerCase().includes(typed)),
  );
  const meant = near && more.length === 0 ? ` Did you mean: ${command} ${plain(near.name, 80)}?` : '';
  const known = tenants.map(({ name: own, displayName }) => ({ name: own === displayName ? own : `${own} (${displayName})` }));
  const kept = tenants.length > 0 ? ` I keep accounts in: ${names(known, 20, 160)}.` : '';
  return `${words({ code: 'not-found', what: 'tenant', called: name })}${meant}${kept}`;
}

/** By id, by user principal name, or by the part of it before the `@`. */
export function isCalled(account: EmergencyAccount, name: string): boolean {
  const wanted = name.toLowerCase();
  const upn = account.userPrincipalName.toLowerCase();
  return account.id.toLowerCase() === wanted || upn === wanted || upn.split('@', 1)[0] === wanted;
}
