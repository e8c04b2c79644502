import { whatStays } from '../../core/request/stays.ts';
import { tally } from '../../core/request/tally.ts';
import { titleOf } from '../../core/request/title.ts';
import {
  type ChangeRequest,
  isParked,
  type Plan,
  type PlanCredential,
  parkedAt,
  type RequestKind,
  type RequestState,
  replacedBy,
  wroteNothing,
} from '../../core/request/types.ts';
import { codeFact, type Fact, type Tone, textFact, timeFact } from '../facts.ts';
import { names, plain } from '../text.ts';
import { stayingLines } from './halfWayWords.ts';
import { doneIfGivenUp, staysIfGivenUp } from './requestGiveUp.ts';
import { isDeleted } from './requestOutcome.ts';

/** What a custodian and an approver must both know (Learn, concept-mandatory-multifactor-authentication, 2026: no exceptions). */
export const PASSWORD_NOTE =
  'A password alone no longer opens the Azure, Entra and Microsoft 365 admin portals: Microsoft demands a second factor there, also from emergency accounts. Register two security keys on the account.';

const KEYS_NOTE = 'A key opens the account alone, with its PIN, and the admin portals too.';
const ROLE_NOTE = ' The role is given only when every key stands and nothing else opens the account.';

const OUTSIDE_NOTE =
  ' Until every key stands the account is outside its restricted management unit, and ordinary administrators can change it.';

/** What is to be known of the credential of a plan. */
export const credentialNote = (plan: Plan): string => {
  if (!('credential' in plan)) return '';
  if (plan.credential.kind !== 'passkey') return PASSWORD_NOTE;
  if (plan.operation === 'create') return `${KEYS_NOTE}${ROLE_NOTE}`;
  return 'restrictedUnitId' in plan ? `${KEYS_NOTE}${OUTSIDE_NOTE}` : KEYS_NOTE;
};

const durationWords = (minutes: number): string => (minutes % 60 === 0 ? `${minutes / 60} hours` : `${minutes} minutes`);

const credentialWords = (credential: PlanCredential): string =>
  credential.kind === 'passkey'
    ? `${credential.keys} passkeys bound to their device; each pass to register one opens ${durationWords(credential.passMinutes)}, once`
    : `Password of ${credential.length} characters in ${credential.parts} parts`;

/** Of one that was given up half-way, what was done of it: nothing takes it back any more. */
export const stepsTitle = (request: ChangeRequest, state: RequestState): string => {
  if (state === 'withdrawn' && !wroteNothing(request)) return STEPS_TITLES.failed;
  return STEPS_TITLES[state === 'failed' && request.begunAt === undefined ? 'pending' : state];
};

const STEPS_TITLES: { readonly [S in RequestState]: string } = {
  pending: 'What will be done',
  approved: 'What is being done',
  applied: 'What was done',
  failed: 'What was done so far',
  undoing: 'What is being taken back',
  undone: 'What was taken back',
  denied: 'What would have been done',
  withdrawn: 'What would have been done',
  expired: 'What would have been done',
  impossible: 'What would have been done',
};

/** What the head of the card asks, and what it says once nobody is asked any more. */
const TITLES: { readonly [K in RequestKind]: readonly [asked: string, named: string] } = {
  create: ['Approve a new emergency access account?', 'New emergency access account'],
  rotate: ['Approve a new password?', 'New password for an account'],
  handover: ['Approve handing over a part?', 'Handing over a part'],
  disable: ['Approve disabling an account?', 'Disabling an account'],
  enable: ['Approve enabling an account?', 'Enabling an account'],
  retire: ['Approve retiring an account?', 'Retiring an account'],
  exclude: ['Approve a Conditional Access exclusion?', 'Conditional Access exclusion'],
  repair: ['Approve a repair?', 'Repair of a finding'],
};

export function factsOf({ plan, requester, reason, id, openedAt, duplicateOf }: ChangeRequest): Fact[] {
  return [
    textFact('What', titleOf(plan), 300),
    textFact('Account', plan.account.userPrincipalName),
    textFact('Why', reason, 1_000),
    textFact('Asked by', requester.name, NAME_MOST),
    timeFact('Asked at', openedAt),
    ...planFacts(plan),
    textFact('Display name', plan.account.displayName, 130),
    codeFact('Request', id),
    ...(plan.version > 1 ? [textFact('Version', String(plan.version))] : []),
    ...(duplicateOf === undefined ? [] : [textFact('Note', `${duplicateOf} for this tenant is open too: make sure that both are meant`)]),
  ];
}

/** What only some plans say. */
function planFacts(plan: Plan): Fact[] {
  return [
    ...(plan.custodians.length > 0 ? [textFact('Custodians', names(plan.custodians, 12, NAME_MOST), 1_000)] : []),
    ...('leaving' in plan && plan.leaving
      ? [textFact(hasKeys(plan) ? 'Gives up their key' : 'Gives up their part', plan.leaving.name, NAME_MOST)]
      : []),
    ...(plan.owners.length > 0 ? [textFact('Owners', names(plan.owners, 12, NAME_MOST), 1_500)] : []),
    ...(plan.operation === 'create' ? [textFact('Role', `${plan.role.name}, permanent`)] : []),
    ...('credential' in plan ? [textFact('Credential', credentialWords(plan.credential))] : []),
    ...('accountsLeft' in plan ? [textFact('Accounts left', `${plan.accountsLeft} that can be used now`)] : []),
  ];
}

const hasKeys = (plan: Plan): boolean => 'credential' in plan && plan.credential.kind === 'passkey';

/** The same for the title and the last word of a plan that registers keys. */
const KEYED: { readonly [K in 'rotate' | 'handover']: readonly [asked: string, named: string] } = {
  rotate: ['Approve new security keys?', 'New security keys for an account'],
  handover: ['Approve handing over a key?', 'Handing over a key'],
};

const INSTEAD = {
  'split-password': ['Approve security keys in place of a password?', 'Security keys in place of a password'],
  passkey: ['Approve a password in place of security keys?', 'A password in place of security keys'],
} as const;

export function titleWords({ kind, plan }: Pick<ChangeRequest, 'kind' | 'plan'>): readonly [asked: string, named: string] {
  const replaced = replacedBy(plan);
  if (replaced) return INSTEAD[replaced];
  return hasKeys(plan) && (kind === 'rotate' || kind === 'handover') ? KEYED[kind] : TITLES[kind];
}

/** Entra takes names of this length. */
const NAME_MOST = 256;
const MOST_LINES = 12;

/** No plan has more lines of a kind today. If one had, the card says where they are. */
const shortened = (lines: readonly string[]): readonly string[] =>
  lines.length <= MOST_LINES ? lines : [...lines.slice(0, MOST_LINES), `and ${lines.length - MOST_LINES} more, in the full plan`];

/** A short list under the facts, in a box of its own. */
export interface ListView {
  readonly title: string;
  readonly tone: Tone;
  readonly lines: readonly { readonly text: string }[];
}

const listed = (title: string, tone: Tone, lines: readonly string[]): ListView[] =>
  lines.length === 0 ? [] : [{ title, tone, lines: shortened(lines).map((line) => ({ text: plain(line, 500) })) }];

/** What an approver must know beside the steps: what is new, who holds what, what nothing takes back, what happens if it is given up. */
export function listsOf(request: ChangeRequest, state: RequestState): ListView[] {
  const { plan, earlier } = request;
  const newest = earlier?.at(-1);
  const why =
    newest?.why === 'tenant-changed'
      ? 'The tenant has changed, so everybody is asked again. What differs:'
      : 'Edited by the requester. What differs:';
  const open = state === 'pending' || state === 'approved';
  const givenUp = state === 'undoing' || state === 'undone';
  return [
    ...(newest && open ? listed(why, 'warning', newest.difference) : []),
    ...listed('Who holds what afterwards', 'default', givenUp ? [] : plan.holds),
    ...listed(
      state === 'applied' ? 'Policies that were changed' : 'Policies to be changed',
      'default',
      policyLines(plan, state === 'applied'),
    ),
    // Once it is over it would be taken for what is so; the full plan still has it.
    ...listed('What cannot be undone', 'attention', open || state === 'failed' ? plan.irreversible : []),
    ...givenUpLists(request, state).flatMap(({ title, tone, lines }) => listed(title, tone, lines)),
  ];
}

const MOST_TWICE = 6;

/** What giving it up does, or has done: what is taken back, and what is not. */
function givenUpLists(request: ChangeRequest, state: RequestState): { title: string; tone: Tone; lines: readonly string[] }[] {
  const undo = request.plan.undo.map(({ title }) => title);
  const stays = stayingLines(whatStays(request));
  switch (state) {
    case 'pending':
      return [{ title: 'If it is given up half-way', tone: 'default', lines: undo }];
    case 'approved':
    case 'failed':
      // One that runs cannot be given up before it stops, or waits for somebody.
      return state === 'approved' && !isParked(request) ? [] : givenUpNow(request);
    case 'undoing':
    case 'undone':
    case 'withdrawn':
      return [{ title: 'What was done and stays', tone: 'attention', lines: stays }];
    default:
      return [];
  }
}

function givenUpNow(request: ChangeRequest): { title: string; tone: Tone; lines: readonly string[] }[] {
  const stays = stayingLines(staysIfGivenUp(request));
  return [
    { title: 'If it is given up now, this is done', tone: 'default', lines: doneIfGivenUp(request) },
    // Of a long plan its steps stand below, and have no room twice.
    {
      title: 'If it is given up now, this stays',
      tone: 'attention',
      lines: stays.length > MOST_TWICE ? [`Each step that was done, as below: ${stays.length} in all`] : stays,
    },
  ];
}

/** The same for whoever is about to give it up. */
export const givesUpLists = (request: ChangeRequest): ListView[] =>
  givenUpNow(request).flatMap(({ title, tone, lines }) => listed(title, tone, lines));

/** Each policy by name and id, with whom it spares before and after; nothing else of it changes. */
function policyLines(plan: Plan, done: boolean): string[] {
  if (!('policies' in plan)) return [];
  const count = (value: unknown, one: string): string[] =>
    Array.isArray(value) && value.length > 0 ? [`${value.length} ${one}${value.length === 1 ? '' : 's'}`] : [];
  const lines = plan.policies.map(({ policyId, name, before }) => {
    const spared = [...count(before.excludeUsers, 'user'), ...count(before.excludeGroups, 'group'), ...count(before.excludeRoles, 'role')];
    const others = spared.join(', ') || 'nobody';
    const group = spared.length > 0 ? 'also the exclusion group' : 'the exclusion group';
    return `${plain(name, 120)} (${policyId}): ${done ? `excluded ${others} before, now ${group}` : `excludes ${others} now, afterwards ${group}`}`;
  });
  const left = plan.policiesLeft === 1 ? '1 more policy does' : `${plan.policiesLeft} more policies do`;
  return plan.policiesLeft > 0 ? [...lines, `${left} not fit here: ask once more when this is done`] : lines;
}

/** Where the request stands, in one line. */
export function stateWords(request: ChangeRequest, state: RequestState): string {
  const step = `step ${placeOf(request.steps)} of ${request.steps.length}`;
  const count = `${tally(request).approvals.length} of ${request.quorum}`;
  switch (state) {
    case 'pending':
      return `Waiting for approval: ${count}`;
    case 'approved':
      if (request.stalled) return `Approved; the work cannot ${request.begunAt === undefined ? 'begin' : 'go on'} yet`;
      return request.steps.every((row) => row.state === 'waiting') ? 'Approved; the work starts now' : `${waitedFor(request)}: ${step}`;
    case 'applied':
      if (replacedBy(request.plan) === 'passkey') return 'Done: only the password in parts opens it';
      return hasKeys(request.plan) && request.kind !== 'create' ? 'Done: the new keys stand' : APPLIED[request.kind];
    case 'failed':
      return request.begunAt === undefined ? 'Stopped before it began' : `Stopped at ${step}`;
    case 'undoing':
      return `Given up; taking back: step ${placeOf(request.undoSteps ?? [])} of ${request.undoSteps?.length ?? 0}`;
    case 'undone':
      if (whatStays(request).length > 0) return 'Given up half-way: some of what was done stays';
      if (request.kind !== 'create') return 'Given up; what was changed is as it was';
      return isDeleted(request) ? 'Given up; the new account is deleted' : 'Given up; there is no such user';
    case 'denied':
      return 'Denied: nothing was changed';
    case 'withdrawn':
      return wroteNothing(request)
        ? `${request.failure ? 'Given up' : 'Withdrawn'}: nothing was changed`
        : 'Given up half-way: what was done stays as it is';
    case 'expired':
      return `Expired with ${count} approvals: nothing was changed`;
    case 'impossible':
      return 'Could not be done: nothing was changed';
  }
}

/** Whom a run waits for, where it waits; of long names the box below says it. */
function waitedFor(request: ChangeRequest): string {
  const { evidence } = parkedAt(request) ?? {};
  if (evidence === undefined) return 'Being carried out';
  return evidence.length > LONG ? 'Waiting for custodians' : plain(evidence);
}

const LONG = 120;

function placeOf(steps: ChangeRequest['steps']): number {
  const at = steps.findIndex(({ state }) => state === 'failed' || state === 'running');
  return (at < 0 ? steps.filter(({ state }) => state === 'done').length : at) + 1;
}

const APPLIED: { readonly [K in RequestKind]: string } = {
  create: 'Done: the account is enabled and watched',
  rotate: 'Done: the new password is set',
  handover: 'Done: the new password is set',
  disable: 'Done: the account is disabled',
  enable: 'Done: the account is enabled',
  retire: 'Done: the account is gone',
  exclude: 'Done: the account is excluded',
  repair: 'Done: the finding is repaired',
};

/** A plan that people approved once, and are asked again because the tenant is not as it was. */
export const isAskedAgain = ({ earlier }: ChangeRequest): boolean => earlier?.at(-1)?.why === 'tenant-changed';
