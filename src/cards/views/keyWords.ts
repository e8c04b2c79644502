import type { WhyRefused } from '../../core/account/types.ts';
import type { Tone } from '../facts.ts';
import type { PartWords } from './partWords.ts';

/** Where people register a sign-in method of an account (Learn, howto-authentication-temporary-access-pass, 2026). */
export const REGISTER_AT = 'aka.ms/mysecurityinfo';

/** What the custodian of a security key reads on their card. */
export const KEY_WORDS: PartWords = {
  looks: {
    sealed: { title: 'You will keep a security key', tone: 'emphasis', state: 'Not ready yet: you get a message when it is your turn' },
    ready: { title: 'Register your security key', tone: 'accent', state: 'Your pass is shown once, to you only' },
    shown: { title: 'Have you registered your key?', tone: 'warning', state: 'The pass was shown and is never shown again' },
    stored: { title: 'Your key is registered', tone: 'good', state: 'Thank you. Nothing more to do now' },
    expired: { title: 'Your key was not registered in time', tone: 'attention', state: 'The pass opens nothing any more' },
    lost: { title: 'Your key is lost', tone: 'attention', state: 'It has to be replaced' },
  },
  steps: [
    'Have a new security key at hand that cannot be copied, such as a YubiKey, and a private browser window.',
    `Press the button, sign in at ${REGISTER_AT} as this account with the pass, add the security key and give it a PIN.`,
    'Keep key and PIN apart, sealed, and say here where the key is. I then look whether the tenant shows it.',
  ],
  notes: {
    sealed: ['Custodians register their keys one after another, because the account has one pass at a time.'],
    ready: ['Signing in raises an alert: that is meant to be. The pass opens once; no photo, no file, no message.'],
    shown: [
      'No passkey of a phone or a password manager: it can be copied to other devices, and I do not take it.',
      'The pass did not work, or you lost it? Press “I need a new pass”: another comes here at once.',
    ],
    stored: ['It opens the account alone, with its PIN. Tell an owner if it is moved, used by somebody else, or if you change jobs.'],
    expired: [
      'An alert has gone to the channel. The requester or an approver has to press Try again on the request; you then get a new pass.',
    ],
    lost: ['Tell an owner, now: whoever finds it still needs its PIN.'],
  },
  noun: 'Key',
  revealTitle: 'Show my pass',
  storedTitle: 'I have registered it',
  whereFault: 'Say where the key is kept.',
};

/** What a custodian says of a pass that is gone. */
export const LOSE_PASS = {
  loseTitle: 'I need a new pass…',
  loseAsk:
    'Say so if the pass is gone or did not open. Another comes here within a minute, and the old one opens nothing then; an alert goes to the channel.',
  lostTitle: 'Give me a new pass',
} as const;

/** Instead of the question whether it is registered, once the tenant shows it. */
export const KEY_FOUND: Told = {
  title: 'Your key is registered',
  tone: 'good',
  state: 'The tenant shows it. Nothing more to do now',
  notes: ['It counts as stored once every key stands and nothing else opens the account. Keep key and PIN apart, sealed.'],
};

/** Once its custodian has said that it is registered, until the tenant shows it: what counts is what that shows. */
export const KEY_SAID: Told = {
  title: 'I look for your key in the tenant',
  tone: 'warning',
  state: 'You said it is registered. The tenant does not show it yet',
  notes: [
    `That takes a few minutes. Not found after ten: sign in at ${REGISTER_AT} with the key, see that it is there, and say it again here.`,
    ...KEY_WORDS.notes.shown,
  ],
};

interface Told {
  readonly title: string;
  readonly tone: Tone;
  readonly state: string;
  readonly notes: readonly string[];
}

const TRY_AGAIN = 'The requester or an approver has to press Try again on the request. You then get a new pass here.';

/** What is wrong with what a custodian did, or was done to them, and what to do next. */
export const REFUSED: { readonly [W in Exclude<WhyRefused, 'PassExpired'>]: Told } = {
  SyncedPasskey: {
    title: 'Your key was not accepted',
    tone: 'attention',
    state: 'What you registered can be copied to other devices',
    notes: [
      'A passkey of a phone or a password manager is not enough: get a security key that cannot be copied, such as a YubiKey.',
      `${TRY_AGAIN} The other passkey is removed then.`,
    ],
  },
  TooManyKeys: {
    title: 'Your key was not accepted',
    tone: 'attention',
    state: 'More than one key was registered with your pass',
    notes: [
      'Did you register all of them? If not, say so to an owner now: somebody else had your pass.',
      `${TRY_AGAIN} Every key of the old pass is removed then; register one only.`,
    ],
  },
  PassReplaced: {
    title: 'Your pass was replaced',
    tone: 'attention',
    state: 'Somebody made another pass for the account, so yours opens nothing',
    notes: ['Was it you, or did anybody ask you for it? Tell an owner now.', TRY_AGAIN],
  },
  PassLost: {
    title: 'A new pass is being made',
    tone: 'accent',
    state: 'The lost one opens nothing once it is there',
    notes: ['You get a message here. Nothing has to be done until then.'],
  },
};
