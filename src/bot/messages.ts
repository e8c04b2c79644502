import type { TurnContext } from 'botbuilder';
import type { Log } from '../app/log.ts';
import type { People, Writes } from '../app/ports.ts';
import { words } from '../cards/refusals.ts';
import type { Asker, Command } from './commandDef.ts';
import { type Parsed, parse, type Typed } from './grammar.ts';
import { actorOf } from './identity.ts';
import { deliveryKey, type Inbound } from './inbound.ts';
import { type Said, say } from './needs.ts';
import { type Dress, reply } from './outbound.ts';
import { HONOURED_HERE, whereaboutsOf } from './place.ts';
import type { BotSettings } from './settings.ts';

export interface MessageNeeds {
  readonly settings: Pick<BotSettings, 'homeTenantId' | 'teamId' | 'channelId'>;
  readonly commands: ReadonlyMap<string, Command>;
  /** Everything that is no command. */
  help(about: Parsed, asker: Asker): Promise<Said>;
  readonly people: People;
  readonly store: Pick<Writes, 'firstSight'>;
  readonly log: Log;
  readonly dress: Dress;
  /** Keeps where the person or the channel can be written to. */
  remember(activity: Inbound): Promise<void>;
  /** A form went out as that message of the conversation. */
  formSent(formId: string, activity: Inbound, messageId: string): void;
}

/** Answers what people write. A message that was delivered before was answered before (AU-7). */
export function messages(needs: MessageNeeds): (context: TurnContext) => Promise<void> {
  const commandWords = [...needs.commands.keys()];

  return async (context) => {
    const activity = context.activity as Inbound;
    const first = await needs.store.firstSight(deliveryKey(activity));
    if (!first) return;
    const where = whereaboutsOf(activity, needs.settings);
    if (where === 'elsewhere') {
      await reply(context, say(HONOURED_HERE), needs.dress);
      return;
    }
    const actor = await actorOf(activity, needs.settings.homeTenantId, needs.people);
    if (actor.kind === 'stranger' && actor.why === 'other-tenant') {
      await reply(context, say(words({ code: 'stranger', why: actor.why })), needs.dress);
      return;
    }
    await needs.remember(activity);
    const asker = { actor, mri: activity.from.id, where };
    const parsed = parse(typedIn(activity), commandWords);
    const command = parsed.kind === 'command' ? needs.commands.get(parsed.word) : undefined;
    needs.log.info('message', {
      command: command?.word ?? parsed.kind,
      actorId: actor.kind === 'person' ? actor.person.objectId : actor.kind,
    });
    const said = parsed.kind === 'command' && command ? await command.answer(parsed.rest, asker) : await needs.help(parsed, asker);
    const messageId = await reply(context, said, needs.dress);
    if (said.kind === 'card' && said.formId !== undefined && messageId) needs.formSent(said.formId, activity, messageId);
  };
}

function typedIn({ text, entities, recipient, attachments }: Inbound): Typed {
  const mentions = (Array.isArray(entities) ? entities : [])
    .filter((entity) => entity?.type === 'mention' && entity.mentioned?.id === recipient.id)
    .map((entity): unknown => entity.text)
    .filter((mention) => typeof mention === 'string');
  const quotes = (Array.isArray(attachments) ? attachments : []).some(
    ({ contentType, content }) => contentType === 'messageReference' || (typeof content === 'string' && content.includes('<blockquote')),
  );
  return { text: typeof text === 'string' ? text : '', mentions, quotes };
}
