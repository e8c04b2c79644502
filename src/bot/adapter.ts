import { TeamsAdapter } from '@microsoft/teams-ai/lib/TeamsAdapter.js'; // the package's index also loads planners, models and tokenizers: 20 MB
import type { Activity, InvokeResponse, TurnContext } from 'botbuilder';
import { AuthenticationError, type ConnectorClient } from 'botframework-connector';
import { ChannelGuard, type GuardNeeds } from './auth.ts';

export type TurnLogic = (context: TurnContext) => Promise<void>;

/** The SDK's adapter with our guard at the door, and without its own way of handling HTTP. */
export class GuardedAdapter extends TeamsAdapter {
  readonly #guard: ChannelGuard;

  constructor(needs: GuardNeeds) {
    super({ MicrosoftAppId: needs.settings.appId }, needs.credentials);
    this.#guard = new ChannelGuard(needs);
    // The field is protected and readonly, and TeamsAdapter 1.7.4 makes it itself; this is the only way in.
    Object.defineProperty(this, 'botFrameworkAuthentication', { value: this.#guard });
  }

  /**
   * Runs one turn. Instead of CloudAdapter's `process`, which prints every refused call with its stack and answers some refusals with
   * 500 and the library's message.
   *
   * @returns `undefined` when the caller is not the channel; otherwise the invoke's answer, or nothing to say
   */
  async receive(
    authorization: string,
    activity: Activity,
    logic: TurnLogic,
  ): Promise<{ readonly invoke: InvokeResponse | undefined } | undefined> {
    try {
      return { invoke: await this.processActivity(authorization, activity, logic) };
    } catch (error) {
      if (error instanceof AuthenticationError) return undefined;
      throw error;
    }
  }

  /** @throws Error when the service address is not on the list */
  connector(serviceUrl: string): Promise<ConnectorClient> {
    return this.#guard.createConnectorFactory().create(serviceUrl);
  }
}
