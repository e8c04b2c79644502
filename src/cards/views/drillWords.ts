import type { AlertCause } from '../../core/alert/types.ts';
import type { Aside, Broken, Hop, LegId } from '../../core/drill/types.ts';
import { codeFact, textFact } from '../facts.ts';
import { feedNames } from '../feeds.ts';
import type { Told } from './alert.ts';

export const HOP_NAMES: { readonly [H in Hop]: string } = {
  'sign-in': 'Sign-in',
  log: 'Row in the sign-in log',
  webhook: 'Pushed to me',
  accepted: 'Taken in as an alert',
  card: 'Card handed to Teams',
  acknowledged: 'Acknowledged',
};

export const LEG_NAMES: { readonly [L in LegId]: string } = { failed: 'Wrong password', succeeded: 'Right password' };

const BROKEN: { readonly [H in Hop]: { readonly what: string; readonly next: string } } = {
  'sign-in': {
    what: 'it was not made as announced',
    next: 'Look at what was seen of the account meanwhile. If nobody tried, drill it again; if the account was refused, that is what to mend.',
  },
  log: {
    what: 'the sign-in log showed no row of it in time',
    next: 'If nobody signed in, drill it again. If somebody did, look at the sign-in log in Entra and at the feeds in status: a real sign-in would have gone unseen.',
  },
  webhook: {
    what: 'the log had it, and nothing was pushed to me',
    next: 'Look at the alert rule: is it on, does it name this account and its tenant, does its action group call me? Until then I only learn of a sign-in by reading the log.',
  },
  accepted: {
    what: 'something was pushed that I could not take in',
    next: 'Look at the alerts about signals that could not be read: the rule must be split by the dimensions I need.',
  },
  card: {
    what: 'its card was not handed to Teams in time',
    next: 'Look at status: can cards reach the channel? Until they do, only mail and page tell you of a sign-in.',
  },
  acknowledged: {
    what: 'nobody acknowledged it in time',
    next: 'Find out who should have seen the channel, and drill it again.',
  },
};

const OTHERS_STILL_PUSH = 'Until then I learn of a sign-in from the other feeds.';

export const brokenWords = ({ hop, leg, missing }: Broken): string =>
  `Broken at “${HOP_NAMES[hop]}”, ${LEG_NAMES[leg].toLowerCase()}: ${missing ? `nothing came by ${feedNames(missing)}` : BROKEN[hop].what}`;

/** Where others pushed, what to look at depends on the one that did not. */
export function nextOf({ hop, missing }: Broken): string {
  if (!missing) return BROKEN[hop].next;
  return missing.includes('event-hub')
    ? `Look at the tenant’s diagnostic setting: does it send sign-ins to the event hub? And at status: is the stream heard? ${OTHERS_STILL_PUSH}`
    : `Look at the alert rule: is it on, does it name this account and its tenant, does its action group call me? ${OTHERS_STILL_PUSH}`;
}

export const ASIDE_WORDS: { readonly [A in Aside]: string } = {
  'other-origin': 'from another address than announced: not this drill',
  'other-result': 'failed by something else than the password',
  early: 'made before the drill began: not this drill',
  after: 'made after it was over: not this drill',
  again: 'one more of the same',
  'late-row': 'its row came after the drill was over',
};

/** What the alert about a failed drill says. */
export function tellBrokenDrill({ drillId, ...broken }: Extract<AlertCause, { kind: 'drill-failed' }>): Told {
  return {
    title: 'A drill failed: an alert would not reach you',
    state: brokenWords(broken),
    facts: [codeFact('Drill', drillId), textFact('Hop', HOP_NAMES[broken.hop])],
    next: nextOf(broken),
    reported: 'Found by a drill.',
  };
}
