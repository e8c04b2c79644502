/** Addresses of the channel service: where its keys, its tokens and its connector are. */
export interface ChannelSettings {
  readonly openIdMetadataUrl: string;
  readonly tokenIssuer: string;
  readonly toChannelFromBotLoginUrl: string;
  /** The resource the bot's outbound token is for, without `/.default`. */
  readonly toChannelFromBotOAuthScope: string;
  readonly oAuthUrl: string;
}

export interface BotSettings {
  /** Client id of the bot's channel identity. There is no bot without one: an empty id would switch authentication off in the SDK. */
  readonly appId: string;
  readonly homeTenantId: string;
  readonly teamId: string;
  readonly channelId: string;
  readonly channel: ChannelSettings;
  /** Origins the channel may name as its service address; compared as text, exactly (AU-3). */
  readonly serviceUrls: readonly string[];
  readonly version: string;
  readonly mode: 'sandbox' | 'production';
  /** Written on every card; the sandbox says here that it is one. */
  readonly banner?: string;
  /** Time to answer a press; Teams gives up after 5 s, so 4.5 s unless a test is in a hurry. */
  readonly answerWithinMs?: number;
}

/** Addresses of the public cloud (constants of botframework-connector 4.23.3; Learn, bot-service: connector authentication). */
export function publicCloud(botTenantId: string): ChannelSettings {
  return {
    openIdMetadataUrl: 'https://login.botframework.com/v1/.well-known/openidconfiguration',
    tokenIssuer: 'https://api.botframework.com',
    toChannelFromBotLoginUrl: `https://login.microsoftonline.com/${botTenantId}`,
    toChannelFromBotOAuthScope: 'https://api.botframework.com',
    oAuthUrl: 'https://api.botframework.com',
  };
}

/** The same for the US government cloud (GCC High, DoD). */
export function usGovernmentCloud(botTenantId: string): ChannelSettings {
  return {
    openIdMetadataUrl: 'https://login.botframework.azure.us/v1/.well-known/openidconfiguration',
    tokenIssuer: 'https://api.botframework.us',
    toChannelFromBotLoginUrl: `https://login.microsoftonline.us/${botTenantId}`,
    toChannelFromBotOAuthScope: 'https://api.botframework.us',
    oAuthUrl: 'https://api.botframework.azure.us',
  };
}
