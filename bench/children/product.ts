import { APPS, CHANNEL, HOME_TENANT, PEOPLE, type PersonName, TEAM } from '../../sandbox/world.ts';
import { type Door, door } from '../../src/app/dispatch.ts';
import type { People, Reads, Writes } from '../../src/app/ports.ts';
import { createBot } from '../../src/bot/bot.ts';
import { no } from '../../src/core/result.ts';
import { createHttpServer } from '../../src/http/server.ts';
import { jsonLog } from '../../src/logging/jsonLog.ts';
import { connect } from '../../src/store/connect.ts';
import { openOutbox } from '../../src/store/outbox.ts';
import { storeOn } from '../../src/store/store.ts';
import { person } from '../../test/support/builders.ts';
import { serveParent } from '../child.ts';
import { POLICY, randomIds } from '../requests.ts';

/**
 * Our HTTP front and bot as production has them; people are looked up in memory. With `databaseUrl` on a real store and door, otherwise
 * on none: then nothing but the front, the bot and its cards is measured. No workers run.
 */
const { origin, databaseUrl } = JSON.parse(process.argv[2] ?? '{}') as { origin: string; databaseUrl?: string };

const log = jsonLog('info', (line) => process.stdout.write(line));
const names = new Map(Object.entries(PEOPLE).map(([name, { objectId }]) => [objectId, name as PersonName]));
const people: People = {
  async lookUp(objectId) {
    const name = names.get(objectId);
    return name ? { ok: true, person: person(name), roles: new Set(PEOPLE[name].roles) } : { ok: false, why: 'unknown' };
  },
  holders: async () => [],
};
const { store, front } = databaseUrl ? await onServer(databaseUrl) : inMemory();
const bot = createBot(
  {
    door: front,
    store,
    people,
    tenants: { list: () => [], info: () => undefined },
    openFacts: async () => no({ code: 'cannot-check', what: 'directory' }),
    capabilities: () => Promise.reject(new Error('no directory here')),
    passkeys: async () => undefined,
    watchable: async () => undefined,
    checkAudit: () => Promise.reject(new Error('no audit log here')),
    posture: () => Promise.reject(new Error('no directory here')),
    accountFacts: async () => no({ code: 'cannot-check', what: 'directory' }),
    openSealed: () => Promise.reject(new Error('no parts here')),
    random: randomIds(),
    credential: { getToken: async () => ({ token: 'outbound-token', expiresOnTimestamp: Date.now() + 3_600_000 }) },
    decidesFrom: async () => undefined,
    status: async () => ({ version: '0', mode: 'production', database: 'none', limits: [], monitors: undefined }),
    log,
  },
  {
    appId: APPS.bot,
    homeTenantId: HOME_TENANT.id,
    teamId: TEAM.id,
    channelId: CHANNEL.id,
    channel: {
      openIdMetadataUrl: `${origin}/openid`,
      tokenIssuer: 'https://api.botframework.com',
      toChannelFromBotLoginUrl: `${origin}/login`,
      toChannelFromBotOAuthScope: 'https://api.botframework.com',
      oAuthUrl: `${origin}/unused`,
    },
    serviceUrls: [origin],
    version: '0',
    mode: 'production',
  },
);
const http = createHttpServer({ messages: (call) => bot.handle(call), signals: {}, ready: async () => true, log });
serveParent((await http.listen(0, '127.0.0.1')).port);

async function onServer(url: string): Promise<{ store: Reads & Writes; front: Door }> {
  const database = await connect({ kind: 'server', url });
  const store = storeOn(database, await openOutbox(database, log));
  return { store, front: door({ store, random: randomIds(), policy: POLICY, tenant: () => undefined }) };
}

function inMemory(): { store: Reads & Writes; front: Door } {
  const seen = new Set<string>();
  const store = {
    async firstSight(key: string) {
      const first = !seen.has(key);
      seen.add(key);
      return first;
    },
    remember: async () => undefined,
  } as unknown as Reads & Writes;
  return { store, front: { dispatch: async () => no({ code: 'not-found', what: 'request' }) } };
}
