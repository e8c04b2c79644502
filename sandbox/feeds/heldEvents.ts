import type { Documents } from '../documents.ts';

/** An event that a partition holds. */
export interface HeldEvent {
  readonly sequenceNumber: number;
  readonly body: Buffer;
  readonly enqueuedAt: Date;
}

export interface Partition {
  /** @param from sequence number of the first that is wanted */
  events(from?: number): readonly HeldEvent[];
  /** Numbers are never used again, whatever is forgotten. */
  add(body: Buffer, enqueuedAt: Date): HeldEvent;
}

/** What a partition holds is forgotten by number here and by age in Azure: a few hours of a sandbox that is not used. */
const MOST = 1_000;

interface Kept {
  readonly partition: number;
  readonly sequenceNumber: number;
  /** Base64. */
  readonly body: string;
  /** ISO. */
  readonly enqueuedAt: string;
}

/** Partitions that are there again after `kill -9`. */
export function heldInDocuments(documents: Documents, collection: string, count: number): readonly Partition[] {
  const kept = documents.all<Kept>(collection);
  return Array.from({ length: count }, (_, partition) => {
    const before = kept.filter((each) => each.partition === partition);
    const idOf = ({ sequenceNumber }: HeldEvent): string => `${partition}/${sequenceNumber}`;
    return partitionOf(
      before.map(({ sequenceNumber, body, enqueuedAt }) => ({
        sequenceNumber,
        body: Buffer.from(body, 'base64'),
        enqueuedAt: new Date(enqueuedAt),
      })),
      {
        kept: (event) => documents.put(collection, idOf(event), { ...event, partition, body: event.body.toString('base64') }),
        forgotten: (event) => documents.remove(collection, idOf(event)),
      },
    );
  });
}

export const heldInMemory = (): Partition => partitionOf([], { kept: () => undefined, forgotten: () => undefined });

function partitionOf(
  before: readonly HeldEvent[],
  { kept, forgotten }: Readonly<Record<'kept' | 'forgotten', (event: HeldEvent) => void>>,
): Partition {
  const events = [...before];
  return {
    events(from = 0) {
      const first = events[0]?.sequenceNumber ?? 0;
      return events.slice(Math.max(0, from - first));
    },
    add(body, enqueuedAt) {
      const event = { sequenceNumber: (events.at(-1)?.sequenceNumber ?? -1) + 1, body, enqueuedAt };
      kept(event);
      events.push(event);
      for (const old of events.splice(0, Math.max(0, events.length - MOST))) forgotten(old);
      return event;
    },
  };
}
