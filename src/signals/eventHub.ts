import { setTimeout as wait } from 'node:timers/promises';
import { CloseReason, EventHubConsumerClient, earliestEventPosition, type ReceivedEventData } from '@azure/event-hubs';
import type { Store, Stream, StreamLedger } from '../app/ports.ts';
import { checkpointStore } from './checkpoints.ts';
import { closed } from './closing.ts';
import { deliver } from './deliver.ts';
import { type IntakeNeeds, intake, type RawEvent } from './intake.ts';
import { streamHealth } from './streamHealth.ts';

/** An event hub that diagnostic settings write to. */
export interface EventHubSettings {
  /** `contoso-logs.servicebus.windows.net` */
  readonly namespace: string;
  readonly name: string;
  readonly consumerGroup: string;
  /** Tenants whose logs it carries, lower case. */
  readonly tenantIds: readonly string[];
  readonly credential: {
    getToken(scopes: string | string[]): Promise<{ readonly token: string; readonly expiresOnTimestamp: number } | null>;
  };
  /** Where the namespace is reached instead of by its name: a peer of a test only. No setting reaches it (ST-3). */
  readonly endpoint?: string;
  readonly rhythm?: Partial<Rhythm>;
}

interface Rhythm {
  /** How often partitions are looked at, and one's own are renewed. */
  readonly renewMs: number;
  /** After how long without a renewal others take a partition. */
  readonly expireMs: number;
  /** How long a read waits for events before it says there are none. */
  readonly waitSeconds: number;
}
const RHYTHM: Rhythm = { renewMs: 10_000, expireMs: 60_000, waitSeconds: 30 };
/** The event processor tries again anyway: what fails is soon known. */
const CALL_TIMEOUT_MS = 15_000;
/** What is stored is stored by then; only a connection is left. */
const CLOSE_TIMEOUT_MS = 5_000;
/** Of each partition, and an event holds up to 1 MB of records: with 32 partitions after an outage this is what lies in memory. */
const BATCH = 10;
const PREFETCH = 20;

export interface EventHubNeeds extends IntakeNeeds {
  readonly ledger: StreamLedger;
  /** Milliseconds from any start, for durations; of this process unless given. */
  elapsedMs?(): number;
  readonly store: IntakeNeeds['store'] & Pick<Store, 'conditions'>;
}

/**
 * The diagnostic stream by the library's own event processor: several replicas share the partitions, and each partition is read on from its
 * checkpoint, which moves only when all of a batch is stored (AL-4). The first read begins at the oldest event there is.
 */
export function eventHubStream(settings: EventHubSettings, needs: EventHubNeeds): Stream {
  const { namespace, name, consumerGroup, tenantIds } = settings;
  const { renewMs, expireMs, waitSeconds } = { ...RHYTHM, ...settings.rhythm };
  const stream = `${namespace}/${name}/${consumerGroup}`.toLowerCase();
  const log = needs.log.child({ stream });
  const health = streamHealth({ ...needs, log }, stream, tenantIds);
  const taking = intake({ ...needs, log }, tenantIds);

  return {
    start() {
      const client = new EventHubConsumerClient(
        consumerGroup,
        namespace,
        name,
        settings.credential,
        checkpointStore(needs.ledger, stream),
        {
          loadBalancingOptions: { strategy: 'greedy', updateIntervalInMs: renewMs, partitionOwnershipExpirationIntervalInMs: expireMs },
          ...reached(settings.endpoint),
        },
      );
      const stopping = new AbortController();
      const underWay = new Set<Promise<boolean>>();

      /** Whether all of it is stored. Throws nothing: the library would go on behind what was thrown at, and lose it. */
      async function takeIn(part: string, events: readonly RawEvent[]): Promise<boolean> {
        const failed = (error: unknown) => health.failed(part, error);
        const pause = (ms: number, signal: AbortSignal) => wait(ms, undefined, { signal }).catch(() => undefined);
        for (let tries = 0; !stopping.signal.aborted; tries += 1) {
          try {
            for (const signal of await taking.signalsIn(events)) {
              if (!(await deliver({ ...needs, failed, pause, stopping: stopping.signal }, signal))) return false;
            }
            await taking.heard(events);
            return true;
          } catch (error) {
            await failed(error);
            await pause(Math.min(30_000, 500 * 2 ** tries), stopping.signal);
          }
        }
        return false;
      }

      const subscription = client.subscribe(
        {
          async processEvents(events, context) {
            const { partitionId } = context;
            const work = takeIn(
              partitionId,
              events.map((event) => rawEvent(`${stream}/${partitionId}`, event)),
            );
            underWay.add(work);
            const stored = await work.finally(() => underWay.delete(work));
            if (!stored) return;
            try {
              const last = events.at(-1);
              if (last) await context.updateCheckpoint(last);
              await health.works(partitionId);
            } catch (error) {
              await health.failed(partitionId, error); // the same events come again after a restart, and are nothing new
            }
          },
          async processError(error, { partitionId }) {
            await (isTakenOver(error) ? health.takenOver(partitionId, error) : health.failed(partitionId, error));
          },
          async processClose(reason, { partitionId }) {
            // `Shutdown` is also how a partition ends that fails for good (6.0.4, partitionPump.js): it is then claimed anew.
            if (reason === CloseReason.OwnershipLost) health.left(partitionId);
          },
        },
        {
          startPosition: earliestEventPosition,
          skipParsingBodyAsJson: true,
          maxBatchSize: BATCH,
          prefetchCount: PREFETCH,
          maxWaitTimeInSeconds: waitSeconds,
        },
      );
      return {
        async stop() {
          stopping.abort();
          // It gives its partitions up in the database; where that is away, others take them over when they expire.
          await closed(subscription.close(), CLOSE_TIMEOUT_MS, log);
          await Promise.all(underWay);
          await closed(client.close(), CLOSE_TIMEOUT_MS, log);
        },
      };
    },
  };
}

/** Ids of its partitions: that they can be had shows that name, network and identity are right. @throws whatever the library says, or an abort */
export async function partitionsOf(settings: EventHubSettings, patienceMs: number): Promise<readonly string[]> {
  const { namespace, name, consumerGroup, credential, endpoint } = settings;
  const client = new EventHubConsumerClient(consumerGroup, namespace, name, credential, reached(endpoint));
  try {
    return await client.getPartitionIds({ abortSignal: AbortSignal.timeout(patienceMs) });
  } finally {
    await client.close();
  }
}

const reached = (endpoint: string | undefined) => ({
  retryOptions: { maxRetries: 1, retryDelayInMs: 1_000, timeoutInMs: CALL_TIMEOUT_MS },
  ...(endpoint === undefined ? {} : { customEndpointAddress: endpoint }),
});

const rawEvent = (partition: string, { sequenceNumber, enqueuedTimeUtc, body }: ReceivedEventData): RawEvent => ({
  id: `${partition}/${sequenceNumber}`,
  bytes: bytesOf(body),
  enqueuedAt: enqueuedTimeUtc,
});

/** How the service ends the link of whoever read a partition before: "amqp:link:stolen". It is how replicas share. */
const isTakenOver = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ReceiverDisconnectedError';

/** One data section, several, or an AMQP value of some other producer. */
function bytesOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  if (typeof body === 'string') return Buffer.from(body);
  if (Array.isArray(body) && body.every((part) => part instanceof Uint8Array)) return Buffer.concat(body);
  return Buffer.from(JSON.stringify(body ?? null));
}
