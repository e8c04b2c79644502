import type { Activity } from 'botbuilder';
import { channelDataText } from './inbound.ts';
import type { BotSettings } from './settings.ts';

/** `elsewhere`: another team, another channel, a group chat. Commands are honoured in the other two only (ID-6). */
export type Whereabouts = 'channel' | 'personal' | 'elsewhere';

export const HONOURED_HERE = 'I only act in the security channel I was set up for, and in personal chats with me. Please ask me there.';

export function whereaboutsOf(activity: Activity, { teamId, channelId }: Pick<BotSettings, 'teamId' | 'channelId'>): Whereabouts {
  const team = channelDataText(activity, 'team', 'id');
  const channel = channelDataText(activity, 'channel', 'id');
  const { conversationType, isGroup, id } = activity.conversation;
  if (conversationType === 'personal') return team === undefined && channel === undefined && isGroup !== true ? 'personal' : 'elsewhere';
  // A post's own conversation is `<channel>;messageid=<post>`; what is answered goes there, so it must be of that channel too.
  const ofChannel = id.split(';', 1)[0] === channelId;
  return conversationType === 'channel' && team === teamId && channel === channelId && ofChannel ? 'channel' : 'elsewhere';
}
