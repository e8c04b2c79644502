import type { Place } from '../core/effect.ts';
import type { Inbound } from './inbound.ts';

/** What is stored of a conversation reference: where and as whom to write. No token, and nothing that gives a right. */
export interface Address {
  readonly serviceUrl: string;
  readonly conversationId: string;
  readonly tenantId: string;
  readonly bot: { readonly id: string; readonly name: string };
  /** Teams user id of the person of a personal chat: whose client fetches its own view of a card. */
  readonly mri?: string;
}

/** @param channelId the channel itself is written to, not the post the activity came from */
export function addressOf(activity: Inbound, kind: Place['kind'], channelId: string): Address {
  const { serviceUrl, conversation, recipient } = activity;
  const tenantId = conversation.tenantId ?? '';
  const bot = { id: recipient.id, name: typeof recipient.name === 'string' ? recipient.name : '' };
  if (kind === 'channel') return { serviceUrl, conversationId: channelId, tenantId, bot };
  return { serviceUrl, conversationId: conversation.id, tenantId, bot, mri: activity.from.id };
}

/** Reads what was stored; `undefined` for anything else. */
export function readAddress(value: unknown): Address | undefined {
  const { serviceUrl, conversationId, tenantId, bot, mri } = (value ?? {}) as Record<string, unknown>;
  const { id, name } = (bot ?? {}) as Record<string, unknown>;
  if (typeof serviceUrl !== 'string' || typeof conversationId !== 'string' || typeof tenantId !== 'string') return undefined;
  if (typeof id !== 'string' || typeof name !== 'string') return undefined;
  return { serviceUrl, conversationId, tenantId, bot: { id, name }, ...(typeof mri === 'string' ? { mri } : {}) };
}
