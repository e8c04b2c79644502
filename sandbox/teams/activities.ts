import { randomUUID } from 'node:crypto';
import type { SandboxClock } from '../clock.ts';
import { APPS, CHANNEL, PEOPLE, type PersonName, TEAM } from '../world.ts';
import type { Json } from './cardTree.ts';
import type { Conversation } from './people.ts';

export const BOT = { id: `28:${APPS.bot}`, name: 'Breakglass' } as const;
const MENTION = `<at>${BOT.name}</at>`;

/** Makes activities as Teams sends them, for one server. */
export interface Activities {
  /** @param fields what this activity adds or replaces; a field of `null` is left out (hostile tests) */
  from(person: PersonName, conversation: Conversation, fields: Json): Json;
}

export function activities(clock: SandboxClock, serviceUrl: () => string): Activities {
  return {
    from(name, conversation, fields) {
      const person = PEOPLE[name];
      const now = clock.now().toISOString();
      const whole: Json = {
        type: 'message',
        id: `f:${randomUUID()}`,
        timestamp: now,
        localTimestamp: now,
        localTimezone: 'Etc/UTC',
        channelId: 'msteams',
        serviceUrl: serviceUrl(),
        from: { id: person.mri, name: person.name, aadObjectId: person.objectId },
        recipient: BOT,
        conversation: conversationAccount(name, conversation),
        channelData: channelData(name, conversation),
        locale: 'en-US',
        entities: [{ type: 'clientInfo', locale: 'en-US', country: 'US', platform: 'Web', timezone: 'Etc/UTC' }],
        ...fields,
      };
      return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== null));
    },
  };
}

/** @param text as typed @returns fields of a message; in the channel with the mention without which Teams would not call the bot */
export function messageFields(conversation: Conversation, text: string): Json & { text: string } {
  const mentioned = text.includes(MENTION) ? text : text.replace(new RegExp(`@${BOT.name}\\b`, 'i'), MENTION);
  const whole = conversation.kind === 'personal' || mentioned.includes(MENTION) ? mentioned : `${MENTION} ${mentioned}`;
  const client = { type: 'clientInfo', locale: 'en-US', country: 'US', platform: 'Web', timezone: 'Etc/UTC' };
  const mention = { type: 'mention', text: MENTION, mentioned: { id: BOT.id, name: BOT.name } };
  return { type: 'message', text: whole, textFormat: 'plain', entities: whole.includes(MENTION) ? [mention, client] : [client] };
}

function conversationAccount(name: PersonName, conversation: Conversation): Json {
  const tenantId = PEOPLE[name].tenantId;
  if (conversation.kind === 'personal') return { id: conversation.id, conversationType: 'personal', isGroup: false, tenantId };
  const id = conversation.threadId === null ? conversation.id : `${conversation.id};messageid=${conversation.threadId}`;
  return { id, name: CHANNEL.name, conversationType: 'channel', isGroup: true, tenantId };
}

function channelData(name: PersonName, conversation: Conversation): Json {
  const tenant = { id: PEOPLE[name].tenantId };
  if (conversation.kind === 'personal') return { tenant, source: { name: 'message' } };
  return {
    tenant,
    team: { id: TEAM.id, name: TEAM.name, aadGroupId: TEAM.aadGroupId },
    channel: { id: CHANNEL.id },
    teamsTeamId: TEAM.id,
    teamsChannelId: CHANNEL.id,
    source: { name: 'message' },
  };
}
