import type { Effect } from './effect.ts';
import type { Actor, PersonRef, Role } from './people.ts';
import type { Refusal } from './refusal.ts';
import { no, ok, type Result } from './result.ts';

/** The next state of one thing and what is owed for it, or why not. */
export type Decision<T> = Result<{ readonly next: T; readonly effects: readonly Effect[] }, Refusal>;

/** The person behind the actor if they hold the role; otherwise the refusal that says which right is missing. */
export function personWith(actor: Actor, role: Role): Result<PersonRef, Refusal> {
  const person = personOf(actor);
  if (!person.ok) return person;
  return actor.kind === 'person' && actor.roles.has(role) ? person : no({ code: 'missing-role', role });
}

/** The person behind the actor, whatever their roles. */
export function personOf(actor: Actor): Result<PersonRef, Refusal> {
  if (actor.kind === 'person') return ok(actor.person);
  return no({ code: 'stranger', why: actor.kind === 'stranger' ? actor.why : 'unknown' });
}

/** The person behind the actor, if they own the account or hold any role here: who may act on what happens to an account (AL-9). */
export function personWithRightTo(owners: readonly PersonRef[], actor: Actor): Result<PersonRef, Refusal> {
  const person = personOf(actor);
  if (!person.ok) return person;
  const owner = owners.some(({ personKey }) => personKey === person.value.personKey);
  const rightful = owner || (actor.kind === 'person' && actor.roles.size > 0);
  return rightful ? person : no({ code: 'missing-role', role: 'owner' });
}

export const later = (from: Date, ms: number): Date => new Date(from.getTime() + ms);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
