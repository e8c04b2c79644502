import { countedRefusals } from '../app/countedRefusals.ts';
import type { Door } from '../app/dispatch.ts';
import type { Log } from '../app/log.ts';
import type { People, Store } from '../app/ports.ts';
import { words } from '../cards/refusals.ts';
import { plain } from '../cards/text.ts';
import type { Actor } from '../core/people.ts';
import type { Refusal } from '../core/refusal.ts';
import type { ProofTicket, ProvenDecision, SignedIn } from '../core/request/proof.ts';
import { tally } from '../core/request/tally.ts';
import { titleIn } from '../core/request/title.ts';
import type { ChangeRequest } from '../core/request/types.ts';
import { begin, bindingOf, cookieFor, newTicket, ticketHash } from './binding.ts';
import { page, redirect, type WebAnswer } from './pages.ts';
import type { SignedInPerson, SignIn } from './signIn.ts';

export interface ProveNeeds {
  readonly store: Pick<Store, 'transaction' | 'get'>;
  readonly door: Door;
  readonly people: Pick<People, 'lookUp'>;
  readonly signIn: SignIn;
  /** Origin under which browsers reach us. Never taken from a request. */
  publicUrl(): string;
  readonly minutes: number;
  readonly log: Log;
}

/** The second proof (AU-9): hands out tickets, sends browsers to sign in, takes their answer to the door. */
export interface Prover {
  readonly minutes: number;
  /** A fresh ticket: its hash for the door, its address for the person who pressed. */
  ticket(): { readonly hash: string; readonly url: string };
  /** `GET /prove/<ticket>` */
  start(ticket: string): Promise<WebAnswer>;
  /** `GET /prove/callback` */
  callback(query: string, cookies: string | undefined): Promise<WebAnswer>;
}

const TITLES = { approve: 'Your approval is recorded', deny: 'Your denial is recorded' } as const;
const WANTED = { approve: 'Approve', deny: 'Deny' } as const;
const DONE = { approve: 'Approved', deny: 'Denied' } as const;

export function prover(needs: ProveNeeds): Prover {
  const { store, door, people, signIn, minutes, publicUrl } = needs;
  const refused = countedRefusals(needs.log, 'proof.refused');

  /** Says nothing but that it did not work: nobody is known yet (HT-5). */
  function turnedAway(code: string): WebAnswer {
    refused({ code });
    const lines = [`The link may be older than ${minutes} minutes or used already, or the sign-in was not finished.`, AGAIN];
    return page(400, 'not', 'This sign-in does not count', lines, cookieFor(publicUrl()).clear);
  }

  /** Read only: a ticket is spent by the door, with the decision it proves. */
  const valid = (ticket: string): Promise<ProofTicket | undefined> =>
    store.transaction(async (tx) => {
      const found = await tx.ticket(ticketHash(ticket));
      return found && (await tx.now()) < found.expiresAt ? found : undefined;
    });

  return {
    minutes,
    ticket() {
      const ticket = newTicket();
      return { hash: ticketHash(ticket), url: `${publicUrl()}/prove/${ticket}` };
    },
    async start(ticket) {
      if (!(await valid(ticket))) return turnedAway('no-ticket');
      const begun = begin(ticket);
      const to = await signIn.begin(bindingOf(begun), callbackOf(publicUrl()));
      return redirect(to, cookieFor(publicUrl()).set(begun, minutes * 60));
    },
    async callback(query, cookies) {
      const begun = cookieFor(publicUrl()).read(cookies);
      if (!begun) return turnedAway('no-cookie');
      // Before the login server is asked anything: without a ticket nobody makes us call it.
      const ticket = await valid(begun.ticket);
      if (!ticket) return turnedAway('no-ticket');
      const person = await signIn.finish(new URL(`${callbackOf(publicUrl())}?${query}`), bindingOf(begun));
      if (!person.ok) return turnedAway(person.error);
      const signedIn = { ticketHash: ticket.hash, at: person.value.at };
      const outcome = await door.dispatch(await actorOf(person.value), intentOf(ticket.wanted, signedIn));
      const { decision } = ticket.wanted;
      needs.log.info('proof', { decision, actorId: person.value.objectId, ...(outcome.ok ? {} : { refusal: outcome.error.code }) });
      if (outcome.ok) return told(outcome.value.request, decision);
      // Whose decision it was may read which one it was; anybody else who signed in learns nothing of the request.
      const own = person.value.objectId === ticket.objectId;
      return notRecorded(outcome.error, own ? await requestOf(ticket) : undefined, decision);
    },
  };

  /** Looked up anew, as for a press: signing in says who somebody is, not what they may do (ID-4). */
  async function actorOf({ objectId }: SignedInPerson): Promise<Actor> {
    const found = await people.lookUp(objectId);
    return found.ok ? { kind: 'person', person: found.person, roles: found.roles } : { kind: 'stranger', objectId, why: found.why };
  }

  function requestOf({ wanted }: ProofTicket): Promise<ChangeRequest | undefined> {
    return store.get('request', wanted.requestId);
  }

  function told(request: ChangeRequest | undefined, decision: ProvenDecision['decision']): WebAnswer {
    if (!request) throw new Error('the door took a decision on a request and gave none back');
    const count = decision === 'approve' ? [`Approvals: ${tally(request).approvals.length} of ${request.quorum}.`] : [];
    const lines = [...aboutWhat(DONE[decision], request), ...count, 'You can close this page.'];
    return page(200, 'done', TITLES[decision], lines, cookieFor(publicUrl()).clear);
  }

  function notRecorded(refusal: Refusal, request: ChangeRequest | undefined, decision: ProvenDecision['decision']): WebAnswer {
    const lines = [words(refusal), ...(request ? aboutWhat(WANTED[decision], request) : [])];
    return page(403, 'not', 'Not recorded', lines, cookieFor(publicUrl()).clear);
  }
}

/** Each name in a line of its own, behind a word of ours: what stands in one cannot pass for another. */
const aboutWhat = (word: string, { id, plan }: ChangeRequest): string[] => [
  `${word}: ${plain(titleIn(plan), 400)}`,
  `Account: ${plain(plan.account.userPrincipalName)}`,
  `Tenant: ${plain(plan.tenant.name, 80)}`,
  `Request: ${plain(id, 40)}`,
];

const AGAIN = 'Nothing was recorded. Press the button in Teams again to get a new link.';
const callbackOf = (origin: string): string => `${origin}/prove/callback`;

function intentOf(wanted: ProvenDecision, signedIn: SignedIn) {
  const { requestId, planDigest } = wanted;
  return wanted.decision === 'approve'
    ? ({ kind: 'approve-request', requestId, planDigest, signedIn } as const)
    : ({ kind: 'deny-request', requestId, planDigest, reason: wanted.reason, signedIn } as const);
}
