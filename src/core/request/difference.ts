import { digestOf } from '../digest.ts';
import type { PersonRef } from '../people.ts';
import { quoted } from '../quoted.ts';
import { GIVEN_UP } from './planAccount.ts';
import { titleOf } from './title.ts';
import type { MendPlan, Plan, PlanCredential, PlanStep } from './types.ts';

/**
 * What a version says otherwise than the one before it, in words: what is new, what is gone, what is named otherwise. Field by field, so that
 * nobody has to look for it in the calls; where it is in none of them and in no field that has words, that is said.
 */
export function differenceOf(before: Plan, after: Plan): string[] {
  const words = [
    ...fieldWords(before, after),
    ...peopleWords('Owner', before.owners, after.owners),
    ...listed('Held afterwards', before.holds, after.holds),
    // Who holds a part says it for most.
    ...(digestOf(before.holds) === digestOf(after.holds) ? peopleWords('Custodian', before.custodians, after.custodians) : []),
    // What stays half-way follows the steps, which are told below.
    ...listed('Cannot be undone', ownWords(before), ownWords(after)),
    ...('policies' in before && 'policies' in after ? policyWords(before, after) : []),
    ...unitWords(before, after),
    ...stepWords(before.steps, after.steps, ''),
    ...stepWords(before.undo, after.undo, ' if it is given up'),
  ];
  return words.length > 0 ? words : [sameCalls(before, after) ? ELSEWHERE : REORDERED];
}

const ELSEWHERE = 'Something that is not in the calls changed';
const REORDERED = 'The calls come in another order: unfold them to see';

const sameCalls = (before: Plan, after: Plan): boolean => digestOf([before.steps, before.undo]) === digestOf([after.steps, after.undo]);

/** The fields that have one value, each with what is said where it is another. */
function fieldWords(before: Plan, after: Plan): string[] {
  const fields: readonly (readonly [of: (plan: Plan) => unknown, words: string])[] = [
    [titleOf, `It is now: ${titleOf(after)}`],
    [({ tenant }) => [tenant.name, tenant.initialDomain], `The tenant is now called ${after.tenant.name} (${after.tenant.initialDomain})`],
    [({ account }) => account.displayName, `The display name is now ${after.account.displayName}`],
    [usageLocation, `The usage location is now ${usageLocation(after)}`],
    [credentialWords, `The credential is now: ${credentialWords(after)}`],
    [({ quorum }) => quorum, `It now needs ${after.quorum} approvals`],
    [({ policyVersion }) => policyVersion, `The rules it is decided by are now version ${after.policyVersion}`],
    [({ reason }) => reason, 'The reason was written anew'],
  ];
  return fields.filter(([of]) => digestOf([of(before)]) !== digestOf([of(after)])).map(([, words]) => words);
}

/** Where a plan for an account would have put it back, and does not any more, it is not in its unit: nothing else says that it stays out. */
const unitWords = (before: Plan, after: Plan): string[] =>
  'accountId' in after.account && 'restrictedUnitId' in before && !('restrictedUnitId' in after) ? [UNPROTECTED] : [];
const UNPROTECTED =
  'The account has left its restricted management unit, so ordinary administrators can change it, also afterwards: this plan does not put it back. Say posture to have it put back';

const usageLocation = ({ account }: Plan): string => ('usageLocation' in account ? account.usageLocation : '');

const credentialWords = (plan: Plan): string => ('credential' in plan ? wordsOf(plan.credential) : '');
const wordsOf = (credential: PlanCredential): string =>
  credential.kind === 'passkey'
    ? `${credential.keys} security keys, with passes of ${credential.passMinutes} minutes for ${credential.enrols.length} of them`
    : `a password of ${credential.length} characters in ${credential.parts} parts`;

/** Who is new and who is not among them any more; and of those who stay, whose account belongs to somebody else by now or is named otherwise. */
function peopleWords(role: string, before: readonly PersonRef[], after: readonly PersonRef[]): string[] {
  const among = (people: readonly PersonRef[], { objectId }: PersonRef) => people.find((person) => person.objectId === objectId);
  return [
    ...after.filter((person) => !among(before, person)).map(({ name }) => `${role}, new: ${name}`),
    ...before.filter((person) => !among(after, person)).map(({ name }) => `${role}, no longer: ${name}`),
    ...after
      .filter((person) => digestOf(among(before, person) ?? person) !== digestOf(person))
      .map(({ name }) => `${role}, in the directory somebody else or named otherwise by now: ${name}`),
  ];
}

const ownWords = ({ irreversible }: Plan): string[] => irreversible.filter((line) => !line.startsWith(GIVEN_UP));

const policyWords = (before: MendPlan, after: MendPlan): string[] =>
  after.policies
    .filter((policy) => before.policies.some((other) => other.policyId === policy.policyId && digestOf(other) !== digestOf(policy)))
    .map(({ name }) => `Somebody changed whom ${quoted(name)} is for; read its call again`);

const listed = (what: string, before: readonly string[], after: readonly string[]): string[] => [
  ...after.filter((text) => !before.includes(text)).map((text) => `${what}, new: ${text}`),
  ...before.filter((text) => !after.includes(text)).map((text) => `${what}, no longer: ${text}`),
];

function stepWords(before: readonly PlanStep[], after: readonly PlanStep[], when: string): string[] {
  const same = (one: PlanStep, other: PlanStep): boolean => one.id === other.id;
  return [
    ...after.filter((step) => !before.some((other) => same(step, other))).map(({ title }) => `Added${when}: ${title}`),
    ...before.filter((step) => !after.some((other) => same(step, other))).map(({ title }) => `Left out${when}: ${title}`),
    ...after
      .filter((step) => before.some((other) => same(step, other) && digestOf(other) !== digestOf(step)))
      .map(({ title }) => `Done otherwise${when}: ${title}`),
  ];
}
