import type { Activity } from 'botbuilder';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import type { ChannelKeys } from './channelKeys.ts';
import type { BotSettings } from './settings.ts';

export interface TokenNeeds {
  readonly settings: Pick<BotSettings, 'appId'> & { readonly channel: Pick<BotSettings['channel'], 'tokenIssuer'> };
  readonly keys: ChannelKeys;
  readonly isServiceUrl: (url: unknown) => url is string;
}

const SKEW_SECONDS = 300;
const MAX_TOKEN = 16_384;

/** Whether the Teams channel service signed this call for this bot (AU-1 to AU-3). Why not is said to nobody; it never throws. */
export async function isFromChannel(
  activity: Activity,
  authHeader: string,
  { settings, keys, isServiceUrl }: TokenNeeds,
): Promise<boolean> {
  const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(authHeader)?.[1];
  if (token === undefined || token.length > MAX_TOKEN) return false;
  if (activity.channelId !== 'msteams' || !isServiceUrl(activity.serviceUrl)) return false;
  try {
    const { kid } = decodeProtectedHeader(token);
    const key = typeof kid === 'string' && kid.length <= 256 ? await keys.find(kid) : undefined;
    // Stryker disable next-line ConditionalExpression: without a key the library throws, and the answer is the same
    if (!key) return false;
    const { payload } = await jwtVerify(token, key, {
      algorithms: ['RS256'],
      issuer: settings.channel.tokenIssuer,
      audience: settings.appId,
      clockTolerance: SKEW_SECONDS,
      requiredClaims: ['exp'],
    });
    return payload.aud === settings.appId && payload.serviceurl === activity.serviceUrl;
  } catch {
    // Which check failed is nobody's business, and the message of the library may quote the token (AU-8, HT-5).
    return false;
  }
}
