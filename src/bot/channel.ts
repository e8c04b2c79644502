import type { Activity } from 'botbuilder';
import type { Channel, Conversation, OutgoingCard } from '../app/ports.ts';
import type { GuardedAdapter } from './adapter.ts';
import { type Address, readAddress } from './address.ts';
import { ChannelFault } from './channelFault.ts';
import { cardMessage, type Dress } from './outbound.ts';

export interface ChannelNeeds {
  readonly adapter: Pick<GuardedAdapter, 'connector'>;
  readonly channelId: string;
  readonly dress: Dress;
}

/**
 * Teams, outbound. One attempt a call, at most 8 seconds; who calls decides what is tried again and when.
 *
 * Each method @throws ChannelFault for whatever is not a success; Error when the stored address is unreadable or no longer one the bot
 * may send its token to (AU-4)
 */
export function teamsChannel({ adapter, channelId, dress }: ChannelNeeds): Channel {
  return {
    async post(to, card) {
      const address = stored(to);
      const { conversations } = await adapter.connector(address.serviceUrl);
      const activity = message(address, dress(card));
      if (to.place.kind === 'person') {
        const { id } = await conversations.sendToConversation(address.conversationId, activity);
        return { conversationId: address.conversationId, activityId: answered(id) };
      }
      // A post of its own, not a reply: the bot starts a new conversation in the channel with it.
      const made = await conversations.createConversation({
        isGroup: true,
        bot: address.bot,
        activity: activity as Activity,
        channelData: { channel: { id: channelId }, ...(address.tenantId === '' ? {} : { tenant: { id: address.tenantId } }) },
        members: [],
        tenantId: address.tenantId,
      } as unknown as Parameters<typeof conversations.createConversation>[0]);
      const conversationId = answered(made.id);
      return { conversationId, activityId: answered(made.activityId ?? /;messageid=(.+)$/.exec(conversationId)?.[1]) };
    },

    async update(to, conversationId, activityId, card) {
      const address = stored(to);
      const { conversations } = await adapter.connector(address.serviceUrl);
      await conversations.updateActivity(conversationId, activityId, { ...message(address, dress(card)), id: activityId });
    },
  };
}

function stored(to: Conversation): Address {
  const address = readAddress(to.reference);
  if (!address) throw new Error('the stored address of a conversation is unreadable');
  return address;
}

const message = ({ bot }: Address, card: OutgoingCard): Partial<Activity> => ({ ...cardMessage(card), channelId: 'msteams', from: bot });

/** An answer without an id: Teams took the card, but we cannot say which it is. */
function answered(id: string | undefined): string {
  if (id) return id;
  throw new ChannelFault('Teams answered without the id of the message', { status: 200, ambiguous: true });
}
