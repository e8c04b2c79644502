import type { Log } from '../app/log.ts';
import type { Channel, Store } from '../app/ports.ts';
import { heartbeatCard } from '../cards/views/heartbeat.ts';
import type { Turn } from './pace.ts';
import { URGENT } from './pace.ts';

export interface HeartbeatNeeds {
  readonly store: Store;
  readonly channel: Channel;
  readonly heartbeatSeconds: number;
  /** How many feeds are expected to be heard now. */
  expectedFeeds(): Promise<number>;
  readonly log: Log;
}

const SILENT = 'silent:';

/**
 * Brings a heartbeat to the channel the way alerts go, and notes that it arrived (SI-3). It is an update of one card, which Teams shows
 * without telling anybody: a new card every few minutes would bury the alerts. Where the card is gone it is posted anew.
 */
export async function bringHeartbeat(needs: HeartbeatNeeds, turn: Turn, number: number): Promise<void> {
  const { store, channel, heartbeatSeconds, log } = needs;
  const known = await store.heartbeat();
  if (known.arrived >= number) return;
  const conversation = await store.conversation({ kind: 'channel' });
  if (!conversation) throw new Error('Teams has not told yet where the channel is');
  const [at, conditions, open, audit, feeds] = await Promise.all([
    store.now(),
    store.conditions(),
    store.openAlerts(100),
    store.auditHead(),
    needs.expectedFeeds(),
  ]);
  log.info('audit.head', { ...audit });
  const silentFeeds = [...conditions.keys()].filter((name) => name.startsWith(SILENT)).length;
  const card = heartbeatCard({
    at,
    everySeconds: heartbeatSeconds,
    openAlerts: open.length,
    silentFeeds,
    feeds: Math.max(feeds, silentFeeds),
    audit,
  });
  await turn(conversation.conversationId, URGENT);
  const { conversationId, activityId } = known;
  if (conversationId !== undefined && activityId !== undefined) {
    try {
      await channel.update(conversation, conversationId, activityId, card);
      return await store.heartbeatArrived(number, { conversationId, activityId });
    } catch (error) {
      if (!isGone(error)) throw error;
      log.warn('heartbeat.card-gone', {});
    }
  }
  await store.heartbeatArrived(number, await channel.post(conversation, card));
}

const isGone = (error: unknown): boolean => error instanceof Error && 'status' in error && (error.status === 403 || error.status === 404);
