import type { Documents } from '../documents.ts';
import { CHANNEL, HOME_TENANT, type PersonName, TEAM } from '../world.ts';
import { type Activities, BOT } from './activities.ts';
import type { Deliver } from './deliver.ts';
import { type Conversation, channel, hasPersonalInstallation, PERSON_NAMES, personalChat } from './people.ts';

const COLLECTION = 'teams.installed';
/** Whose account adds the app to the team: an administrator of the bot. */
const INSTALLER: PersonName = 'bob';

/**
 * Tells the bot once that it was added to the team and to each member's personal chat, so that it can keep references to write to.
 * What it did not answer with 2xx is told again at the next call.
 */
export async function install(documents: Documents, activities: Activities, deliver: Deliver): Promise<void> {
  const places: [id: string, by: PersonName, conversation: Conversation][] = [
    ['channel', INSTALLER, channel()],
    ...PERSON_NAMES.filter(hasPersonalInstallation).map((name): [string, PersonName, Conversation] => [name, name, personalChat(name)]),
  ];
  for (const [place, by, conversation] of places) {
    const inTeam = conversation.kind === 'channel';
    const team = { id: TEAM.id, name: TEAM.name, aadGroupId: TEAM.aadGroupId };
    const channelData = inTeam ? { tenant: { id: HOME_TENANT.id }, team, channel: { id: CHANNEL.id } } : { tenant: { id: HOME_TENANT.id } };
    const selected = inTeam ? { settings: { selectedChannel: { id: CHANNEL.id } } } : {};
    await once('installationUpdate', { action: 'add', channelData: { ...channelData, ...selected } });
    const eventType = inTeam ? { eventType: 'teamMemberAdded' } : {};
    await once('conversationUpdate', { membersAdded: [BOT], channelData: { ...channelData, ...eventType } });

    async function once(type: string, fields: Record<string, unknown>): Promise<void> {
      const id = `${place}|${type}`;
      if (documents.get(COLLECTION, id) !== undefined) return;
      const { status } = await deliver(activities.from(by, conversation, { type, entities: null, ...fields }));
      if (status >= 200 && status <= 299) documents.put(COLLECTION, id, { status });
    }
  }
}
