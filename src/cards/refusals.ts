import type { WhyNoPasskeys } from '../core/account/passkeyTerms.ts';
import type { Classification } from '../core/alert/types.ts';
import type { CaseStepId } from '../core/case/types.ts';
import type { Role, StrangerReason } from '../core/people.ts';
import type { FieldFault, Refusal } from '../core/refusal.ts';
import type { RequestState } from '../core/request/types.ts';
import { askedWith } from './askedWith.ts';
import { isLabelled, LABELS } from './fields.ts';
import { cut, plain } from './text.ts';
import { utc } from './time.ts';

/** Words for people: what is wrong and what to do next. They may hold people's text: show them in a TextRun or as plain text. */
export function words(refusal: Refusal): string {
  // Each entry takes exactly the refusals of its own code, which is the one looked up by.
  return (WORDS[refusal.code] as (refusal: Refusal) => string)(refusal);
}

/** What is wrong with one field, as one sentence or two. */
export function faultWords(fault: FieldFault): string {
  const label = isLabelled(fault.field) ? LABELS[fault.field] : undefined;
  const detail = fault.detail === undefined ? '' : plain(fault.detail, 120);
  if (label === undefined && fault.problem === 'missing') return `Not confirmed: ${detail || 'a point of the list'}.`;
  const sentence = PROBLEMS[fault.problem](detail);
  return `${label ?? 'A field'}: ${sentence}`;
}

const PROBLEMS: { readonly [P in FieldFault['problem']]: (detail: string) => string } = {
  missing: () => 'please fill this in.',
  'too-long': (most) => `at most ${most || 'the allowed number of'} characters, please shorten it.`,
  'too-short': (least) => `at least ${least || 'a few'} characters, please say more.`,
  'illegal-character': (character) => `${character || 'a character'} is not allowed. Use letters, digits and . - _ ! ^ ~ only.`,
  'ends-with-dot': () => 'a dot may not stand at either end, nor two together.',
  'unknown-tenant': () => 'I do not keep accounts in that tenant. Choose one from the list.',
  'not-two-letters': () => 'two capital letters of a country, for example NL.',
  'unknown-choice': () => 'choose one from the list.',
  'too-few': (least) => `choose at least ${least || 'one more'}.`,
  'too-many': (most) => `choose at most ${most || 'fewer'}.`,
  twice: () => 'the same account is named twice. Choose different people.',
  'same-human': () => 'two of the accounts belong to the same person. Choose different people.',
  'not-custodian': (name) => `${name || 'somebody'} is not in the custodians group. Choose somebody who is.`,
  'not-eligible': (name) => `${name || 'somebody'} is not an active member of this organisation. Choose somebody else.`,
  'has-left': (name) =>
    `${name || 'somebody'} was to keep theirs and is no active custodian any more. A handover replaces one person: say rotate and the account’s name instead, which gives out everything anew.`,
  'is-requester': (name) => `${name || 'the requester'} asks for this account and so may hold no part of it. Choose somebody else.`,
  'not-in-range': (range) => `a whole number, ${range || 'within bounds'}.`,
  'not-an-address': () => 'an IP address, for example 203.0.113.7, or nothing.',
  'not-text': () => 'this did not arrive as text. Open the form again.',
  'passes-off': () => noKeysFault('passes-off'),
  'passes-not-for-it': () => noKeysFault('passes-not-for-it'),
  'keys-off': () => noKeysFault('keys-off'),
  'keys-not-for-it': () => noKeysFault('keys-not-for-it'),
  'no-self-service': () => noKeysFault('no-self-service'),
  'synced-only': () => noKeysFault('synced-only'),
  'policy-unread': () => noKeysFault('policy-unread'),
  overtaken: () => 'it was drawn up anew while this form was open. What you typed is still here: send it again if it is still meant.',
  'not-reachable': (name) =>
    `${name || 'somebody'} has no chat with me yet. Ask them to install Breakglass and say help, then send this again.`,
};

/** Why an account of a tenant can have no security keys, and what would let it: both for the middle of a sentence. */
export const NO_KEYS: { readonly [W in WhyNoPasskeys]: { why(tenant: string): string; readonly remedy: string } } = {
  'passes-off': {
    why: (tenant) => `${tenant} allows no Temporary Access Pass`,
    remedy: 'have it allowed in the authentication methods policy',
  },
  'passes-not-for-it': {
    why: (tenant) => `${tenant} allows Temporary Access Passes only for some`,
    remedy: 'have them allowed for the exclusion group',
  },
  'keys-off': { why: (tenant) => `${tenant} allows no passkeys`, remedy: 'have them allowed in the authentication methods policy' },
  'keys-not-for-it': { why: (tenant) => `${tenant} allows passkeys only for some`, remedy: 'have them allowed for the exclusion group' },
  'no-self-service': { why: (tenant) => `${tenant} lets nobody register passkeys themselves`, remedy: 'have that allowed in its policy' },
  'synced-only': {
    why: (tenant) => `${tenant} allows only passkeys that can be copied to other devices`,
    remedy: 'have device-bound ones allowed',
  },
  'policy-unread': { why: (tenant) => `I cannot read whether ${tenant} allows passkeys`, remedy: 'ask an administrator to look' },
};

/** The same where no password can be chosen instead: at the handover of a key. */
export function noKeysHere(problem: FieldFault['problem']): string | undefined {
  if (!Object.hasOwn(NO_KEYS, problem)) return undefined;
  const { why, remedy } = NO_KEYS[problem as WhyNoPasskeys];
  const sentence = why('this tenant');
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}, so no new key can be registered: ${remedy}.`;
}

function noKeysFault(problem: WhyNoPasskeys): string {
  const { why, remedy } = NO_KEYS[problem];
  return `${why('this tenant')}. ${remedy.charAt(0).toUpperCase()}${remedy.slice(1)}, or choose a password.`;
}

const STATES: { readonly [S in RequestState]: string } = {
  pending: 'is still waiting for approval',
  approved: 'is approved and being carried out',
  applied: 'is done',
  failed: 'stopped with a failure',
  undoing: 'was given up and is being taken back',
  undone: 'was given up',
  denied: 'was denied',
  withdrawn: 'was withdrawn',
  expired: 'has expired',
  impossible: 'could not be done, and nothing was changed',
};

/** What can be done with it all the same. */
const CLOSED: { readonly [S in RequestState]?: string } = {
  approved: '; nothing more can be decided. Its card shows how far it is.',
  failed: ', so nothing more can be decided. Anybody who may approve can try it again on its card; its requester can give it up.',
  undoing: '; nothing more can be decided. Its card shows how far it is.',
};

const STRANGERS: { readonly [W in StrangerReason]: string } = {
  'other-tenant': 'You are signed in from another organisation, and only members of this one have rights here.',
  guest: 'You are a guest in this organisation, and guests have no rights here, whatever group they are in.',
  disabled: 'Your account is disabled in the directory. Ask your administrator about it.',
  unknown: 'I do not find you in the directory. Ask an administrator of Breakglass about it.',
  'no-person-key': 'Your account names no person (its employee id is empty), so I cannot count you. Ask an administrator to fill it in.',
  'look-up-failed': 'I could not read the directory just now, so nobody has rights for the moment. Please try again in a minute.',
};

const ROLES: { readonly [R in Role | 'owner' | 'reader']: string } = {
  requester: 'Only people in the requesters group may do this',
  approver: 'Only people in the approvers group may do this',
  custodian: 'Only people in the custodians group may do this',
  auditor: 'Only people in the auditors group may do this',
  administrator: 'Only administrators of Breakglass may do this',
  owner: 'Only an owner of the account, or somebody who holds a role here, may do this',
  reader: 'Only people who hold a role here may see this, and each owner, custodian or requester what they are named in',
};

const CLASSIFIED: { readonly [C in Classification]: string } = { drill: 'a drill', 'real-use': 'real use', misuse: 'misuse' };
const STEPS: { readonly [S in CaseStepId]: string } = {
  sessions: 'revoke the sessions',
  credential: 'replace the password',
  logs: 'preserve the logs',
  review: 'sign the review',
};

const UNSUITABLE: { readonly [W in Extract<Refusal, { code: 'account-unsuitable' }>['why']]: (operation: string) => string } = {
  retired: () => 'This account was retired. Say accounts to see the others.',
  provisioning: () => 'This account is still being set up. Wait until its request is done, or have that one given up.',
  gone: () => 'The tenant has no such user any more. Find out who deleted it; say accounts for what is on record.',
  'not-ours': () => 'The user in the tenant no longer carries the marker I put on it, so I do not touch it. Find out who changed it.',
  'already-disabled': () => 'The account is disabled already. Nothing is needed.',
  'already-enabled': () => 'The account is enabled already. Nothing is needed.',
  'not-ready': (operation) =>
    `The account has lost its role or its place in the exclusion group, so I do not ${operation} it. Repair that first.`,
  'keys-need-enabled': () =>
    'The account is disabled, and a key is registered by signing in. Have it enabled first: say enable and its name.',
  'already-excluded': () => 'The account is excluded everywhere it must be. Nothing is needed.',
  'not-failing': () => 'That finding is there no more. Say posture to see the tenant as it is.',
  'not-repairable': () => 'I cannot mend that finding by myself. Say posture: the finding says what to do.',
  'cannot-tell': () => 'I could not read everything this rests on, so I do not change anything. Say posture to see what I cannot read.',
};

const PROOFS: { readonly [W in Extract<Refusal, { code: 'proof-invalid' }>['why']]: string } = {
  used: 'This sign-in link was used already, or is too old.',
  expired: 'This sign-in link is too old.',
  'other-person': 'You signed in as somebody other than the person who pressed the button.',
  'other-decision': 'This sign-in link is for another decision.',
};

const WORDS: { readonly [C in Refusal['code']]: (refusal: Extract<Refusal, { code: C }>) => string } = {
  'not-found': ({ what, called }) =>
    called === undefined
      ? `I do not know that ${what}. It may be gone, or the card is old; say help to see what I can list.`
      : `I know no ${what} “${plain(called, 80)}”.${TO_LIST[what] ?? ''}`,
  stranger: ({ why }) => STRANGERS[why],
  'missing-role': ({ role }) => `${ROLES[role]}. Say whoami to see what you may do.`,
  'bad-form': ({ faults }) => faults.map(faultWords).join(' ') || 'Something in the form is wrong. Open it again.',
  'name-taken': ({ userPrincipalName, where, id }) => `${plain(userPrincipalName)} ${taken(where, id)} Choose another user name.`,
  'quorum-unreachable': ({ need, have }) =>
    `${need} people must approve this, and only ${have} could: the requester and the custodians do not count. Choose other custodians, or add approvers.`,
  'tenant-unwatched': ({ tenant }) =>
    `I cannot read sign-ins of ${plain(tenant, 80)}, and no emergency account may exist unwatched. Ask an administrator to connect a feed first.`,
  'account-unsuitable': ({ operation, why }) => UNSUITABLE[why](operation),
  'account-busy': ({ requestId, title, by, own, same, endsAt }) => {
    const [id, who] = [plain(requestId, 40), own ? 'you' : plain(by, 40) || 'somebody'];
    const which = same
      ? `This repair is asked for already: ${id}, by ${who}.`
      : `${id} is open for this account: ${begun(title, 100)}, asked for by ${who}.`;
    const end = own ? 'give it up on its card' : `${who} can give it up`;
    return endsAt
      ? `${which} It has stopped: ${end}, or it ends by itself at ${utc(endsAt)}.`
      : `${which} One plan at a time: say requests ${id} to see it.`;
  },
  'too-few-left': ({ left }) =>
    `This would leave the tenant with ${left === 0 ? 'no' : 'one'} emergency access account that can be used now; two is the least. One counts once every part is stored. Create another first, or tick that fewer may be left: the request then says so in its title.`,
  'too-many-versions': ({ limit }) => `A request can be changed into ${limit} versions at most. Withdraw it and ask anew.`,
  'cannot-check': ({ what }) => `I could not check ${plain(what, 120)} just now, so I have done nothing. Please try again in a minute.`,
  'too-many-requests': ({ limit }) =>
    `You have ${limit} open requests, which is the most one person may have. Withdraw one or wait until one is closed.`,
  'too-often': ({ limit, from }) =>
    `You have asked for ${limit} things within the last hour, changed requests counted, and each goes to every approver. From ${utc(from)} on you can send in the next.`,
  closed: ({ state }) =>
    `This request ${STATES[state]}${CLOSED[state] ?? '; nothing more can be decided. Ask again if it is still needed.'}`,
  'own-request': ({ otherAccount }) =>
    otherAccount
      ? 'You asked for this yourself with your other account, so you cannot decide on it. Two other people must.'
      : 'You asked for this yourself, so you cannot decide on it. Two other people must; you can withdraw it.',
  'cooling-down': ({ until }) =>
    `You are new among the approvers, so your decisions count from ${utc(until)} on. Everybody has been told of the change; another approver must decide until then.`,
  'custodian-of-plan': () => 'You will hold a part of this credential, so you cannot decide on the request. Another approver must.',
  'plan-changed': () => 'The plan is not the one your card showed, so nothing was counted. Read the card as it is now, then decide again.',
  unchanged: () => 'Nothing in it was changed, so your request stands as it was, and nobody was asked anew.',
  'already-decided': () => 'Your approval of this plan is already counted. Another approver is needed now.',
  'proof-needed': () =>
    'This request counts no click without a fresh sign-in, so nothing was counted. Press the button again; if no sign-in opens, tell an administrator.',
  'proof-invalid': ({ why }) => `${PROOFS[why]} Nothing was counted. Press the button in Teams again to get a new link.`,
  'reason-missing': () => 'A denial needs a reason, so that the requester knows what to change. Please type one.',
  'not-requester': () => 'Only the person who asked can withdraw a request. You can deny it if you are an approver.',
  'not-failed': ({ state }) => `There is nothing to try again: this request ${STATES[state]}.`,
  'approvals-too-old': ({ kind }) =>
    `The approvals of this request are too old to go on with. The requester should give it up and ask again with ${askedWith(kind)}.`,
  'stale-lease': () => 'Another worker has taken over this request, so this one stopped. Nothing is needed from you.',
  'not-your-part': ({ custodian }) => `This belongs to ${plain(custodian, 80)}, and only that account can open it. Ask them.`,
  'part-not-ready': () => 'This is not ready yet: the account is still being set up. You will get a message when it is.',
  'part-shown': ({ at }) =>
    `This was shown at ${utc(at)} and is never shown twice. If you could not note it down, tell somebody in the requesters group: they say rotate and the account’s name.`,
  'part-not-shown': () => 'This has not been shown yet. Open it first, store it, then confirm.',
  'part-stored': ({ at }) => `This was confirmed as stored at ${utc(at)}. Nothing more is needed.`,
  'part-expired': () =>
    'This was not used in time and has been destroyed. Tell somebody in the requesters group: they say rotate and the account’s name, or press Try again on the request that waits for it.',
  'part-lost': () =>
    'This part was reported lost, and that is not taken back: the account needs a new password. If the part turns up, destroy it.',
  'part-unopenable': ({ why }) => UNOPENABLE[why],
  'already-acknowledged': ({ by }) => `${plain(by, 80) || 'Somebody'} has already acknowledged this alert. Nothing more is needed here.`,
  'not-a-use': () => 'Nobody used an account here, so there is nothing to classify. Acknowledging it is enough.',
  'already-classified': ({ as, by }) =>
    `${plain(by, 80) || 'Somebody'} has already called this ${CLASSIFIED[as]}. You can call it something graver, never something more harmless.`,
  'case-closed': () => 'This case is closed. Another use of the account opens a new one; nothing is needed here.',
  'case-step-done': ({ by }) => `${plain(by, 80) || 'Somebody'} has already done this step. The card shows what comes next.`,
  'case-steps-open': ({ steps }) => `The review comes last. Still open: ${steps.map((step) => STEPS[step]).join(', ')}.`,
  'reviews-itself': ({ why }) =>
    why === 'custodian'
      ? 'You held a part of the password, so you cannot sign the review of its use. Ask somebody who did not.'
      : 'You said what this use was, so you cannot sign its review as well. Ask somebody else.',
  'no-audit-export': ({ why }) => NO_AUDIT_EXPORT[why],
  'no-runbook': ({ why, accountId }) => NO_RUNBOOK[why](plain(accountId, 40)),
  'no-drill': ({ why }) => NO_DRILL[why],
  'drill-running': ({ drillId }) =>
    `A drill of this account is running already: ${plain(drillId, 40)}. Say drill and the account’s name to see it, or to stop it.`,
  'drill-over': ({ state }) =>
    `This drill ${state === 'stopped' ? 'was stopped' : `is over, it has ${state}`} already. Say drill and the account’s name to start another.`,
  'nothing-to-do': () => 'There is nothing left to do here. The card shows how things stand now.',
};

/** What lists those there are. */
const TO_LIST: { readonly [W in Extract<Refusal, { code: 'not-found' }>['what']]?: string } = {
  account: ' Give its id, its user name or the part before the @; say accounts for the list.',
  request: ' Give its id, as R-7F3K2M; say requests for those that are open.',
  alert: ' Give its id, as AL-3B7N9Q, or that of a case; say alerts for those that are open.',
};

const NO_DRILL: { readonly [W in Extract<Refusal, { code: 'no-drill' }>['why']]: string } = {
  provisioning: 'This account is still being set up. Drill it once its parts are stored.',
  disabled: 'This account is disabled, so nobody can sign in with it. Say enable and its name first.',
  retired: 'This account was retired. Say accounts to see the others.',
};

const UNOPENABLE = {
  away: 'The key vault does not answer, so your part stayed shut and nothing is used up. Press the button again in a few minutes; if it goes on, tell an administrator.',
  denied:
    'The key vault refuses me, so your part stayed shut and nothing is used up. Tell an administrator: I must be allowed to use its key. Then press the button again.',
  shut: 'The key your part was sealed under is gone, so nobody can open it any more. Tell somebody in the requesters group: they say rotate and the account’s name.',
} as const;

const NO_AUDIT_EXPORT: Readonly<Record<Extract<Refusal, { code: 'no-audit-export' }>['why'], string>> = {
  'no-address':
    'I have no web address here to export from. Whoever runs me can do it at the machine: npm run audit:export -- audit.jsonl makes it.',
  'in-channel': 'The link is for you alone. Write audit in your own chat with me and press Export there.',
  'link-used': 'This link was used already, or is not yours. Write audit again in Teams to get a new one.',
  'link-expired': 'This link is too old. Write audit again in Teams to get a new one.',
};

const NO_RUNBOOK: Readonly<Record<Extract<Refusal, { code: 'no-runbook' }>['why'], (accountId: string) => string>> = {
  'not-yours': () => 'Only owners and custodians of this account and administrators get its runbook card. Ask one of them.',
  retired: () => 'This account is retired, so it has no runbook card any more. Destroy the printed ones.',
  'no-address': (accountId) =>
    `I have no web address here to print from. Whoever runs me can do it at the machine: npm run runbook -- ${accountId} runbook.pdf makes it.`,
  'in-channel': () =>
    'The card says where the parts are kept, so I only give it in a personal chat. Say accounts and its name to me there.',
  'link-used': () => 'This link was used already, or is not yours. Press Runbook card again in Teams to get a new one.',
  'link-expired': () => 'This link is too old. Press Runbook card again in Teams to get a new one.',
};

/** Of a text that is read in full elsewhere the beginning: in the middle of a sentence nobody wants to know how many characters are missing. */
function begun(text: string, most: number): string {
  const { kept, left } = cut(plain(text, 1_000), most - 1);
  return left > 1 ? `${kept}…` : plain(text, 1_000);
}

function taken(where: 'directory' | 'deleted' | 'request', id: string | undefined): string {
  if (where === 'directory') return 'already exists in the tenant.';
  if (where === 'deleted') return 'was deleted less than 30 days ago and can still be restored.';
  return `is already asked for${id === undefined ? '' : ` in ${plain(id, 40)}`}.`;
}
