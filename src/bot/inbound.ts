import type { Activity } from 'botbuilder';

/** An activity of the channel with what every turn relies on checked; the rest of it is input. */
export type Inbound = Activity & { readonly id: string };

const SERVED = new Set(['message', 'invoke', 'installationUpdate', 'conversationUpdate']);
/** Teams sends these in the ordinary course of things, and nothing is done about them. An edited message is never a command (CM-1). */
const PASSED_OVER = new Set(['messageReaction', 'messageUpdate', 'messageDelete', 'typing', 'event', 'endOfConversation']);

/** `refuse`: not something the channel sends us (AU-6). */
export function kindOf(activity: Activity): 'serve' | 'pass-over' | 'refuse' {
  if (activity.deliveryMode !== undefined && activity.deliveryMode !== 'normal') return 'refuse';
  if (PASSED_OVER.has(activity.type)) return 'pass-over';
  return SERVED.has(activity.type) && isWhole(activity) ? 'serve' : 'refuse';
}

function isWhole(activity: Activity): activity is Inbound {
  return isId(activity.id) && isId(activity.from?.id) && isId(activity.recipient?.id) && isId(activity.conversation?.id);
}

const isId = (value: unknown): boolean =>
  typeof value === 'string' && value !== '' && value.length <= 512 && !value.includes('\0') && value.isWellFormed();

/** A field of `channelData`, which the SDK leaves untyped. What is there but is no text is `''`: it names something, and nothing of ours. */
export function channelDataText(activity: Activity, ...path: readonly string[]): string | undefined {
  let value: unknown = activity.channelData;
  for (const name of path) value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : '';
}

/** What names a delivery: the same for every repeat of it (AU-7). */
export const deliveryKey = (activity: Inbound): string => `${activity.conversation.id}|${activity.id}`;
