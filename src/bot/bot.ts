import type { Activity, TurnContext } from 'botbuilder';
import { countedRefusals } from '../app/countedRefusals.ts';
import type { Log } from '../app/log.ts';
import type { Channel } from '../app/ports.ts';
import type { ChangeRequest } from '../core/request/types.ts';
import { accountForms } from './accountForms.ts';
import { GuardedAdapter } from './adapter.ts';
import { readAddress } from './address.ts';
import { errorAnswer } from './answers.ts';
import { teamsChannel } from './channel.ts';
import { channelKeys } from './channelKeys.ts';
import { help } from './commands/help.ts';
import { BotCredentials } from './credentials.ts';
import { faultSentence } from './faults.ts';
import { forms } from './forms.ts';
import { kindOf } from './inbound.ts';
import { installs } from './installs.ts';
import { invokes } from './invokes.ts';
import { messages } from './messages.ts';
import { type BotNeeds, say } from './needs.ts';
import { dressWith, reply } from './outbound.ts';
import { routes } from './routes.ts';
import { sentForms } from './sentForms.ts';
import { serviceUrlGuard } from './serviceUrls.ts';
import type { BotSettings } from './settings.ts';
import { actionTable, commandTable, helpNeeds } from './tables.ts';

export interface Bot {
  /** Answers one POST of the channel: 401 to whoever is not the channel, whatever the reason. */
  handle(call: BotCall): Promise<BotAnswer>;
  /** Teams, outbound, for jobs. Throws `ChannelFault`. */
  readonly channel: Channel;
  /** Teams ids of those whose own view of a request's card differs from everybody's: the requester may withdraw, who approved has no more to press. */
  refreshFor(request: ChangeRequest): Promise<readonly string[]>;
  /** Resolves when nothing of what follows an answer is under way. */
  settled(): Promise<void>;
}

export interface BotCall {
  readonly headers: { readonly authorization?: string | undefined };
  readonly body: Readonly<Record<string, unknown>>;
}

export interface BotAnswer {
  readonly status: number;
  readonly body?: unknown;
}

/** Teams in and out: checks who calls, reads what they want, asks the door, shows what came of it. */
export function createBot(needs: BotNeeds, settings: BotSettings): Bot {
  const { log, store, people } = needs;
  const isServiceUrl = serviceUrlGuard(settings.serviceUrls);
  const credentials = new BotCredentials(settings.appId, needs.credential, isServiceUrl);
  const adapter = new GuardedAdapter({ settings, credentials, keys: channelKeys(settings.channel.openIdMetadataUrl, log), isServiceUrl });
  adapter.onTurnError = turnError(log, dressWith(settings.banner));

  const dress = dressWith(settings.banner);
  const channel = teamsChannel({ adapter, channelId: settings.channelId, dress });
  const open = forms(needs);
  const onAccounts = accountForms(needs);
  const forHelp = helpNeeds();
  const sent = sentForms(adapter, dress, log);
  const installed = installs({ settings, store, log, dress, post: async (to, { rendered }) => void (await channel.post(to, rendered)) });
  const run = routes({
    adapter,
    appId: settings.appId,
    onMessage: messages({
      settings,
      commands: commandTable(needs, open, onAccounts, forHelp),
      help: (about, asker) => help.run(about.kind === 'unknown' ? { about } : {}, forHelp(asker)),
      people,
      store,
      log,
      dress,
      remember: installed.remember,
      formSent: sent.sent,
    }),
    onInvoke: invokes({ settings, actions: actionTable(needs, open, onAccounts, sent.done), people, store, log, dress }),
    onInstall: installed.onInstall,
  });
  const refused = countedRefusals(log, 'message.refused');

  return {
    channel,
    settled: sent.settled,
    async handle({ headers, body }) {
      let refusedStatus: number | undefined;
      const activity = body as unknown as Activity;
      const turn = await adapter.receive(headers.authorization ?? '', activity, async (context) => {
        const kind = kindOf(activity);
        if (kind === 'refuse') refusedStatus = 400;
        else if (kind === 'serve') await run(context);
      });
      if (!turn) {
        refused();
        return { status: 401 };
      }
      if (refusedStatus !== undefined) return { status: refusedStatus };
      return turn.invoke ? { status: turn.invoke.status, body: turn.invoke.body as unknown } : { status: 200 };
    },
    async refreshFor(request) {
      const own = [request.requester, ...request.decisions.map(({ person }) => person)].map(({ objectId }) => objectId);
      const conversations = await Promise.all([...new Set(own)].map((objectId) => store.conversation({ kind: 'person', objectId })));
      return conversations.flatMap((conversation) => readAddress(conversation?.reference)?.mri ?? []);
    },
  };
}

/** What no route caught. People see a sentence with a reference; an invoke that is not answered would show Teams' own words. */
function turnError(log: Log, dress: ReturnType<typeof dressWith>): (context: TurnContext, error: unknown) => Promise<void> {
  return async (context, error) => {
    const { type, name } = context.activity;
    const sentence = faultSentence(log, 'turn.failed', error, { activity: type });
    if (type === 'invoke') {
      await context.sendActivity({ type: 'invokeResponse', value: { status: 200, body: errorAnswer(name ?? '', 500, 'fault', sentence) } });
    } else if (type === 'message') {
      await reply(context, say(sentence), dress).catch((failure: unknown) => {
        log.warn('turn.unanswered', { error: failure instanceof Error ? failure.message : String(failure) });
      });
    }
  };
}
