/**
 * Every address that depends on the Microsoft cloud, and what that cloud's Graph does not have. Nothing else is ever sent a token, and no
 * setting names an address: only a cloud can be chosen (ST-3, GR-8).
 */
export interface CloudAddresses {
  /** What people call it. */
  readonly title: string;
  readonly loginOrigin: string;
  /** Issuer of version 1 tokens, without the tenant. */
  readonly stsOrigin: string;
  readonly graphOrigin: string;
  /** Azure Resource Manager. */
  readonly armOrigin: string;
  /** Audience of the token with which a managed identity vouches for an app. */
  readonly exchangeAudience: string;
  /** The channel service: where its keys are, who signs its tokens, and what the bot's own token is for. */
  readonly channel: {
    readonly openIdMetadataUrl: string;
    readonly tokenIssuer: string;
    readonly oAuthScope: string;
    readonly oAuthUrl: string;
  };
  /** Where Teams' connector may be; the bot answers nowhere else. */
  readonly serviceUrls: readonly string[];
  /** Where key vaults answer, after the name of the vault. */
  readonly vaultDomain: string;
  /** Where namespaces of Event Hubs answer, after their name. */
  readonly eventHubsDomain: string;
  /** Endings of initial domains. */
  readonly initialDomains: readonly string[];
  /** What is missing in Graph (core/tenant/cloud.ts). */
  readonly lacks: readonly ('authentication-methods' | 'directory-audits')[];
}

const US_CHANNEL = {
  openIdMetadataUrl: 'https://login.botframework.azure.us/v1/.well-known/openidconfiguration',
  tokenIssuer: 'https://api.botframework.us',
  oAuthScope: 'https://api.botframework.us',
} as const;
const US_GOVERNMENT = {
  loginOrigin: 'https://login.microsoftonline.us',
  stsOrigin: 'https://sts.windows.net',
  exchangeAudience: 'api://AzureADTokenExchangeUSGov',
  vaultDomain: 'vault.usgovcloudapi.net',
  eventHubsDomain: 'servicebus.usgovcloudapi.net',
  armOrigin: 'https://management.usgovcloudapi.net',
  initialDomains: ['onmicrosoft.us', 'onmicrosoft.com'],
  lacks: [],
} as const;

/**
 * Sources, read 2026-11-25: domains of Event Hubs from Learn, azure-government/compare-azure-government-global-azure and china/resources-developer-guide; key vaults from Learn, key-vault/general/about-keys-secrets-certificates; channel addresses from botframework-connector 4.23.3 and the cloud table of the Teams SDK (microsoft/teams.net,
 * CloudEnvironment); login, Graph and token exchange from Learn, graph/deployments and workload-identity-federation; what is missing from
 * the v1.0 metadata of Fairfax and Mooncake (graph facts, section 2). What-If is documented for all clouds. None but `global` was tried.
 */
export const CLOUDS = {
  global: {
    title: 'global, GCC included',
    loginOrigin: 'https://login.microsoftonline.com',
    stsOrigin: 'https://sts.windows.net',
    graphOrigin: 'https://graph.microsoft.com',
    armOrigin: 'https://management.azure.com',
    exchangeAudience: 'api://AzureADTokenExchange',
    vaultDomain: 'vault.azure.net',
    eventHubsDomain: 'servicebus.windows.net',
    channel: {
      openIdMetadataUrl: 'https://login.botframework.com/v1/.well-known/openidconfiguration',
      tokenIssuer: 'https://api.botframework.com',
      oAuthScope: 'https://api.botframework.com',
      oAuthUrl: 'https://api.botframework.com',
    },
    serviceUrls: [
      'https://smba.trafficmanager.net',
      'https://smba.onyx.prod.teams.trafficmanager.net',
      'https://smba.infra.gcc.teams.microsoft.com',
    ],
    initialDomains: ['onmicrosoft.com'],
    lacks: [],
  },
  usgov: {
    ...US_GOVERNMENT,
    title: 'US Government, GCC High',
    graphOrigin: 'https://graph.microsoft.us',
    channel: { ...US_CHANNEL, oAuthUrl: 'https://api.botframework.azure.us' },
    serviceUrls: ['https://smba.infra.gov.teams.microsoft.us'],
  },
  dod: {
    ...US_GOVERNMENT,
    title: 'US Government, DoD',
    graphOrigin: 'https://dod-graph.microsoft.us',
    channel: { ...US_CHANNEL, oAuthUrl: 'https://apiDoD.botframework.azure.us' },
    serviceUrls: ['https://smba.infra.dod.teams.microsoft.us'],
  },
  china: {
    title: 'China, operated by 21Vianet',
    loginOrigin: 'https://login.partner.microsoftonline.cn',
    stsOrigin: 'https://sts.chinacloudapi.cn',
    graphOrigin: 'https://microsoftgraph.chinacloudapi.cn',
    exchangeAudience: 'api://AzureADTokenExchangeChina',
    vaultDomain: 'vault.azure.cn',
    eventHubsDomain: 'servicebus.chinacloudapi.cn',
    armOrigin: 'https://management.chinacloudapi.cn',
    channel: {
      openIdMetadataUrl: 'https://login.botframework.azure.cn/v1/.well-known/openidconfiguration',
      tokenIssuer: 'https://api.botframework.azure.cn',
      oAuthScope: 'https://api.botframework.azure.cn',
      oAuthUrl: 'https://token.botframework.azure.cn',
    },
    serviceUrls: ['https://frontend.botapi.msg.infra.teams.microsoftonline.cn'],
    initialDomains: ['partner.onmschina.cn'],
    lacks: ['authentication-methods', 'directory-audits'],
  },
} as const satisfies Readonly<Record<string, CloudAddresses>>;

export type CloudName = keyof typeof CLOUDS;
export const CLOUD_NAMES = Object.keys(CLOUDS) as CloudName[];
