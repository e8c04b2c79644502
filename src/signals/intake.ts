import { isBy, knownChanger } from '../app/changerIdentity.ts';
import type { Door } from '../app/dispatch.ts';
import type { Log } from '../app/log.ts';
import type { Store, Tenants } from '../app/ports.ts';
import type { Intent } from '../core/intent.ts';
import { type Find, type Sieve, sieve } from './sift.ts';

/** An event as a stream brought it. */
export interface RawEvent {
  /** The same whenever it comes again. */
  readonly id: string;
  readonly bytes: Uint8Array;
  readonly enqueuedAt: Date;
}

export interface IntakeNeeds {
  readonly store: Pick<Store, 'watchedUsers' | 'feedRead' | 'now'>;
  readonly door: Door;
  readonly tenants: Pick<Tenants, 'info' | 'changer'>;
  readonly log: Log;
}

/** Something to be told, and what to keep in its place when the door can never take it. */
export interface Signal {
  readonly intent: Intent;
  readonly otherwise: Intent;
}

export interface Intake {
  /** What of these events concerns us; nothing is stored yet. */
  signalsIn(events: readonly RawEvent[]): Promise<readonly Signal[]>;
  /** Notes of whom they were, once all is stored. */
  heard(events: readonly RawEvent[]): Promise<void>;
}

type Quarantine = Extract<Intent, { kind: 'signal-quarantined' }>;

/**
 * Turns raw events into what is to be told. Made for one stream.
 *
 * @param tenantIds whose logs it carries, lower case; the only one is also that of records that name none
 */
export function intake(needs: IntakeNeeds, tenantIds: readonly string[]): Intake {
  const { store, tenants, log } = needs;
  const onlyTenant = tenantIds.length === 1 ? tenantIds[0] : undefined;
  let made: { readonly of: string; readonly sieve: Sieve } | undefined;

  async function watched(): Promise<{ readonly users: ReadonlySet<string>; readonly sieve: Sieve }> {
    const users = new Set((await Promise.all(tenantIds.map((id) => store.watchedUsers(id)))).flat().map((id) => id.toLowerCase()));
    const groups = tenantIds.flatMap((id) => tenants.info(id)?.exclusionGroupId.toLowerCase() ?? []);
    const ids = [...users, ...groups].sort();
    const of = ids.join();
    if (made?.of !== of) made = { of, sieve: sieve(new Set(ids)) };
    return { users, sieve: made.sieve };
  }

  return {
    async signalsIn(events) {
      const { users, sieve: current } = await watched();
      const signals: Signal[] = [];
      for (const event of events) {
        for (const find of sifted(current, event)) signals.push(await signalOf(needs, users, find, onlyTenant));
        await new Promise((resolve) => setImmediate(resolve)); // cards and clicks come between two events
      }
      return signals;
    },
    async heard(events) {
      const newest = new Map<string, Date>();
      for (const { bytes, enqueuedAt } of events) {
        for (const tenantId of tenantIds.length === 1 ? tenantIds : tenantIds.filter((id) => speaksOf(bytes, id))) {
          const known = newest.get(tenantId);
          if (known === undefined || known < enqueuedAt) newest.set(tenantId, enqueuedAt);
        }
      }
      for (const [tenantId, freshestAt] of newest) await store.feedRead(tenantId, 'event-hub', { freshestAt });
    },
  };

  /** Each find with the name it has whenever the event comes again. What cannot be read of an event is a find as well (AL-5). */
  function sifted(current: Sieve, { id, bytes }: RawEvent): Named[] {
    try {
      const { finds, unreadable } = current.sift(bytes, onlyTenant);
      const rest = unreadable === undefined ? [] : [kept(`${id}:rest`, unreadable, bytes, onlyTenant)];
      return [...finds.map((find, index) => ({ name: `${id}:${index}`, find })), ...rest];
    } catch (error) {
      log.error('stream.unsifted', { error });
      return [kept(id, 'An event came that could not be looked through.', bytes, onlyTenant)];
    }
  }
}

type Named = { readonly name: string; readonly find: Find } | { readonly name: string; readonly keep: Quarantine };

const kept = (name: string, words: string, bytes: Uint8Array, tenantId: string | undefined): Named => ({
  name,
  keep: quarantine(name, words, bytes, tenantId),
});

const quarantine = (dedupe: string, words: string, bytes: Uint8Array, tenantId?: string): Quarantine => ({
  kind: 'signal-quarantined',
  feed: 'event-hub',
  dedupe,
  words,
  bytes,
  ...(tenantId === undefined ? {} : { tenantId }),
});

async function signalOf(
  { tenants, log }: IntakeNeeds,
  users: ReadonlySet<string>,
  named: Named,
  onlyTenant: string | undefined,
): Promise<Signal> {
  if ('keep' in named) return { intent: named.keep, otherwise: named.keep };
  const { name, find } = named;
  const { record, reading } = find;
  const keep = (words: string, tenantId?: string) => quarantine(name, words, Buffer.from(JSON.stringify(record)), tenantId);
  if (reading.kind === 'unknown') return same(keep(`The stream brought ${reading.words}.`, onlyTenant));
  const { tenantId } = reading.kind === 'sign-in' ? reading.event : reading.change;
  if (tenants.info(tenantId) === undefined) return same(keep('A record came of a tenant that is not configured.', tenantId));
  const note = keep('A record came that could not be taken in.', tenantId);
  // Somebody is in, or something was changed, all the same: it has a card of its own (AL-6). Failed attempts may be many.
  const otherwise = reading.kind === 'change' || reading.event.errorCode === 0 ? { ...note, apart: true as const } : note;
  if (reading.kind === 'change') {
    const byChanger = isBy(reading.change.actor, await knownChanger(tenants, tenantId, log));
    return { intent: { kind: 'change-seen', change: reading.change, feed: 'event-hub', byChanger }, otherwise };
  }
  const { event } = reading;
  if (users.has(event.userId)) return { intent: { kind: 'sign-in-seen', event, feed: 'event-hub' }, otherwise };
  return same(keep('A sign-in of somebody else names an account or group that is watched.', tenantId));
}

const same = (intent: Quarantine): Signal => ({ intent, otherwise: intent });

/** Whether the id stands in the bytes, in either letter case: several tenants may share a stream. */
function speaksOf(bytes: Uint8Array, id: string): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.includes(id, 0, 'latin1') || buffer.includes(id.toUpperCase(), 0, 'latin1');
}
