/** Rights a person can hold through a group of the home tenant. Owners are named per account, not by group. */
export type Role = 'requester' | 'approver' | 'custodian' | 'auditor' | 'administrator';

/**
 * A person as state and plans remember them. `objectId` is the account in the home tenant (ID-1); `personKey` is the human behind it,
 * so that several accounts of one human count once (ID-3). The name is for reading only.
 */
export interface PersonRef {
  readonly objectId: string;
  readonly personKey: string;
  readonly name: string;
}

/** Why somebody has no rights at all. `look-up-failed` is fail-closed: an unreadable directory makes nobody eligible (ID-4). */
export type StrangerReason = 'other-tenant' | 'guest' | 'disabled' | 'unknown' | 'no-person-key' | 'look-up-failed';

/** Who is behind an intent. Only `person` can hold rights. */
export type Actor =
  | { readonly kind: 'person'; readonly person: PersonRef; readonly roles: ReadonlySet<Role> }
  | { readonly kind: 'stranger'; readonly objectId: string; readonly why: StrangerReason }
  | { readonly kind: 'system'; readonly part: 'timer' | 'worker' | 'feed' | 'operator' };

/** The id an audit entry names. */
export function actorId(actor: Actor): string {
  if (actor.kind === 'person') return actor.person.objectId;
  return actor.kind === 'stranger' ? actor.objectId : `breakglass:${actor.part}`;
}
