import type { countedRefusals } from '../app/countedRefusals.ts';
import type { Log } from '../app/log.ts';
import type { People, Store, Transaction } from '../app/ports.ts';
import type { Actor } from '../core/people.ts';
import { newTicket, ticketHash } from '../proof/binding.ts';
import { page } from '../proof/pages.ts';

export interface LinkNeeds {
  readonly store: Pick<Store, 'transaction'>;
  readonly people: Pick<People, 'lookUp'>;
  /** Origin under which browsers reach us. Never taken from a request. */
  publicUrl(): string;
  readonly log: Log;
}

/** What is the same for every one-time link: how it is made, whether it is worth something, and in whose name it is opened. */
export interface OneTimeLinks<Ticket> {
  readonly minutes: number;
  /** A fresh ticket: its hash for the door, its address for the person who pressed. */
  ticket(): { readonly hash: string; readonly url: string };
  /** Read only: a ticket is spent by the door, with what it stands for. */
  valid(ticket: string): Promise<Ticket | undefined>;
  /** Says nothing but that it did not work: nobody is known yet (HT-5). */
  turnedAway(): ReturnType<typeof page>;
  /** Looked up anew, as for a press (ID-4). */
  actorOf(objectId: string): Promise<Actor>;
}

/**
 * @param path    first part of its address: `/runbook/<ticket>`
 * @param again   what to do for a new one
 * @param refused the event of the log for links that are worth nothing
 */
export function oneTimeLinks<Ticket extends { readonly expiresAt: Date }>(
  { store, people, publicUrl }: LinkNeeds,
  {
    path,
    minutes,
    again,
    refused,
    read,
  }: {
    readonly path: string;
    readonly minutes: number;
    readonly again: string;
    readonly refused: ReturnType<typeof countedRefusals>;
    read(tx: Transaction, hash: string): Promise<Ticket | undefined>;
  },
): OneTimeLinks<Ticket> {
  return {
    minutes,
    ticket() {
      const ticket = newTicket();
      return { hash: ticketHash(ticket), url: `${publicUrl()}/${path}/${ticket}` };
    },
    valid: (ticket) =>
      store.transaction(async (tx) => {
        const found = await read(tx, ticketHash(ticket));
        return found && (await tx.now()) < found.expiresAt ? found : undefined;
      }),
    turnedAway() {
      refused();
      return page(400, 'not', 'This link does not work', [`It may be older than ${minutes} minutes or used already.`, again]);
    },
    async actorOf(objectId) {
      const found = await people.lookUp(objectId);
      return found.ok ? { kind: 'person', person: found.person, roles: found.roles } : { kind: 'stranger', objectId, why: found.why };
    },
  };
}
