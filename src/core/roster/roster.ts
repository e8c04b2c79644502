import { HOUR, later } from '../decision.ts';
import type { PersonRef, Role } from '../people.ts';

/** Somebody who holds a role, and since when we know it. */
export interface RosterEntry {
  readonly person: PersonRef;
  readonly since: Date;
}

export interface RosterChange {
  readonly next: readonly RosterEntry[];
  readonly added: readonly PersonRef[];
  readonly removed: readonly PersonRef[];
}

/** Those who held a role when the roster was first read have held it for longer than we can know: they wait for nothing. */
const FOUNDING = new Date(0);

/**
 * What has changed in who holds a role. Who comes back after having been gone begins anew.
 *
 * @param before `undefined` when the role was never read: everybody is a founding member then, and nothing counts as a change
 */
export function changeRoster(before: readonly RosterEntry[] | undefined, holders: readonly PersonRef[], now: Date): RosterChange {
  if (before === undefined) return { next: holders.map((person) => ({ person, since: FOUNDING })), added: [], removed: [] };
  const known = new Map(before.map((entry) => [entry.person.objectId, entry]));
  const next = holders.map((person) => ({ person, since: sameHuman(known.get(person.objectId), person)?.since ?? now }));
  const held = new Set(holders.map(({ objectId }) => objectId));
  return {
    next,
    added: next.filter(({ since }) => since === now).map(({ person }) => person),
    removed: before.filter(({ person }) => !held.has(person.objectId)).map(({ person }) => person),
  };
}

/** An account that was given to another human is a new member. */
const sameHuman = (entry: RosterEntry | undefined, person: PersonRef): RosterEntry | undefined =>
  entry?.person.personKey === person.personKey ? entry : undefined;

/**
 * Until when somebody new in a role does not count (ID-5). A group that an intruder just joined must not approve at once: in the meantime
 * the change is an alert.
 *
 * @returns `undefined` once they count
 */
export function coolingUntil(
  roster: readonly RosterEntry[],
  { objectId, personKey }: Pick<PersonRef, 'objectId' | 'personKey'>,
  coolDownHours: number,
  now: Date,
): Date | undefined {
  // An account that now belongs to another human is as new as one never seen, also before the change was read (ID-3).
  const since = roster.find(({ person }) => person.objectId === objectId && person.personKey === personKey)?.since ?? now;
  const until = later(since, coolDownHours * HOUR);
  return now < until ? until : undefined;
}

/** The roles whose holders are kept: all that the bot gives rights by. */
export const ROLES: readonly Role[] = ['requester', 'approver', 'custodian', 'auditor', 'administrator'];
