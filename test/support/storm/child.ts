import { sql } from 'kysely';
import { TENANTS } from '../../../sandbox/world.ts';
import { door } from '../../../src/app/dispatch.ts';
import type { Log } from '../../../src/app/log.ts';
import type { OutgoingCard } from '../../../src/app/ports.ts';
import { ChannelFault } from '../../../src/bot/channelFault.ts';
import type { SignInEvent } from '../../../src/core/alert/types.ts';
import { startWorker, type WorkerNeeds } from '../../../src/jobs/worker.ts';
import { connect } from '../../../src/store/connect.ts';
import { migrate } from '../../../src/store/migrate.ts';
import { openOutbox } from '../../../src/store/outbox.ts';
import { storeOn } from '../../../src/store/store.ts';
import { anAccount, aRequest } from '../builders.ts';
import { TEST_POLICY } from '../memoryStore.ts';

/**
 * One life of the product in a storm: door, database on disk, worker, and a channel that posts to the parent. Takes pushes as messages
 * `{ push, event }`, answers `{ taken }` once stored; says `{ sent }` once it is noted that Teams confirmed a card.
 */
const [folder = '', parentUrl = '', pollSeconds = '5'] = process.argv.slice(2);
const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => quiet };
const FEED = { kind: 'system', part: 'feed' } as const;
const revived = ({ signedInAt, ...event }: SignInEvent): SignInEvent => ({ ...event, signedInAt: new Date(signedInAt) });

const database = await connect({ kind: 'embedded', folder });
await migrate(database.current());
const outbox = await openOutbox(database, quiet);
const real = storeOn(database, outbox);
/** Keys of cards that are on their way, by what they are about: a card itself does not say which of an alert's it is. */
const underWay = new Map<string, string[]>();
const subjectOf = (key: string): string => key.split(':', 2).join(':');
const store: typeof real = {
  ...real,
  async markSending(key, ...rest) {
    await real.markSending(key, ...rest);
    underWay.set(subjectOf(key), [...(underWay.get(subjectOf(key)) ?? []), key]);
  },
  async markSent(key, ...rest) {
    await real.markSent(key, ...rest);
    process.send?.({ sent: key });
  },
};
const { contoso } = TENANTS;
const tenant = { ...contoso, name: 'contoso' };
let serial = 0;
const life = process.pid.toString(36).toUpperCase();
const random = {
  below: () => 0,
  id: (prefix: string) => {
    serial += 1;
    return `${prefix}-${life}x${serial}`;
  },
};
const front = door({ store, random, policy: TEST_POLICY, tenant: () => tenant });
if (!(await store.get('account', anAccount().id))) {
  await store.transaction(async (tx) => {
    await tx.insert('request', aRequest({ state: 'applied' }));
    await tx.insert('account', anAccount());
  });
  await store.remember({ place: { kind: 'channel' }, conversationId: 'c', reference: {} });
}

async function post(_to: unknown, card: OutgoingCard): Promise<{ conversationId: string; activityId: string }> {
  const body = JSON.stringify(card.card);
  const key = underWay.get(`alert:${/AL-\w+x\d+/.exec(body)?.[0]}`)?.shift() ?? '';
  let response: Response;
  try {
    response = await fetch(`${parentUrl}/post`, { method: 'POST', body, headers: { 'x-card': key } });
  } catch (error) {
    throw new ChannelFault('Teams did not answer', { status: 0, ambiguous: true, cause: error });
  }
  const activityId = await response.text();
  if (!response.ok)
    throw new ChannelFault(`Teams answered ${response.status}`, { status: response.status, ambiguous: response.status !== 503 });
  return { conversationId: 'c', activityId };
}
const reader = {
  signIns: async () => ((await (await fetch(`${parentUrl}/log`)).json()) as SignInEvent[]).map(revived),
  directoryChanges: async () => [],
};
await startWorker({
  store,
  door: front,
  jobs: outbox,
  channel: { post, update: async () => undefined },
  tenants: { list: () => [tenant], info: () => tenant, reader: () => reader },
  people: { lookUp: async () => ({ ok: false, why: 'unknown' }), holders: async () => [] },
  refreshFor: async () => [],
  heartbeatSeconds: 86_400,
  feedRhythms: [],
  secondPaths: {},
  signInPollSeconds: Number(pollSeconds),
  rosterPollSeconds: 86_400,
  // How Teams' limits are kept is another test's matter (test/unit/pace.test.ts): at seven a second a storm would take hours.
  turn: async () => undefined,
  log: quiet,
} as unknown as WorkerNeeds);

process.on('message', (message: { readonly push?: number; readonly event?: SignInEvent; readonly report?: true }) => {
  void (async () => {
    const { push, event } = message;
    if (event) {
      await front.dispatch(FEED, { kind: 'sign-in-seen', event: revived(event), feed: 'azure-monitor' });
      process.send?.({ taken: push });
    } else {
      const { rows } = await sql<{ correlation: string; id: string; folded: boolean }>`
        select body->'cause'->'event'->>'correlationId' as correlation, id, state = 'folded' as folded from alert
        where body->'cause'->>'kind' = 'sign-in'`.execute(database.current());
      // Owners have no chat with the bot here: what escalates after five minutes stays owed to them for good.
      const unsent = await sql<{ count: number }>`
        select count(*)::int as count from posted_card where state <> 'sent' and place = 'channel'`.execute(database.current());
      process.send?.({ report: rows, unsent: unsent.rows[0]?.count ?? 0 });
    }
  })();
});
process.on('disconnect', () => process.exit(0));
process.send?.({ ready: true });
