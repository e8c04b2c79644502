import { inOnePlace, leaversOf, replacing } from '../../core/account/custody.ts';
import { asItStands, isChangingKind } from '../../core/account/life.ts';
import { runbookStatus } from '../../core/account/runbook.ts';
import type { AccountState, EmergencyAccount, LeftBehind, Part } from '../../core/account/types.ts';
import { titleOf } from '../../core/request/title.ts';
import type { ChangeRequest, RequestState } from '../../core/request/types.ts';
import type { RosterEntry } from '../../core/roster/roster.ts';
import { boldFact, codeFact, type Fact, type Tone, textFact, timeFact } from '../facts.ts';
import { feedName } from '../feeds.ts';
import { type Header, header } from '../header.ts';
import { type Rendered, template } from '../render.ts';
import { names, plain } from '../text.ts';
import { ASK_ANEW } from './accountFormWords.ts';
import { isUnusable as unusable } from './accountHarm.ts';
import { HOP_NAMES } from './drillWords.ts';
import { stayingLines } from './halfWayWords.ts';
import { type LedgerRow, ledgerRows } from './ledgerRows.ts';
import { isGone, type PartRow, partRow, partStateAt, partsTitle, withoutPlace } from './partWords.ts';
import { isOutside } from './requestOutcome.ts';

/** All that templates/account.json names. */
interface AccountView {
  readonly header: Header;
  readonly name: string;
  readonly tenant: string;
  readonly facts: readonly Fact[];
  readonly partsTitle: string;
  readonly parts: readonly PartRow[];
  /** What was printed is not so any more. */
  readonly isStale: boolean;
  readonly hasLedger: boolean;
  readonly ledger: readonly LedgerRow[];
  readonly notes: readonly string[];
  readonly canRotate: boolean;
  readonly rotateTitle: string;
  readonly canPrint: boolean;
  readonly id: string;
}

/** What whoever gets the card may see of it and do with it. The channel sees the least: whoever may read the channel reads it there. */
export interface AccountEyes {
  readonly where: 'channel' | 'personal';
  /** Where the parts are and were, and who had them. */
  readonly custody: boolean;
  readonly canPrint: boolean;
}

const ANYBODY: AccountEyes = { where: 'channel', custody: false, canPrint: false };

const render = template<AccountView>('account');

/**
 * Everything on record about one account.
 *
 * @param custodians who holds that role, as it was read last; `undefined`: it was not
 * @param asked      the request on it that is open, if one is: nobody is told to ask for what cannot be asked beside it
 */
export function accountCard(
  stored: EmergencyAccount,
  now: Date,
  eyes: AccountEyes = ANYBODY,
  custodians: readonly RosterEntry[] | undefined = undefined,
  asked: ChangeRequest | undefined = undefined,
): Rendered {
  const account = asItStands(stored);
  const leavers = custodians ? leaversOf(account, new Set(custodians.map(({ person }) => person.objectId))) : [];
  const { words, tone, note } = withLeavers(health(account, now), leavers);
  const ledger = eyes.custody ? ledgerRows(stored) : [];
  const command = asked ? undefined : ending(account, leavers, now);
  const isUnusable = account.state !== 'retired' && unusable(account, now);
  const view: AccountView = {
    header: header('Emergency access account', tone, words),
    name: plain(account.userPrincipalName),
    tenant: plain(account.tenantName, 80),
    facts: [
      ...(asked ? [boldFact('Asked for', `${asked.id}: ${titleOf(asked.plan)}`)] : []),
      ...toSay(account, leavers, command),
      ...factsOf(account),
    ],
    partsTitle: partsTitle(account),
    parts: account.parts.map((part) => rowOf(eyes.custody ? part : withoutPlace(part), account, now)),
    isStale: printState(account) === 'stale',
    hasLedger: ledger.length > 0,
    ledger,
    notes: [
      ...haltedNotes(asked),
      isChangingKind(stored) ? beingReplaced(account, isUnusable, asked) : '',
      asked && isUnusable ? `Use another account until that is done: say requests ${plain(asked.id, 40)}.` : note,
      printState(account) === 'never' ? NEVER_PRINTED : '',
      placesNote(eyes),
      onePlaceNote(account, eyes),
      isKeyed(account) || account.state === 'retired' ? '' : SECOND_FACTOR,
    ].filter((text) => text !== ''),
    canRotate: command === 'rotate',
    rotateTitle: ASK_ANEW[account.credential ?? 'split-password'],
    canPrint: eyes.canPrint,
    id: plain(account.id, 40),
  };
  return { card: render(view), summary: plain(`${account.userPrincipalName}: ${words}`, 200) };
}

const HALTED: { readonly [S in RequestState]?: string } = { failed: 'has stopped', undoing: 'was given up and is being taken back' };

/** What is asked of it and does not go on by itself, and what protects the account no more until it does. */
function haltedNotes(asked: ChangeRequest | undefined): readonly string[] {
  if (!asked) return [];
  const id = plain(asked.id, 40);
  const how = HALTED[asked.state];
  return [
    how === undefined ? '' : `${id} ${how}: say requests ${id}.`,
    isOutside(asked)
      ? `The account is outside its restricted unit now, so ordinary administrators can change it until ${id} goes on or is given up.`
      : '',
  ];
}

/** What opens it now is on the card; what is to replace it, on the request. */
function beingReplaced(account: EmergencyAccount, isUnusable: boolean, asked: ChangeRequest | undefined): string {
  // That it is not made just now is said above; what opens the account still counts.
  if (asked && HALTED[asked.state]) return isUnusable ? '' : isKeyed(account) ? 'The keys still count.' : 'The password still counts.';
  const being = isKeyed(account)
    ? 'A password in parts is being made in place of the keys.'
    : 'Security keys are being registered in place of the password.';
  if (isUnusable) return being;
  return `${being} ${isKeyed(account) ? 'They count until every part is stored' : 'It counts until every one of them stands'}: say requests.`;
}

/** Of an account that is over nothing is good or bad any more: what somebody still keeps is to be told from what nobody does. */
function rowOf(part: Part, account: EmergencyAccount, now: Date): PartRow {
  const row = partRow(part, account.credential, account.retiredAt ?? now);
  if (account.state !== 'retired') return row;
  const kept = part.key ? 'ended, was registered' : part.state === 'stored' ? 'ended, was stored' : undefined;
  return { ...row, ...ENDED, word: kept ?? ENDED.word, ...(kept === undefined ? { hasAt: false, at: '' } : {}) };
}
const ENDED = { mark: '–', color: 'Default', word: 'ended' } as const;

const isKeyed = ({ credential }: EmergencyAccount): boolean => credential === 'passkey';
const SECOND_FACTOR = 'A password alone opens no admin portal any more: a second factor must be registered on the account.';

function placesNote({ where, custody }: AccountEyes): string {
  if (custody) return '';
  return where === 'channel'
    ? 'Where the parts are kept I only say in a personal chat.'
    : 'Where the parts are kept I only say to owners, auditors and administrators.';
}

/** For those who may know the places. */
function onePlaceNote({ parts, credential, state }: EmergencyAccount, { custody }: AccountEyes): string {
  const together = custody && state !== 'retired' ? inOnePlace(parts) : [];
  if (together.length === 0) return '';
  const what = credential === 'passkey' ? 'Keys' : 'Parts';
  return `${what} ${together.join(' and ')} lie in the same place: whoever opens it, or a fire there, has them all. Have one moved, and its custodian say where.`;
}

const NEVER_PRINTED = 'No runbook card was printed yet.';

/** How the printed card stands: of an account that is not in service yet nobody needs one, and of one that is over none is needed any more. */
function printState(account: EmergencyAccount): 'never' | 'current' | 'stale' {
  const status = runbookStatus(account);
  if (account.state === 'retired') return 'current';
  return status === 'never' && account.state !== 'in-service' ? 'current' : status;
}

/** What is wrong with the printed card, if anything is: for the list. */
export const runbookNote = (account: EmergencyAccount): string =>
  ({ never: NEVER_PRINTED, stale: 'Runbook card is stale: print it again.', current: '' })[printState(account)];

const PART_MISSING = {
  words: 'Cannot be used: a part was never opened',
  tone: 'attention',
  note: 'It needs a new password. Somebody in the requesters group asks for it with the button, or says what stands here.',
} as const;
const PARTS_GONE = { ...PART_MISSING, words: 'Cannot be used: nobody has its password' } as const;
const PART_LOST = { ...PART_MISSING, words: 'Cannot be used: a part is lost' } as const;
const KEY_MISSING = {
  words: 'A key was not registered in time',
  tone: 'attention',
  note: 'Its requester or an approver presses Try again on its request for a new pass, or a requester says rotate and its name for new keys.',
} as const;

const LEFT = { words: 'In use, but a custodian has left', tone: 'warning', note: '' } as const;

const withLeavers = (said: ReturnType<typeof health>, leavers: readonly Part[]): ReturnType<typeof health> =>
  leavers.length > 0 && said.tone === 'good' ? LEFT : said;

/** The command that ends what is wrong. */
function ending(account: EmergencyAccount, leavers: readonly Part[], now: Date): ReturnType<typeof replacing> | undefined {
  const gone = account.state !== 'retired' && account.parts.some((part) => isGone(part, now));
  return gone && !isKeyed(account) ? 'rotate' : leavers.length > 0 ? replacing(account, leavers) : undefined;
}

/** Who has left and still holds what opens it, and what to say: for somebody in the requesters group. */
function toSay(account: EmergencyAccount, leavers: readonly Part[], command: ReturnType<typeof ending>): Fact[] {
  return [
    ...(leavers.length > 0
      ? [{ ...textFact('Has left', names(leavers.map(({ custodian }) => custodian))), weight: 'Bolder' as const }]
      : []),
    ...(command === 'give-up'
      ? [textFact('Give up', `${plain(account.requestId, 40)} on its card, and ask anew with other custodians`)]
      : []),
    ...(command === undefined || command === 'give-up' ? [] : [codeFact('A requester says', `${command} ${account.userPrincipalName}`)]),
  ];
}

/** It expired before anybody could have opened it: its request was given up. */
const wasNeverReady = ({ state, expiresAt }: Part): boolean => state === 'expired' && expiresAt === undefined;

/** An account's state at a glance: also for the list. */
export function health(stored: EmergencyAccount, now: Date): { readonly words: string; readonly tone: Tone; readonly note: string } {
  const account = asItStands(stored);
  if (account.state !== 'retired' && account.parts.some((part) => partStateAt(part, now) === 'expired'))
    return isKeyed(account) ? KEY_MISSING : account.parts.every(wasNeverReady) ? PARTS_GONE : PART_MISSING;
  if (account.state !== 'retired' && account.parts.some(({ state }) => state === 'lost')) return PART_LOST;
  if (account.left && account.state !== 'retired') return leftHalfWay(account, account.left);
  const overdue = account.validationDueAt !== undefined && now >= account.validationDueAt;
  if (account.state === 'in-service' && overdue)
    return {
      words: 'In service, validation overdue',
      tone: 'warning',
      note: 'An owner should validate it now: say validate and its name.',
    };
  if (account.state === 'in-service') return drilled(account);
  if (account.state === 'handover' && drilled(account).tone !== 'good') return { ...STATES.handover, note: NOT_DRILLED };
  return account.state === 'retired' ? over(account) : STATES[account.state];
}

/** It was in service, or was given up before; a password that was never handed out is nobody's to destroy. */
function over(account: EmergencyAccount): ReturnType<typeof health> {
  const { words, tone, note } = STATES.retired;
  const wasMade = account.appliedAt !== undefined;
  const rest = isKeyed(account)
    ? 'Have every key that was registered for it wiped.'
    : wasMade
      ? 'Destroy every part that is still kept.'
      : 'No part of its password was given to anybody.';
  return { words: wasMade ? words : 'Given up before it was made', tone, note: `${note} ${rest}` };
}

/** What a request that was given up did to it: more of that is on the request's own card. */
function leftHalfWay({ state }: EmergencyAccount, { requestId, steps }: LeftBehind): ReturnType<typeof health> {
  const request = `${plain(requestId, 40)} was given up half-way`;
  const lines = stayingLines(steps).join('; ');
  return state === 'disabled'
    ? { ...STATES.disabled, note: `${request} and left it so: ${lines}. ${STATES.disabled.note}` }
    : { words: `Not to be relied on: ${request}`, tone: 'attention', note: `It left this: ${lines}. Say posture to see how it stands.` };
}

/** That an account is watched is believed once a drill has shown it, and not while the newest one failed (design.md 6.5). */
function drilled({ drill, drillPassedAt }: EmergencyAccount): ReturnType<typeof health> {
  if (drill?.result === 'failed' && drill.hop)
    return {
      words: `Not proven: its last drill broke at “${HOP_NAMES[drill.hop]}”`,
      tone: 'attention',
      note: 'Mend that, then say drill and its name: until then a sign-in may go unseen.',
    };
  if (drillPassedAt === undefined)
    return {
      words: 'Stored, but not in service: no drill has passed yet',
      tone: 'warning',
      note: 'In service once a drill has passed: say drill and its name.',
    };
  return STATES['in-service'];
}

const NOT_DRILLED = 'In service once every part is stored and a drill has passed.';

const STATES: { readonly [S in AccountState]: { readonly words: string; readonly tone: Tone; readonly note: string } } = {
  provisioning: { words: 'Being set up', tone: 'accent', note: '' },
  handover: { words: 'Being handed over', tone: 'accent', note: 'In service once every part is stored.' },
  'in-service': { words: 'In service', tone: 'good', note: '' },
  disabled: { words: 'Disabled', tone: 'warning', note: 'It cannot be used until it is enabled: say enable and its name.' },
  retired: { words: 'Retired', tone: 'emphasis', note: 'Its user is deleted.' },
};

const DRILLS = { passed: 'Drill passed', failed: 'Drill failed', stopped: 'Drill stopped' } as const;

function factsOf(account: EmergencyAccount): Fact[] {
  const time = (label: string, at: Date | undefined): Fact[] => (at ? [timeFact(label, at)] : []);
  return [
    textFact('Display name', account.displayName, 130),
    codeFact('Object id', account.objectId),
    textFact('Owners', names(account.owners)),
    timeFact('Watched since', account.watchedAt),
    textFact('Through', feedName(account.feed), 80),
    ...(account.lastSignInAt ? time('Last sign-in', account.lastSignInAt) : [textFact('Last sign-in', 'none seen')]),
    ...(account.drill ? [timeFact(DRILLS[account.drill.result], account.drill.at)] : []),
    ...time('Validate by', account.validationDueAt),
    ...time('Validated', account.validatedAt),
    ...(account.validatedBy ? [textFact('Validated by', account.validatedBy.name, 80)] : []),
    ...(account.validationNote ? [textFact('Note', account.validationNote, 400)] : []),
    ...(account.runbook ? [timeFact('Runbook card printed', account.runbook.at), textFact('Printed for', account.runbook.by, 80)] : []),
    ...time('Created', account.appliedAt),
    ...time('Disabled', account.disabledAt),
    ...time(account.appliedAt ? 'Retired' : 'Given up', account.retiredAt),
    codeFact('Request', account.requestId),
  ];
}
