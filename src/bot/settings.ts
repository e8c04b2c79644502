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

/** The channel service of a Microsoft cloud (config/clouds.ts) for a bot that is registered in one tenant. */
export function channelOf(
  cloud: {
    readonly loginOrigin: string;
    readonly channel: {
      readonly openIdMetadataUrl: string;
      readonly tokenIssuer: string;
      readonly oAuthScope: string;
      readonly oAuthUrl: string;
    };
  },
  botTenantId: string,
): ChannelSettings {
  const { openIdMetadataUrl, tokenIssuer, oAuthScope, oAuthUrl } = cloud.channel;
  return {
    openIdMetadataUrl,
    tokenIssuer,
    toChannelFromBotLoginUrl: `${cloud.loginOrigin}/${botTenantId}`,
    toChannelFromBotOAuthScope: oAuthScope,
    oAuthUrl,
  };
}
