import { APPS, CHANNEL, HOME_TENANT, PEOPLE, TEAM } from '../../sandbox/world.ts';
import type { Log } from '../../src/app/log.ts';
import type { Conversation, People } from '../../src/app/ports.ts';
import { createBot } from '../../src/bot/bot.ts';
import type { BotNeeds } from '../../src/bot/needs.ts';
import type { Intent } from '../../src/core/intent.ts';
import type { Actor, Role } from '../../src/core/people.ts';
import { no } from '../../src/core/result.ts';
import { createHttpServer, type HttpServer } from '../../src/http/server.ts';
import { anAccount, person } from './builders.ts';
import { ISSUER } from './tokens.ts';

/** What got past the front: who looked what up, and what the door was asked. */
export interface Reached {
  readonly intents: { readonly actor: Actor; readonly intent: Intent }[];
  readonly lookUps: string[];
}

export interface Front {
  readonly http: HttpServer;
  readonly reached: Reached;
}

/**
 * Rita, Ann and Dana are in the directory; nobody else is. As in Graph, whose `/users/{id}` takes a user principal name as well, more
 * than an object id finds somebody: that only object ids are asked for is up to the bot (ID-1).
 */
const KNOWN = new Map(
  (['rita', 'ann', 'dana'] as const).flatMap((name) => {
    const { objectId, userPrincipalName, mri } = PEOPLE[name];
    return [objectId, userPrincipalName, mri, name].map((id) => [id.toLowerCase(), name] as const);
  }),
);

/**
 * The real bot behind the real HTTP front, with a door that refuses everything and writes down what it was asked. It keeps as little as
 * can be, so that growth of its memory is the front's.
 *
 * @param channelOrigin where the channel's keys (`/openid`) and its connector (`/teams/`) are
 */
export function frontOn(channelOrigin: string, log: Log, { keep }: { readonly keep: number } = { keep: 10_000 }): Front {
  const reached: Reached = { intents: [], lookUps: [] };
  const seen = new Set<string>();
  const conversations = new Map<string, Conversation>();
  const keyOf = ({ place }: Pick<Conversation, 'place'>): string => (place.kind === 'channel' ? 'channel' : place.objectId);
  const people: People = {
    async lookUp(objectId) {
      noted(reached.lookUps, objectId, keep);
      const name = KNOWN.get(objectId.toLowerCase());
      return name ? { ok: true, person: person(name), roles: new Set<Role>(PEOPLE[name].roles) } : { ok: false, why: 'unknown' };
    },
    holders: async () => [],
  };
  const store = {
    get: async () => undefined,
    requests: async () => [],
    accounts: async () => [anAccount({})],
    openAlerts: async () => [],
    conversation: async (place: Conversation['place']) => conversations.get(keyOf({ place })),
    auditHead: async () => ({ size: 0, root: '' }),
    backlog: async () => ({ jobs: 0, failedJobs: 0, timers: 0 }),
    feeds: async () => [],
    now: async () => new Date(),
    remember: async (conversation: Conversation) => void conversations.set(keyOf(conversation), conversation),
    async firstSight(delivery: string) {
      if (seen.has(delivery)) return false;
      if (seen.size >= keep) seen.clear();
      seen.add(delivery);
      return true;
    },
  };
  const needs = {
    door: {
      async dispatch(actor: Actor, intent: Intent) {
        noted(reached.intents, { actor, intent }, keep);
        return no({ code: 'not-found', what: 'request' } as const);
      },
    },
    store,
    people,
    tenants: { list: () => [], info: () => undefined },
    random: { id: () => 'F-1' },
    credential: { getToken: async () => ({ token: 'outbound-token', expiresOnTimestamp: Date.now() + 3_600_000 }) },
    log,
    openFacts: async () => no({ code: 'cannot-check', what: 'nothing' } as const),
    openSealed: async () => ({ ok: true, value: Buffer.alloc(0) }),
    decidesFrom: async () => undefined,
    status: async () => ({ version: '0', mode: 'sandbox', database: 'none', limits: [] }),
  } as unknown as BotNeeds;
  const bot = createBot(needs, {
    appId: APPS.bot,
    homeTenantId: HOME_TENANT.id,
    teamId: TEAM.id,
    channelId: CHANNEL.id,
    channel: {
      openIdMetadataUrl: `${channelOrigin}/openid`,
      tokenIssuer: ISSUER,
      toChannelFromBotLoginUrl: `${channelOrigin}/login`,
      toChannelFromBotOAuthScope: ISSUER,
      oAuthUrl: `${channelOrigin}/unused`,
    },
    serviceUrls: [channelOrigin],
    version: '0',
    mode: 'sandbox',
  });
  const http = createHttpServer({
    messages: (call) => bot.handle(call),
    signals: { 'azure-monitor': async () => ({ status: 401 }) },
    ready: async () => true,
    log,
  });
  return { http, reached };
}

function noted<T>(list: T[], what: T, keep: number): void {
  if (list.length < keep) list.push(what);
}
