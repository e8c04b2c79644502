import { APPS, CHANNEL, HOME_TENANT, TEAM } from '../../sandbox/world.ts';
import { channelKey, type Json, type KeyName } from './forge.ts';

/** What a test knows about the call it made, in the words of the threat model. */
export interface CallFacts {
  /** How the `Authorization` header is written: one header, `Bearer `, three parts, nothing before or after. */
  readonly shape: 'right' | 'wrong';
  readonly header: Json;
  readonly claims: Json;
  /** Whose private key signed; `nobody` when the signature belongs to other words. */
  readonly signer: KeyName | 'nobody';
  readonly activity: Json;
}

/**
 * - `unauthorized`: 401, bare. Nothing was looked up, asked or sent
 * - `malformed`: 400, bare; only the channel itself can cause it. The same
 * - `passed-over`: 200, and the same
 * - `no-rights`: 200 with words at most; the door is asked nothing on behalf of a person
 * - `handled`: the handler ran for the person that the channel names
 */
export type Verdict = 'unauthorized' | 'malformed' | 'passed-over' | 'no-rights' | 'handled';

const SKEW_SECONDS = 300;

/** Decides a call by the invariants AU-1 to AU-6, ID-1, ID-2 and ID-6 alone; it shares no code with the product. */
export function oracle(facts: CallFacts, origin: string, nowSeconds: number): Verdict {
  if (!isFromChannel(facts, origin, nowSeconds)) return 'unauthorized';
  const { activity } = facts;
  // AU-6: ordinary delivery only.
  if ('deliveryMode' in activity && activity.deliveryMode !== undefined && activity.deliveryMode !== 'normal') return 'malformed';
  // AU-6: types from a list. These are ordinary in Teams and mean nothing to us; an edited message is never a command (CM-1).
  if (['messageReaction', 'messageUpdate', 'messageDelete', 'typing', 'event', 'endOfConversation'].some((type) => type === activity.type))
    return 'passed-over';
  if (!['message', 'invoke', 'installationUpdate', 'conversationUpdate'].some((type) => type === activity.type)) return 'malformed';
  const from = record(activity.from);
  const conversation = record(activity.conversation);
  if (![activity.id, from.id, record(activity.recipient).id, conversation.id].every(isText)) return 'malformed';
  // AU-6: invoke names, and what they carry, from a list.
  if (activity.type === 'invoke' && !isKnownPress(activity)) return 'no-rights';
  // ID-6: the configured channel of the configured team, or a personal chat.
  if (!isHonouredPlace(activity)) return 'no-rights';
  // ID-2: everything that names a tenant names ours, and something does.
  const tenants = [record(record(activity.channelData).tenant).id, conversation.tenantId].filter((id) => id !== undefined);
  if (tenants.length === 0 || tenants.some((id) => String(id).toLowerCase() !== HOME_TENANT.id)) return 'no-rights';
  // ID-1: by object id only, and only if it is one; no fallback to names or Teams ids.
  const id = from.aadObjectId;
  return typeof id === 'string' && /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(id) ? 'handled' : 'no-rights';
}

function isFromChannel({ shape, header, claims, signer, activity }: CallFacts, origin: string, now: number): boolean {
  // AU-1: three-part shape, the allowed algorithm, nothing the signer must have us understand that we do not, a genuine signature.
  if (shape !== 'right' || header.alg !== 'RS256' || 'crit' in header) return false;
  if (signer === 'nobody' || header.kid !== signer || signer === 'k9') return false;
  // AU-2: the key is endorsed for Teams; the activity says exactly that channel.
  const { endorsements } = channelKey(signer);
  if (!Array.isArray(endorsements) || !endorsements.includes('msteams')) return false;
  if (activity.channelId !== 'msteams') return false;
  // AU-1: issuer from the configured list (one), audience exactly ours.
  if (claims.iss !== 'https://api.botframework.com' || claims.aud !== APPS.bot) return false;
  // AU-5: an expiry, and not before it is valid, with the configured skew.
  if (typeof claims.exp !== 'number' || claims.exp + SKEW_SECONDS <= now) return false;
  if (claims.nbf !== undefined && (typeof claims.nbf !== 'number' || claims.nbf - SKEW_SECONDS > now)) return false;
  // AU-3: in claim and activity, equal, and of exactly that origin.
  const url = activity.serviceUrl;
  if (typeof url !== 'string' || claims.serviceurl !== url) return false;
  return url === origin || url.startsWith(`${origin}/`);
}

function isKnownPress({ name, value }: Json): boolean {
  const action = record(record(value).action);
  return name === 'adaptiveCard/action' && action.verb === 'request.approve';
}

function isHonouredPlace({ conversation, channelData }: Json): boolean {
  const { conversationType, id } = record(conversation);
  const team = record(record(channelData).team).id;
  const channel = record(record(channelData).channel).id;
  if (conversationType === 'personal') return team === undefined && channel === undefined;
  if (conversationType !== 'channel' || team !== TEAM.id || channel !== CHANNEL.id) return false;
  return String(id) === CHANNEL.id || String(id).startsWith(`${CHANNEL.id};`);
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const record = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
