import type { TurnContext } from 'botbuilder';
import type { Log } from '../app/log.ts';
import type { Conversation, Reads, Writes } from '../app/ports.ts';
import { welcomePersonalCard, welcomeTeamCard } from '../cards/views/welcome.ts';
import type { Place } from '../core/effect.ts';
import { type Address, addressOf } from './address.ts';
import { isOfTenant, objectIdOf } from './identity.ts';
import { channelDataText, type Inbound } from './inbound.ts';
import { card, type Said } from './needs.ts';
import { type Dress, reply } from './outbound.ts';
import { whereaboutsOf } from './place.ts';
import { Recent } from './recent.ts';
import type { BotSettings } from './settings.ts';

export interface InstallNeeds {
  readonly settings: Pick<BotSettings, 'homeTenantId' | 'teamId' | 'channelId'>;
  readonly store: Pick<Reads, 'conversation'> & Pick<Writes, 'remember' | 'firstSight'>;
  readonly log: Log;
  readonly dress: Dress;
  /** Posts in the security channel, as jobs do. */
  post(to: Conversation, said: Extract<Said, { kind: 'card' }>): Promise<void>;
}

const MOST_KNOWN = 1_000;

export interface Installs {
  /** `installationUpdate` and `conversationUpdate`. */
  onInstall(context: TurnContext): Promise<void>;
  /** Keeps where this person, or the channel, can be written to; writes only when it is new or has moved. */
  remember(activity: Inbound): Promise<void>;
}

export function installs(needs: InstallNeeds): Installs {
  const { settings, store } = needs;
  const known = new Recent<string>(MOST_KNOWN);

  async function keep(place: Place, address: Address): Promise<Conversation> {
    const conversation = { place, conversationId: address.conversationId, reference: address };
    await store.remember(conversation);
    known.set(keyOf(place), JSON.stringify(address));
    return conversation;
  }

  return {
    async remember(activity) {
      const where = whereaboutsOf(activity, settings);
      const place =
        where === 'channel' ? ({ kind: 'channel' } as const) : where === 'personal' ? personalPlace(activity, settings) : undefined;
      if (!place) return;
      const address = addressOf(activity, place.kind, settings.channelId);
      if (known.get(keyOf(place)) !== JSON.stringify(address)) await keep(place, address);
    },

    async onInstall(context) {
      const activity = context.activity as Inbound;
      if (!isArrival(activity) || !isOfTenant(activity, settings.homeTenantId)) return;
      const { conversationType } = activity.conversation;
      const ourTeam = channelDataText(activity, 'team', 'id') === settings.teamId;
      const place =
        conversationType === 'personal' ? personalPlace(activity, settings) : ourTeam ? ({ kind: 'channel' } as const) : undefined;
      if (!place) {
        // Another team, or a group chat: said once, and nothing is kept of it.
        if (activity.type === 'installationUpdate') await reply(context, card(welcomeTeamCard({ channelIsSecurity: false })), needs.dress);
        return;
      }
      const welcomed = (await store.conversation(place)) !== undefined;
      // Also where the address is the same as ever: what was refused while the bot was away is sent because we remember again (AL-2).
      const conversation = await keep(place, addressOf(activity, place.kind, settings.channelId));
      needs.log.info('installed', { place: place.kind, ...(place.kind === 'person' ? { objectId: place.objectId } : {}) });
      // Teams tells of one installation twice, in two kinds of activity and at the same time.
      const key = `welcome|${keyOf(place)}`;
      if (welcomed || !(await store.firstSight(key))) return;
      if (place.kind === 'channel')
        await needs.post(conversation, { kind: 'card', rendered: welcomeTeamCard({ channelIsSecurity: true }) });
      else await reply(context, card(welcomePersonalCard({ name: nameOf(activity) })), needs.dress);
    },
  };
}

const keyOf = (place: Place): string => (place.kind === 'channel' ? 'channel' : place.objectId);

/** Added just now; being removed, or somebody else coming or going, is nothing to us. */
function isArrival({ type, action, membersAdded, recipient }: Inbound): boolean {
  if (type === 'installationUpdate') return action === 'add' || action === 'add-upgrade';
  return Array.isArray(membersAdded) && membersAdded.some((member) => member?.id === recipient.id);
}

function personalPlace(activity: Inbound, { homeTenantId }: Pick<BotSettings, 'homeTenantId'>): Place | undefined {
  const objectId = objectIdOf(activity);
  const bot = activity.from.id.startsWith('28:');
  return objectId !== undefined && !bot && isOfTenant(activity, homeTenantId) ? { kind: 'person', objectId } : undefined;
}

const nameOf = ({ from }: Inbound): string => (typeof from.name === 'string' && from.name !== '' ? from.name : 'there');
