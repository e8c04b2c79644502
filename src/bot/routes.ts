import type { TurnState } from '@microsoft/teams-ai';
import { Application } from '@microsoft/teams-ai/lib/Application.js';
import type { TurnContext } from 'botbuilder';
import type { GuardedAdapter } from './adapter.ts';

type Handler = (context: TurnContext) => Promise<void>;

export interface RouteNeeds {
  readonly adapter: GuardedAdapter;
  readonly appId: string;
  readonly onMessage: Handler;
  readonly onInvoke: Handler;
  readonly onInstall: Handler;
}

/**
 * Three routes of our own on the library's Application, each for all activities of its kind. What teams-ai 1.7.4 itself would do is left
 * alone: its keywords match inside words ("approve" in "do not approve"), its typing timer is one for all turns at once, its turn state
 * is saved without a version (none is configured here), and it removes mentions of everybody.
 */
export function routes({ adapter, appId, onMessage, onInvoke, onInstall }: RouteNeeds): Handler {
  const app = new Application<TurnState>({ adapter, botAppId: appId, startTypingTimer: false, removeRecipientMention: false });
  const isOf =
    (...types: readonly string[]) =>
    async ({ activity }: TurnContext): Promise<boolean> =>
      types.includes(activity.type);
  app.addRoute(isOf('invoke'), onInvoke, true);
  app.addRoute(isOf('message'), onMessage);
  app.addRoute(isOf('installationUpdate', 'conversationUpdate'), onInstall);
  return async (context) => {
    await app.run(context);
  };
}
