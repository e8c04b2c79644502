import type { Selectable } from 'kysely';
import type { FeedState, PostedCard } from '../app/ports.ts';
import type { Feed } from '../core/alert/types.ts';
import type { Place, Subject } from '../core/effect.ts';
import type { Tables } from './tables.ts';

export const cardFrom = (row: Selectable<Tables['posted_card']>): PostedCard => ({
  key: row.key,
  subject: row.subject as Subject,
  variant: row.variant,
  place: placeFrom(row.place),
  state: row.state as PostedCard['state'],
  ...(row.conversation_id === null ? {} : { conversationId: row.conversation_id }),
  ...(row.activity_id === null ? {} : { activityId: row.activity_id }),
  shown: row.shown,
  urgent: row.urgent,
  first: row.first,
  ...(row.sent_at ? { sentAt: row.sent_at } : {}),
});

const placeFrom = (key: string): Place =>
  key === 'channel' ? { kind: 'channel' } : { kind: 'person', objectId: key.slice('person:'.length) };

export const feedFrom = (row: Selectable<Tables['feed']>): FeedState => ({
  tenantId: row.tenant_id,
  feed: row.feed as Feed,
  failures: row.failures,
  ...(row.last_success_at ? { lastSuccessAt: row.last_success_at } : {}),
  ...(row.freshest_at ? { freshestAt: row.freshest_at } : {}),
  ...(row.read_up_to ? { readUpTo: row.read_up_to } : {}),
  ...(row.last_error === null ? {} : { lastError: row.last_error }),
});
