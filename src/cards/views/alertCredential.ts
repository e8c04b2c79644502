import type { Alert, AlertCause, Asked, HowMended } from '../../core/alert/types.ts';
import { codeFact, type Fact, textFact } from '../facts.ts';
import { names, plain } from '../text.ts';
import type { Told } from './alert.ts';

export type CredentialCause = Extract<AlertCause, { kind: 'account-unusable' | 'part-expired' | 'part-lost' }>;
type PartCause = Exclude<CredentialCause, { kind: 'account-unusable' }>;

/** What an alert says of what opens an account. @param account as people know it, for what they are to type */
export function tellCredential(cause: CredentialCause, account: string): Told {
  switch (cause.kind) {
    case 'account-unusable':
      return {
        title: 'An emergency access account cannot be used any more',
        state: 'Nobody has the password that is in force, and no part that is kept opens anything',
        facts: [codeFact('Request', cause.requestId), textFact('Custodians', names(cause.custodians, 6))],
        next: `A new password was given up after it may have been set. ${askAnother(cause.userPrincipalName)} Until that is done use another account.`,
        reported: 'Found by Breakglass.',
      };
    case 'part-expired':
      return { ...expired(cause, account), facts: partFacts(cause), reported: 'Found by Breakglass.' };
    case 'part-lost':
      return { ...lost(cause, account), facts: partFacts(cause), reported: 'Reported in Teams.' };
  }
}

type Words = Pick<Told, 'title' | 'state' | 'next'>;

function expired({ key, awaitedBy }: Extract<PartCause, { kind: 'part-expired' }>, account: string): Words {
  if (key)
    return {
      title: 'A security key was not registered in time',
      state: 'The pass to register it with opens nothing any more.',
      next: `Ask the custodian why. ${awaitedBy === undefined ? 'Then look at the request.' : nextAwaited(awaitedBy)}`,
    };
  if (awaitedBy !== undefined)
    return {
      title: 'A part of a new password was never opened',
      state: 'It has been destroyed. The security keys open the account as before.',
      next: nextAwaited(awaitedBy),
    };
  return {
    title: 'A part of a password was never opened',
    state: 'It has been destroyed, so the password cannot be put together.',
    next: `What the others have of this password opens nothing without it. ${askAnother(account)}`,
  };
}

function lost({ key, awaitedBy }: Extract<PartCause, { kind: 'part-lost' }>, account: string): Words {
  if (key)
    return {
      title: 'A pass for a security key is lost',
      state: 'It was seen, and may be in other hands until the new one is there.',
      next: 'Another pass is made at once, which ends the lost one. Look whether anybody signed in with it meanwhile: that would be an alert too.',
    };
  if (awaitedBy !== undefined)
    return {
      title: 'A part of a new password is lost',
      state: 'The new password is of no use. The security keys open the account as before.',
      next: nextAwaited(awaitedBy),
    };
  return {
    title: 'A part of a password is lost',
    state: 'The password cannot be put together any more.',
    next: `The account needs a new password. ${askAnother(account)}`,
  };
}

const partFacts = (cause: PartCause): Fact[] => [
  textFact(cause.key ? 'Key' : 'Part', `${cause.partNumber}`),
  textFact('Custodian', cause.custodian, 80),
  ...(cause.kind === 'part-lost' ? [textFact('Reported by', cause.saidBy, 80)] : []),
  ...(cause.awaitedBy === undefined ? [] : [codeFact('Request', cause.awaitedBy)]),
];

const askAnother = (account: string): string =>
  `Somebody in the requesters group asks for a new password here, or says: rotate ${plain(account)}.`;

/** Of a pass, or of a part of a password that is to take the place of keys: a request waits for it. */
const nextAwaited = (requestId: string): string =>
  `The request stops for it. Say requests ${plain(requestId, 40)}: its card says whether it can be tried again, or is to be given up and asked for anew.`;

/** What became of an account that nothing opened. */
const MENDED: { readonly [H in HowMended]: { readonly title: string; readonly state: (request: string) => string } } = {
  'new-password': {
    title: 'The account has a new password',
    state: (request) => `Request ${request} replaced what this alert was about. Say accounts to see who holds which part.`,
  },
  'new-keys': {
    title: 'The account has its security keys',
    state: (request) => `Request ${request} is carried out: every key of it is registered.`,
  },
  gone: { title: 'The account is gone', state: (request) => `Request ${request} ended it. Nothing has to open it any more.` },
  'as-before': {
    title: 'The request this was about was given up',
    state: (request) => `What request ${request} made was taken back. Say accounts to see what opens the account.`,
  },
};

export const mendedTitle = (how: HowMended): string => MENDED[how].title;

export const mendedWords = ({ mended }: Alert): string | undefined => mended && MENDED[mended.how].state(mended.requestId);

export const askedWords = ({ requestId, operation }: Asked): string =>
  `${operation === 'retire' ? 'Retirement of the account' : 'A new credential'} is asked for already, by ${plain(requestId, 40)}. See to it that it is carried out: say requests ${plain(requestId, 40)} to see what it waits for. Until then use another account.`;
