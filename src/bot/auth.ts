import { type Activity, ConfigurationBotFrameworkAuthentication, StatusCodes } from 'botbuilder';
import {
  type AuthenticateRequestResult,
  AuthenticationError,
  ClaimsIdentity,
  type ConnectorClient,
  type ConnectorFactory,
  type ServiceClientCredentialsFactory,
  type UserTokenClient,
} from 'botframework-connector';
import { isFromChannel, type TokenNeeds } from './channelToken.ts';
import { connectorHttp } from './connectorHttp.ts';
import type { BotSettings } from './settings.ts';

export interface GuardNeeds extends TokenNeeds {
  readonly settings: BotSettings;
  readonly credentials: ServiceClientCredentialsFactory;
}

const MAX_CLIENTS = 50;

/**
 * Lets in what the Teams channel service signed for this bot, and nothing else (AU-1 to AU-3). botframework-connector 4.23.3 also takes
 * "emulator" tokens (the bot's own outbound token among them, with any `from`), tokens without expiry, activities without a service
 * address, and grows a global list with every unverified token; so none of its validation runs here.
 */
export class ChannelGuard extends ConfigurationBotFrameworkAuthentication {
  readonly #needs: GuardNeeds;
  readonly #identity: ClaimsIdentity;
  readonly #clients = new Map<string, Promise<ConnectorClient>>();
  #userTokens: Promise<UserTokenClient> | undefined;

  constructor(needs: GuardNeeds) {
    const { appId, channel } = needs.settings;
    // What the SDK would check callers by is left out: it checks none.
    super(
      {
        ToChannelFromBotLoginUrl: channel.toChannelFromBotLoginUrl,
        ToChannelFromBotOAuthScope: channel.toChannelFromBotOAuthScope,
        OAuthUrl: channel.oAuthUrl,
      },
      needs.credentials,
      undefined,
      undefined,
      { httpClient: connectorHttp(needs.isServiceUrl) },
    );
    this.#needs = needs;
    this.#identity = new ClaimsIdentity([{ type: 'aud', value: appId }], true);
  }

  /** @throws AuthenticationError, the same for every reason */
  override async authenticateRequest(activity: Activity, authHeader: string): Promise<AuthenticateRequestResult> {
    if (!(await isFromChannel(activity, authHeader, this.#needs))) throw unauthorized();
    return {
      audience: this.#needs.settings.channel.toChannelFromBotOAuthScope,
      callerId: '',
      claimsIdentity: this.#identity,
      connectorFactory: this.createConnectorFactory(),
    };
  }

  /** Streaming and skill channels do not exist here. */
  override async authenticateStreamingRequest(): Promise<AuthenticateRequestResult> {
    throw unauthorized();
  }

  override async authenticateChannelRequest(): Promise<ClaimsIdentity> {
    throw unauthorized();
  }

  /** Clients are kept per service address: making one each turn costs a fifth of the turn. The list stays small: only verified addresses get here. */
  override createConnectorFactory(): ConnectorFactory {
    return {
      create: (serviceUrl, audience) => {
        if (!this.#needs.isServiceUrl(serviceUrl)) return Promise.reject(new Error('the service address is not on the list'));
        const known = this.#clients.get(serviceUrl);
        if (known) return known;
        if (this.#clients.size >= MAX_CLIENTS) this.#clients.clear();
        const made = super
          .createConnectorFactory(this.#identity)
          .create(serviceUrl, audience ?? this.#needs.settings.channel.toChannelFromBotOAuthScope);
        this.#clients.set(serviceUrl, made);
        made.catch(() => this.#clients.delete(serviceUrl));
        return made;
      },
    };
  }

  override createUserTokenClient(): Promise<UserTokenClient> {
    this.#userTokens ??= super.createUserTokenClient(this.#identity);
    return this.#userTokens;
  }
}

function unauthorized(): AuthenticationError {
  const error = new AuthenticationError('Unauthorized', StatusCodes.UNAUTHORIZED);
  error.stack = '';
  return error;
}
