import { isUse } from '../../core/alert/classify.ts';
import { needsPassword } from '../../core/alert/mend.ts';
import type {
  Alert,
  AlertCause,
  AlertSeverity,
  Classification,
  Feed,
  HowInHand,
  Noise,
  SignInEvent,
  SignInKind,
} from '../../core/alert/types.ts';
import { codeFact, type Fact, type Tone, textFact, timeFact } from '../facts.ts';
import { FEED_NAMES, feedNames } from '../feeds.ts';
import { policyWords } from '../policyResults.ts';
import { type Rendered, template } from '../render.ts';
import { signInResult } from '../signInResults.ts';
import { names, plain } from '../text.ts';
import { when } from '../time.ts';
import { tellChange } from './alertChange.ts';
import { tellCondition } from './alertCondition.ts';
import { askedWords, mendedTitle, mendedWords, tellCredential } from './alertCredential.ts';
import { tellBrokenDrill } from './drillWords.ts';
import { nextAfterHalfWay, stayingWords } from './halfWayWords.ts';
import { tellMonitors } from './monitorWords.ts';

type Color = 'Attention' | 'Warning' | 'Default';

/** All that templates/alert.json names. */
interface AlertView {
  readonly hasEscalation: boolean;
  readonly escalation: string;
  readonly header: {
    readonly kicker: string;
    readonly title: string;
    readonly state: string;
    readonly tone: Tone;
    readonly color: Color;
  };
  readonly hasMention: boolean;
  readonly mention: string;
  readonly mentions: readonly Mention[];
  readonly isAcknowledged: boolean;
  readonly mayAcknowledge: boolean;
  /** What it tells of ends with a new password: as long as it stands, acknowledged or not. */
  readonly canRotate: boolean;
  readonly rotateStyle: 'default' | 'positive';
  readonly seen: string;
  readonly acknowledgedBy: string;
  readonly acknowledgedAt: string;
  readonly isClassified: boolean;
  readonly classified: string;
  readonly asksWhat: boolean;
  readonly hasDrill: boolean;
  readonly drill: string;
  readonly hasAccount: boolean;
  readonly account: string;
  readonly hasTenant: boolean;
  readonly tenant: string;
  readonly facts: readonly Fact[];
  readonly next: string;
  readonly reported: string;
  readonly id: string;
  readonly accountId: string;
}

/** What one kind of cause says. */
export interface Told {
  readonly title: string;
  readonly state: string;
  readonly facts: readonly Fact[];
  readonly next: string;
  readonly reported: string;
  /** Its title once it is over, where it tells of something that lasts. */
  readonly over?: string;
}

const MINUTES = ['5', '15', '30'] as const;
const SEVERITIES: { readonly [S in AlertSeverity]: { readonly kicker: string; readonly tone: Tone; readonly color: Color } } = {
  critical: { kicker: '▲ CRITICAL', tone: 'attention', color: 'Attention' },
  high: { kicker: '▲ HIGH', tone: 'warning', color: 'Warning' },
  low: { kicker: 'FOR THE RECORD', tone: 'default', color: 'Default' },
};
const KINDS: { readonly [K in SignInKind]: string } = {
  interactive: 'Somebody was there',
  'non-interactive': 'An app, with a session that was opened before',
  'service-principal': 'An app by itself',
  'managed-identity': 'A managed identity',
};

const render = template<AlertView>('alert');

/**
 * An alert, to be understood in five seconds.
 *
 * @param variant `escalation:N` for the Nth repetition; a card never says fewer minutes than have passed
 */
export function alertCard(alert: Alert, _now: Date, variant?: string): Rendered {
  const told = tell(alert.cause, alert.account);
  const level = Math.max(alert.escalation, Number(/^escalation:([123])$/.exec(variant ?? '')?.[1] ?? 0));
  const minutes = MINUTES[level - 1];
  const { kicker, tone, color } = SEVERITIES[alert.severity];
  const acknowledged = alert.state !== 'open';
  const over = alert.state === 'over';
  const { replaced = false } = alert;
  const quiet = alert.severity === 'low';
  // Who has seen it stays on the card, also when it is over.
  const seenBefore = alert.mended && alert.acknowledgedBy;
  const seenAt = over && seenBefore === undefined ? alert.overAt : alert.acknowledgedAt;
  const unexplained = variant === 'unclassified' && alert.state === 'acknowledged';
  const account = alert.account ?? nameIn(alert.cause);
  const mentioned =
    variant !== undefined && (unexplained || alert.state === 'open') ? alert.owners.slice(0, MOST_MENTIONS).map(mentionOf) : [];
  const view: AlertView = {
    hasMention: mentioned.length > 0,
    mention: mentioned.map(({ text }) => text).join(', '),
    mentions: mentioned,
    hasEscalation: unexplained || (minutes !== undefined && !acknowledged),
    escalation: unexplained ? 'Nobody has said yet what this was' : `Nobody has acknowledged this for ${minutes ?? ''} minutes`,
    header: {
      kicker: replaced ? 'REPLACED' : over ? '✓ OVER' : kicker,
      title: over ? overTitle(alert, told) : alert.noise ? noiseTitle(alert.cause, alert.noise) : told.title,
      state: plain(replaced ? REPLACED : over ? (inHandWords(alert) ?? mendedWords(alert) ?? 'It is over') : told.state),
      // Red is for what still needs somebody.
      tone: over && !replaced ? 'good' : acknowledged && !quiet ? 'emphasis' : tone,
      color: acknowledged ? 'Default' : color,
    },
    isAcknowledged: acknowledged && !quiet,
    mayAcknowledge: !acknowledged,
    canRotate:
      (alert.state === 'open' || alert.state === 'acknowledged') &&
      alert.accountId !== undefined &&
      alert.asked === undefined &&
      needsPassword(alert.cause),
    // One thing at a time is what is pressed first.
    rotateStyle: acknowledged ? 'positive' : 'default',
    seen: replaced
      ? REPLACED
      : over && seenBefore === undefined
        ? alert.inHand || alert.mended
          ? '✓ It asks for nothing any more'
          : '✓ It ended by itself'
        : alert.foldedInto !== undefined
          ? '✓ Counted in '
          : '✓ Acknowledged by ',
    acknowledgedBy:
      over && seenBefore === undefined
        ? ''
        : alert.foldedInto !== undefined
          ? plain(alert.foldedInto, 40)
          : plain(alert.acknowledgedBy?.name ?? 'somebody', 80),
    acknowledgedAt: seenAt ? when(seenAt) : '',
    isClassified: alert.classified !== undefined,
    classified: plain(alert.classified ? classifiedWords(alert, alert.classified) : ''),
    asksWhat: acknowledged && !over && alert.foldedInto === undefined && isUse(alert) && alert.classified === undefined,
    hasDrill: alert.drillId !== undefined,
    drill: plain(`Announced by drill ${alert.drillId ?? ''}. Act on it as you would without one, and acknowledge it.`),
    hasAccount: account !== undefined,
    account: plain(account ?? ''),
    hasTenant: alert.tenantName !== undefined || alert.tenantId !== undefined,
    tenant: plain(`in ${alert.tenantName ?? alert.tenantId ?? ''}`, 120),
    facts: [
      ...(alert.mended ? [textFact('Alert was', told.title)] : []),
      ...(seenBefore && alert.overAt ? [timeFact('Over since', alert.overAt)] : []),
      ...(alert.noise ? noiseFacts(alert.cause, alert.noise, told.facts) : told.facts),
      ...(alert.asked ? [codeFact('Asked for', alert.asked.requestId)] : []),
      ...(alert.owners.length > 0 ? [textFact('Owners', names(alert.owners, 6))] : []),
    ],
    next: alert.asked ? askedWords(alert.asked) : told.next,
    reported: plain(
      `${alert.noise && alert.noise.feeds.length > 0 ? `Seen by ${feedNames(alert.noise.feeds)}.` : told.reported} ${alert.id}`,
    ),
    id: plain(alert.id, 40),
    accountId: plain(alert.accountId ?? '', 40),
  };
  const where = account === undefined ? '' : ` – ${account}`;
  return {
    card: render(view),
    summary: plain(
      `${replaced ? 'Replaced' : over ? 'Over' : acknowledged && !quiet ? 'Acknowledged' : kicker.replace('▲ ', '')}: ${over ? overTitle(alert, told) : alert.noise ? noiseTitle(alert.cause, alert.noise) : told.title}${where}`,
      200,
    ),
  };
}

/** The account's name, where the alert is about none on record. */
export const nameIn = (cause: AlertCause): string | undefined =>
  cause.kind === 'sign-in' ? cause.event.userPrincipalName : cause.kind === 'request-failed' ? cause.account : undefined;

/** What became of a request that had stopped. */
const IN_HAND: { readonly [H in HowInHand]: { readonly title: string; readonly state: string } } = {
  retried: { title: 'A request that had stopped goes on', state: 'It was tried again' },
  'taking-back': { title: 'A request that had stopped was given up', state: 'Breakglass takes back what it did, as its plan says' },
  'taken-back': { title: 'A request that had stopped was given up', state: 'What it did was taken back, as its plan says' },
  'given-up': { title: 'A request that had stopped was given up', state: 'Nothing more is done; its card says what was changed' },
  denied: { title: 'A request that had stopped was denied', state: 'Nothing was changed' },
};

function inHandWords({ inHand, cause }: Alert): string | undefined {
  if (!inHand) return undefined;
  const { state } = IN_HAND[inHand];
  const requestId = cause.kind === 'request-failed' ? cause.requestId : 'awaitedBy' in cause ? cause.awaitedBy : undefined;
  return requestId === undefined ? state : `${state}. Say requests ${requestId} to see where it stands.`;
}

const REPLACED = 'A newer alert has taken its place';

/** That all is well again is said only of what is. */
export const overTitle = ({ replaced, inHand, mended }: Alert, told: Told): string =>
  replaced ? told.title : inHand ? IN_HAND[inHand].title : mended ? mendedTitle(mended.how) : (told.over ?? told.title);

interface Mention {
  readonly type: 'mention';
  readonly text: string;
  readonly mentioned: { readonly id: string; readonly name: string };
}
const MOST_MENTIONS = 6;

/**
 * By object id, which cards of bots may mention people by (Learn, cards-format: user mention with Microsoft Entra object id). Called by their
 * part and not by name: a mention stands where Markdown is read, and there nobody's text goes (CM-3).
 */
function mentionOf({ objectId }: Alert['owners'][number], index: number): Mention {
  const name = `Owner ${index + 1}`;
  return { type: 'mention', text: `<at>${name}</at>`, mentioned: { id: plain(objectId, 80), name } };
}

export const titleOf = ({ cause, noise }: Alert): string => (noise ? noiseTitle(cause, noise) : tell(cause).title);

const noiseTitle = ({ kind }: AlertCause, { attempts }: Noise): string =>
  kind === 'unreadable-signal' ? `${attempts} signals could not be read` : `${attempts} sign-ins failed on an emergency access account`;

/** Exact counts of what was folded; below them stands the first of it in full. */
const noiseFacts = ({ kind }: AlertCause, { attempts, addresses, firstAt, lastAt }: Noise, ofFirst: readonly Fact[]): Fact[] => [
  kind === 'unreadable-signal'
    ? { ...textFact('Signals', `${attempts}; the newest are kept as they came`), weight: 'Bolder' }
    : { ...textFact('Attempts', `${attempts}, from ${addresses === 1 ? '1 address' : `${addresses} addresses`}`), weight: 'Bolder' },
  timeFact('First', firstAt),
  timeFact('Latest', lastAt),
  ...ofFirst.filter(({ label }) => label !== 'When'),
];

const WHAT: { readonly [C in Classification]: string } = { drill: 'A drill', 'real-use': 'Real use', misuse: 'Misuse' };

/** That nobody announced a drill beforehand is said beside the word, whoever calls it one (AL-7). */
function classifiedWords({ caseId, drillId }: Alert, { as, by }: NonNullable<Alert['classified']>): string {
  const about =
    as !== 'drill' ? `; worked up in ${caseId ?? 'a case'}` : drillId === undefined ? '; nobody had announced one' : `, ${drillId}`;
  return `${WHAT[as]}, says ${plain(by.name, 80)}${about}`;
}

export function tell(cause: AlertCause, account = 'and the account’s name'): Told {
  switch (cause.kind) {
    case 'sign-in':
      return signIn(cause.event, cause.feeds, cause.registered);
    case 'directory-change':
      return tellChange(cause);
    case 'request-failed':
      return {
        title: 'A request stopped',
        over: 'A request that had stopped goes on, or is taken back',
        state: cause.words,
        facts: [codeFact('Request', cause.requestId)],
        next: 'Open the request: its card says why it stopped, and what can be pressed there now.',
        reported: 'Found by Breakglass.',
      };
    case 'ended-half-way':
      return {
        title: 'A request was given up half-way',
        state:
          cause.by === 'expiry'
            ? 'Nobody tried it again while the approvals held, and not all that was done is taken back'
            : 'Somebody gave it up, and not all that was done is taken back',
        facts: [codeFact('Request', cause.requestId), textFact('What stays', stayingWords(cause.stays), 500)],
        next: nextAfterHalfWay(cause),
        reported: 'Found by Breakglass.',
      };
    case 'evidence-missing':
      return {
        title: 'The tenant’s audit log does not tell of a change',
        state: 'Breakglass read back that the change was made, but no record of it came',
        facts: [
          codeFact('Request', cause.requestId),
          textFact('Step', cause.step, 160),
          textFact('Expected', cause.activity, 120),
          timeFact('Done', cause.doneAt),
        ],
        next: 'Look for it in the audit log in Entra. If it is there, the way to Breakglass loses records; if not, the log itself does: what else is not in it?',
        reported: 'Found by Breakglass.',
      };
    case 'account-unusable':
    case 'part-expired':
    case 'part-lost':
      return tellCredential(cause, account);
    case 'unreadable-signal':
      return {
        title: 'A signal could not be read',
        state: cause.words,
        facts: [
          textFact('Feed', FEED_NAMES[cause.feed]),
          ...(cause.quarantineId === undefined ? [] : [codeFact('Kept as', cause.quarantineId)]),
        ],
        next: 'It may hide a sign-in: look at the sign-in log of the tenant in Entra.',
        reported: 'Found by Breakglass.',
      };
    case 'roster-changed':
      return {
        title: `Who may act as ${cause.role} has changed`,
        state: cause.added.length > 0 ? 'Somebody was added' : 'Somebody was removed, disabled or left',
        facts: [
          ...(cause.added.length > 0
            ? [
                textFact(
                  'Added',
                  names(
                    cause.added.map((name) => ({ name })),
                    12,
                  ),
                ),
              ]
            : []),
          ...(cause.removed.length > 0
            ? [
                textFact(
                  'Removed',
                  names(
                    cause.removed.map((name) => ({ name })),
                    12,
                  ),
                ),
              ]
            : []),
          ...heldFacts(cause),
        ],
        next: rosterNext(cause),
        reported: 'Found by reading the groups of the home tenant.',
      };
    case 'configuration-changed':
      return {
        title: 'Breakglass was started with other settings',
        state: `${cause.changes.length} ${cause.changes.length === 1 ? 'setting differs' : 'settings differ'} from the last start`,
        facts: cause.changes
          .slice(0, 10)
          .map(({ name, before, after }) => textFact(name, `${before ?? 'not set'} → ${after ?? 'not set'}`, 160)),
        next: 'Ask an administrator whether this was meant. Requests that are open keep the rules they were opened with.',
        reported: 'Found by Breakglass at its start.',
      };
    case 'feed-failing':
      return {
        title: 'Sign-ins cannot be seen',
        over: 'Sign-ins can be seen again',
        state: cause.words,
        facts: [textFact('Feed', FEED_NAMES[cause.feed])],
        next: 'Until this feed works again, watch the sign-in log of the tenant in Entra yourself.',
        reported: 'Found by Breakglass.',
      };
    case 'monitors-differ':
      return tellMonitors(cause);
    case 'drill-failed':
      return tellBrokenDrill(cause);
    case 'feed-silent':
    case 'teams-unreachable':
    case 'audit-failing':
    case 'audit-changed':
      return tellCondition(cause);
  }
}

type RosterChanged = Extract<AlertCause, { kind: 'roster-changed' }>;

function rosterNext({ role, added, custody = [] }: RosterChanged): string {
  const meant = 'Ask an administrator whether this was meant.';
  if (custody.length > 0)
    return `${meant} If so, somebody in the requesters group does for each account what stands here; until that is done, who left still holds what opens it.`;
  return role === 'approver' && added.length > 0 ? `${meant} New approvers do not count before their cool-down is over.` : meant;
}

const MOST_HELD = 12;

/** What who left still holds, and for each account what to say. */
function heldFacts({ custody = [] }: RosterChanged): Fact[] {
  const shown = custody.slice(0, MOST_HELD);
  const commands = [...new Set(shown.flatMap(({ command, account }) => (command === 'give-up' ? [] : [`${command} ${account}`])))];
  const givenUp = [...new Set(shown.flatMap(({ command, requestId }) => (command === 'give-up' ? [requestId] : [])))];
  return [
    ...shown.map(({ name, what, account }) => textFact('Still holds', `${plain(name, 80)}: ${what} of ${plain(account, 120)}`)),
    ...(custody.length > MOST_HELD ? [textFact('And', `${custody.length - MOST_HELD} more; say accounts`)] : []),
    ...commands.map((command) => codeFact('Say', command)),
    ...givenUp.map((id) => textFact('Give up', `${plain(id, 40)} on its card, and ask anew with other custodians`)),
  ];
}

function signIn(event: SignInEvent, feeds: readonly Feed[], registered: boolean): Told {
  const { words, next, title } = signInResult(event.errorCode);
  const from = [event.ipAddress, event.place].filter((part) => part !== undefined);
  const optional = (label: string, value: string | undefined): Fact[] => (value === undefined ? [] : [textFact(label, value, 160)]);
  return {
    title:
      title ??
      (event.errorCode === 0 ? 'Somebody signed in with an emergency access account' : 'Sign-in failed on an emergency access account'),
    state: words.includes('code') || event.errorCode === 0 ? words : `${words} (code ${event.errorCode})`,
    facts: [
      timeFact('When', event.signedInAt),
      ...optional('From', from.length > 0 ? from.map((part) => plain(part, 100)).join(' · ') : undefined),
      ...optional('App', event.app),
      ...optional('Client', event.client),
      ...(event.kind === undefined || event.kind === 'interactive' ? [] : [textFact('Kind', KINDS[event.kind])]),
      ...(event.policies === undefined ? [] : [textFact('Policies', policyWords(event.policies), 560)]),
      ...(registered ? [] : [codeFact('User id', event.userId), textFact('Note', 'The record does not know this account yet')]),
    ],
    next,
    reported: `Seen by ${feedNames(feeds)}.`,
  };
}
