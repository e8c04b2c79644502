import { canLose, inOnePlace } from '../../core/account/custody.ts';
import { isChangingKind } from '../../core/account/life.ts';
import { type EmergencyAccount, kindOf, type Part, partKey } from '../../core/account/types.ts';
import { isOverdue } from '../../core/account/unconfirmed.ts';
import { type Fact, textFact, timeFact } from '../facts.ts';
import { type Header, header } from '../header.ts';
import { type Rendered, template } from '../render.ts';
import { names, plain } from '../text.ts';
import { KEY_FOUND, KEY_SAID, KEY_WORDS, LOSE_PASS, REFUSED } from './keyWords.ts';
import { noticeCard } from './notice.ts';
import { isGone, type PartWords, partStateAt } from './partWords.ts';

/** All that templates/part.json names. */
export interface PartView {
  readonly header: Header;
  readonly name: string;
  readonly tenant: string;
  readonly facts: readonly Fact[];
  readonly steps: readonly { readonly number: string; readonly text: string }[];
  readonly asksWhere: boolean;
  readonly canReveal: boolean;
  readonly canRotate: boolean;
  readonly canLose: boolean;
  readonly loseTitle: string;
  readonly loseAsk: string;
  readonly lostTitle: string;
  readonly revealTitle: string;
  readonly storedTitle: string;
  readonly whereFault: string;
  readonly notes: readonly string[];
  readonly id: string;
  readonly accountId: string;
}

const render = template<PartView>('part');

const LOOKS: PartWords['looks'] = {
  sealed: { title: 'You will keep a part of a password', tone: 'emphasis', state: 'Not ready yet: the account is being set up' },
  ready: { title: 'Your part of a password is ready', tone: 'accent', state: 'It is shown once, to you only' },
  shown: { title: 'Have you stored your part?', tone: 'warning', state: 'It was shown and is never shown again' },
  stored: { title: 'Your part is stored', tone: 'good', state: 'Thank you. Nothing more to do now' },
  expired: { title: 'Your part was not opened in time', tone: 'attention', state: 'It has been destroyed' },
  lost: { title: 'Your part is lost', tone: 'attention', state: 'It was reported lost and is never shown again' },
};
const LOSE = {
  loseTitle: 'I do not have it…',
  loseAsk:
    'Say so only if the part is gone or was never written down. It cannot be taken back: an alert goes to the channel, and the account needs a new password.',
  lostTitle: 'My part is lost',
} as const;
/** Hours after it was shown. */
const OVERDUE: PartWords['looks']['shown'] = {
  title: 'Where is your part?',
  tone: 'attention',
  state: 'You opened it and have not said where it is',
};

/** Of a password that was to take the place of keys: nothing is lost with a part of it. */
function keysCount(account: EmergencyAccount, { custodian }: Part, state: Part['state']): readonly string[] | undefined {
  const { held } = account;
  if ((state !== 'expired' && state !== 'lost') || !held || !isChangingKind(account) || kindOf(held) !== 'key') return undefined;
  const holds = held.parts.some((row) => row.custodian.objectId === custodian.objectId && row.key);
  const keys = holds ? 'Your key still opens the account: keep it.' : 'The security keys open the account as before.';
  return [state === 'lost' ? `${keys} If you find the part, destroy it.` : `${keys} Nothing is needed from you.`];
}

/** Every part is needed, and one that is gone makes the others useless. */
const NOT_TO_OPEN = {
  title: 'Do not open your part',
  tone: 'attention',
  state: 'Another part of this password is gone',
  notes: ['Nothing is needed from you. A new part comes, in a message of its own here.'],
} as const;

const STEPS = [
  'Go where nobody sees your screen, with a pen, paper and an envelope that can be sealed.',
  'Press the button, copy the part by hand, read it back once.',
  'Seal it, put it in your safe, and say here where it is.',
];

const NOTES: PartWords['notes'] = {
  sealed: ['You get a message here as soon as you can open it.'],
  ready: ['Your part alone opens nothing. Never photograph it, type it anywhere or say it to anybody.'],
  shown: [
    'You could not copy it, or do not have it any more? Do not guess: press “I do not have it”. The account then gets a new password.',
  ],
  stored: ['Tell an owner if the safe is moved, opened by somebody else, or if you change jobs.'],
  expired: ['An alert has gone to the channel. The account needs a new password; nothing is needed from you.'],
  lost: ['An alert has gone to the channel. The account needs a new password; if you find the part, destroy it.'],
};

const ONE_PLACE =
  'Another part of this account lies in the same place, by what its custodian said. They belong in different ones: agree with an owner who moves theirs.';

const KEEP_OLD =
  'Your old key opens the account until the new one counts: keep it where it is. A message here says when it does not any more.';

const PASSWORD_WORDS: PartWords = {
  looks: LOOKS,
  steps: STEPS,
  notes: NOTES,
  noun: 'Part',
  revealTitle: 'Show my part',
  storedTitle: 'I have stored it',
  whereFault: 'Say where the part is kept.',
};

/**
 * In the place of the card of a part while a new password is set, or of a key while another is registered: it is not certain yet that the old
 * one is done with, and where the new one is given up it counts as before.
 */
export function replacingPartCard({ userPrincipalName, credential }: EmergencyAccount, partNumber: number): Rendered {
  const keyed = credential === 'passkey';
  const why = keyed
    ? `Another key is being registered in its place for ${userPrincipalName}; until that one counts yours opens the account.`
    : `A new password is being set for ${userPrincipalName}, and it is not certain yet which of the two counts.`;
  return noticeCard({
    title: `Your ${keyed ? 'key' : 'part'} is being replaced`,
    text: `${why} Keep ${keyed ? 'key' : 'part'} ${partNumber} where it is: a message here says when it opens nothing any more, and this card if it still counts.`,
    tone: 'neutral',
  });
}

/** In the place of a card about a pass, once the same request made another: that one has a card of its own. */
export const replacedPassCard = ({ userPrincipalName }: Pick<EmergencyAccount, 'userPrincipalName'>): Rendered =>
  noticeCard({
    title: 'This pass opens nothing any more',
    text: `Another was made in its place. Go by the newest message about ${userPrincipalName} here.`,
    tone: 'neutral',
  });

/**
 * The personal card of a custodian. Never holds the part: the button opens a dialog that does.
 *
 * @throws RangeError when the account has no part of that number
 */
export function partCard(account: EmergencyAccount, partNumber: number, now: Date): Rendered {
  const part = account.parts.find(({ number }) => number === partNumber);
  if (!part) throw new RangeError(`account ${account.id} has no part ${partNumber}`);
  const state = partStateAt(part, now);
  const said = account.credential === 'passkey' ? KEY_WORDS : PASSWORD_WORDS;
  const refused = part.refused && part.refused.why !== 'PassExpired' && state !== 'expired' ? REFUSED[part.refused.why] : undefined;
  const useless =
    state === 'ready' && kindOf(account) === 'part' && account.parts.some((row) => row !== part && isGone(row, now))
      ? NOT_TO_OPEN
      : undefined;
  const told = useless ?? refused ?? (state === 'shown' ? (part.key ? KEY_FOUND : part.confirmedAt ? KEY_SAID : undefined) : undefined);
  const look = told ?? (isOverdue(part, now) ? OVERDUE : said.looks[state]);
  const stored = state === 'stored';
  const opens = state === 'ready' && !useless;
  // Whoever said that the key is registered may say it again; what counts is what the tenant shows.
  const waiting = state === 'shown' && !part.key && !refused;
  const view: PartView = {
    header: header(look.title, look.tone, look.state),
    name: plain(account.userPrincipalName),
    tenant: plain(account.tenantName, 80),
    facts: [
      textFact(said.noun, `${part.number} of ${account.parts.length}`),
      textFact('Custodian', part.custodian.name, 80),
      textFact('Owners', names(account.owners, 6)),
      ...(opens && part.expiresAt ? [timeFact('Open it until', part.expiresAt)] : []),
      ...(state === 'shown' && part.shownAt ? [timeFact('Shown', part.shownAt)] : []),
      ...(waiting && part.pass && part.expiresAt ? [timeFact('Register it until', part.expiresAt)] : []),
      ...(waiting && part.confirmedAt ? [timeFact('You said it is registered', part.confirmedAt)] : []),
      ...(part.key?.model === undefined ? [] : [textFact('Registered', part.key.model, 80)]),
      ...(state === 'lost' && part.lostAt ? [timeFact('Reported lost', part.lostAt)] : []),
      ...(stored && part.storedAt ? [timeFact('Stored', part.storedAt)] : []),
      ...(stored && part.location !== undefined ? [textFact('Kept in', part.location)] : []),
      ...(stored && part.sealNumber !== undefined ? [textFact('Seal', part.sealNumber)] : []),
    ],
    steps: opens ? said.steps.map((text, index) => ({ number: `${index + 1}`, text })) : [],
    asksWhere: waiting,
    canReveal: opens,
    // Nothing is needed from a custodian: the owners and the channel have that button.
    canRotate: false,
    canLose: state === 'shown' && canLose(part),
    ...(part.pass ? LOSE_PASS : LOSE),
    revealTitle: said.revealTitle,
    storedTitle: said.storedTitle,
    whereFault: said.whereFault,
    notes: [
      ...(inOnePlace(account.parts).includes(part.number) ? [ONE_PLACE] : []),
      ...(keysCount(account, part, state) ?? told?.notes ?? said.notes[state]),
      ...(part.before?.key && !stored ? [KEEP_OLD] : []),
    ],
    id: partKey(account.id, part.number),
    accountId: account.id,
  };
  return { card: render(view), summary: plain(`${look.title}: ${account.userPrincipalName}`, 200) };
}
