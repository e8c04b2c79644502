import type { PasskeyTerms, WhyNoPasskeys } from '../account/passkeyTerms.ts';
import type { PersonRef, StrangerReason } from '../people.ts';
import type { FieldFault } from '../refusal.ts';
import type { Result } from '../result.ts';

/** Somebody named in a form, as the directory knows them now. */
export interface NamedPerson {
  readonly objectId: string;
  readonly person?: PersonRef;
  readonly why?: StrangerReason;
  readonly isCustodian: boolean;
  /** The bot has a chat with them, so a part or a reminder can be handed over. */
  readonly reachable: boolean;
}

export const named = (people: readonly NamedPerson[]): PersonRef[] => people.flatMap(({ person }) => (person ? [person] : []));

/** The name of somebody whom the directory does not know any more, where we do. */
export const nameIn = (known: readonly PersonRef[], objectId: string): string =>
  known.find((person) => person.objectId === objectId)?.name ?? objectId;

/** Two or three different people with the custodian's role, none of them the requester, all of them reachable (CR-3). @param known those who are named by what we remember of them */
export function custodianFaults(custodians: readonly NamedPerson[], requester: PersonRef, known: readonly PersonRef[] = []): FieldFault[] {
  const field = 'custodians';
  if (custodians.length === 0) return [{ field, problem: 'missing' }];
  const faults: FieldFault[] = [];
  if (new Set(custodians.map(({ objectId }) => objectId)).size < custodians.length) faults.push({ field, problem: 'twice' });
  else if (new Set(custodians.map(({ person, objectId }) => person?.personKey ?? objectId)).size < custodians.length)
    faults.push({ field, problem: 'same-human' });
  else if (custodians.length < 2) faults.push({ field, problem: 'too-few', detail: '2' });
  if (custodians.length > 3) faults.push({ field, problem: 'too-many', detail: '3' });
  for (const { person, objectId, isCustodian, reachable } of custodians) {
    if (!person) faults.push({ field, problem: 'not-eligible', detail: nameIn(known, objectId) });
    else if (!isCustodian) faults.push({ field, problem: 'not-custodian', detail: person.name });
    else if (person.personKey === requester.personKey) faults.push({ field, problem: 'is-requester', detail: person.name });
    else if (!reachable) faults.push({ field, problem: 'not-reachable', detail: person.name });
  }
  return faults;
}

/**
 * Who of those that a plan hands something to cannot keep it any more, each by name, in words: what is made for them alone nobody could open
 * (CR-3). Nothing while all of them can.
 *
 * @param planned as people approved them
 * @param now     the same people, as the directory knows them now
 */
export function whyNotHeld(planned: readonly PersonRef[], now: readonly NamedPerson[]): string | undefined {
  const words = planned.flatMap((custodian) => {
    const found = now.find(({ objectId }) => objectId === custodian.objectId);
    const why = lackOf(custodian, found);
    return why === undefined ? [] : [`${custodian.name} ${why}.`];
  });
  return words.length > 0 ? words.join(' ') : undefined;
}

function lackOf({ personKey }: PersonRef, found: NamedPerson | undefined): string | undefined {
  if (!found?.person) return LEFT[found?.why ?? 'unknown'];
  // Whoever it is now, it is not the human that people approved, and may be one that asks, decides or holds another part (ID-3).
  if (found.person.personKey !== personKey) return 'is another person in the directory now';
  if (!found.isCustodian) return 'is not a custodian any more';
  return found.reachable ? undefined : 'cannot be reached by Breakglass in Teams';
}

const LEFT: { readonly [R in StrangerReason]: string } = {
  'other-tenant': 'is not of this organisation any more',
  guest: 'is a guest now',
  disabled: 'has left: the account is disabled',
  unknown: 'is not in the directory any more',
  'no-person-key': 'cannot be told from other people in the directory any more',
  'look-up-failed': 'cannot be looked up now',
};

/** One to five people whom reminders reach. */
export function ownerFaults(owners: readonly NamedPerson[]): FieldFault[] {
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

/** Passkeys were asked for, and the tenant does not let the account have them. What was not read is no yes. */
export function passkeyFaults(field: string, terms: Result<PasskeyTerms, WhyNoPasskeys> | undefined): FieldFault[] {
  if (terms?.ok) return [];
  return [{ field, problem: terms ? terms.error : 'policy-unread' }];
}
