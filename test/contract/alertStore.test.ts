import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type KyselyPlugin, sql } from 'kysely';
import { type Door, door } from '../../src/app/dispatch.ts';
import type { Log } from '../../src/app/log.ts';
import type { Store } from '../../src/app/ports.ts';
import type { Alert } from '../../src/core/alert/types.ts';
import { append, EMPTY_TREE, leafHash, rootOf } from '../../src/core/audit/tree.ts';
import { later } from '../../src/core/decision.ts';
import type { Actor } from '../../src/core/people.ts';
import { payAudit } from '../../src/jobs/payAudit.ts';
import { ringTimers } from '../../src/jobs/timers.ts';
import { moveClock } from '../../src/store/clock.ts';
import { connect, type Database } from '../../src/store/connect.ts';
import { measures } from '../../src/store/measures.ts';
import { migrate } from '../../src/store/migrate.ts';
import { type Outbox, openOutbox } from '../../src/store/outbox.ts';
import { storeOn } from '../../src/store/store.ts';
import { actor, anAccount, anAlert, aRequest, aSignIn } from '../support/builders.ts';
import { countingRandom, TEST_POLICY } from '../support/memoryStore.ts';
import { somewhere } from '../support/places.ts';

const FEED: Actor = { kind: 'system', part: 'feed' };
const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => quiet };

let database: Database;
let outbox: Outbox;
let store: Store;
let front: Door;
let remove: () => Promise<void>;

beforeAll(async () => {
  const place = await somewhere();
  remove = place.remove;
  database = await connect(place.location);
  await migrate(database.current());
  outbox = await openOutbox(database, quiet);
  store = storeOn(database, outbox);
  front = door({ store, random: countingRandom(), policy: TEST_POLICY, tenant: () => undefined });
});
afterAll(async () => {
  await store.close();
  await remove();
});

let flow = 0;
const signIn = async (errorCode: number, userId: string, ipAddress = '203.0.113.7') => {
  flow += 1;
  const event = aSignIn({ errorCode, userId, ipAddress, correlationId: `c-${flow}`, rowId: `r-${flow}`, signedInAt: await store.now() });
  const outcome = await front.dispatch(FEED, { kind: 'sign-in-seen', event, feed: 'graph-sign-ins' });
  if (!outcome.ok || !outcome.value.alert) throw new Error('the sign-in raised no alert');
  return outcome.value.alert;
};
const postJobs = async (): Promise<number> =>
  (await sql<{ count: number }>`select count(*)::int as count from jobs.job where data->>'kind' = 'post'`.execute(database.current()))
    .rows[0]?.count ?? 0;

test('AL-6: of attempts side by side one leads, and the counts are exact', async () => {
  const before = await postJobs();
  const raised = await Promise.all(Array.from({ length: 60 }, (_none, index) => signIn(50126, 'user-1', `198.51.100.${index % 9}`)));
  const leads = raised.filter(({ state }) => state === 'open');
  expect(leads).toHaveLength(1);
  expect((await postJobs()) - before).toBe(1);
  await moveClock(database, 20_000);
  await ringTimers(store, front);
  const lead = await store.get('alert', leads[0]?.id ?? '');
  expect(lead?.noise).toMatchObject({ attempts: 60, addresses: 9, feeds: ['graph-sign-ins'] });
  expect((await store.openAlerts(100)).map(({ id }) => id)).toEqual([lead?.id]);
  await front.dispatch(actor('ann'), { kind: 'acknowledge-alert', alertId: lead?.id ?? '' });
  expect((await signIn(50126, 'user-1')).state).toBe('open');
});

test('CR-6: of an account are found the alerts about what opens it that are not over, and no others', async () => {
  const now = await store.now();
  const put = async (id: string, { raisedAt = later(now, 5), ...more }: Partial<Alert>) => {
    const alert = anAlert({ id, accountId: 'EA-1', severity: 'high', raisedAt, ...more });
    await store.transaction((tx) => tx.insert('alert', alert));
  };
  const lost = { kind: 'part-lost', partNumber: 1, custodian: 'Dana Diaz', saidBy: 'Oona Olsen' } as const;
  const expired = { kind: 'part-expired', partNumber: 1, custodian: 'Dana Diaz', key: true } as const;
  const unusable = { kind: 'account-unusable', requestId: 'R-1', userPrincipalName: 'x@y', custodians: [] } as const;
  const halfWay = {
    kind: 'ended-half-way',
    requestId: 'R-1',
    by: 'person',
    operation: 'rotate',
    userPrincipalName: 'x@y',
    stays: [],
  } as const;
  await put('AL-C4', { cause: halfWay, raisedAt: later(now, 4) });
  await put('AL-C1', { cause: lost, raisedAt: later(now, 1) });
  await put('AL-C2', { cause: expired, raisedAt: later(now, 2), state: 'acknowledged' });
  await put('AL-C3', { cause: unusable, raisedAt: later(now, 3) });
  await put('AL-C5', { cause: lost, state: 'over' });
  await put('AL-C6', { cause: lost, accountId: 'EA-2' });
  await put('AL-C7', {});
  expect(await store.transaction((tx) => tx.credentialAlerts('EA-1'))).toEqual(['AL-C1', 'AL-C2', 'AL-C3', 'AL-C4']);
});

test('a condition stands once, and ends with the alert that told of it', async () => {
  const began = { kind: 'condition-began', condition: 'x', cause: { kind: 'teams-unreachable', sinceAt: await store.now() } } as const;
  const outcomes = await Promise.all([1, 2, 3].map(() => front.dispatch(FEED, began)));
  const [first, ...more] = outcomes.flatMap((outcome) => (outcome.ok && outcome.value.alert ? [outcome.value.alert] : []));
  expect(more).toEqual([]);
  expect([...(await store.conditions()).keys()]).toEqual(['x']);
  await front.dispatch(FEED, { kind: 'condition-ended', condition: 'x' });
  expect(await store.get('alert', first?.id ?? '')).toMatchObject({ state: 'over' });
  expect(await front.dispatch(FEED, { kind: 'condition-ended', condition: 'x' })).toMatchObject({ ok: false });
});

test('AL-9: what was alerted of a request that stopped is over once somebody has it in hand; no other alert is, and no later one', async () => {
  const failed = async (requestId: string): Promise<string> => {
    const cause = { kind: 'request-failed', requestId, words: 'The tenant refused.' } as const;
    const outcome = await front.dispatch(FEED, { kind: 'raise-alert', dedupe: `failed:${requestId}:${Math.random()}`, cause });
    return (outcome.ok && outcome.value.alert?.id) || '';
  };
  const expired = async (requestId: string): Promise<string> => {
    const cause = { kind: 'part-expired', partNumber: 1, custodian: 'Dana Diaz', key: true, awaitedBy: requestId } as const;
    const outcome = await front.dispatch(FEED, { kind: 'raise-alert', dedupe: `expired:${requestId}`, cause });
    return (outcome.ok && outcome.value.alert?.id) || '';
  };
  // What it stopped for: it is asked for anew.
  const [part, otherPart] = [await expired('R-AAAAAA'), await expired('R-BBBBBB')];
  const [seen, open, other] = [await failed('R-AAAAAA'), await failed('R-AAAAAA'), await failed('R-BBBBBB')];
  await front.dispatch(actor('ann'), { kind: 'acknowledge-alert', alertId: seen });
  const untilAt = (await store.get('alert', other))?.raisedAt ?? new Date(Number.NaN);
  // The timer rings late: it was put off, or another replica was faster. Until then the request was tried again and stopped once more.
  while ((await store.now()) <= untilAt) await new Promise((resolve) => setImmediate(resolve));
  const again = await failed('R-AAAAAA');
  await front.dispatch(FEED, { kind: 'request-in-hand', requestId: 'R-AAAAAA', untilAt });
  const states = await Promise.all([seen, open, other, again, part, otherPart].map(async (id) => (await store.get('alert', id))?.state));
  expect(states).toEqual(['acknowledged', 'over', 'open', 'open', 'over', 'open']);
  expect(await front.dispatch(FEED, { kind: 'request-in-hand', requestId: 'R-AAAAAA', untilAt })).toMatchObject({ ok: false });
});

test('what a run wrote or tried is accounted for by its request, however that ended', async () => {
  const ended = ['failed', 'applied', 'undone', 'withdrawn', 'impossible'] as const;
  const plan = { ...aRequest().plan, tenant: { ...aRequest().plan.tenant, id: 'begun' } };
  await store.transaction(async (tx) => {
    for (const state of ended) {
      const request = aRequest({ id: `R-${state}`, formId: `F-${state}`, state, plan, begunAt: await tx.now() });
      await tx.insert('request', request);
    }
  });
  const begun = await store.transaction((tx) => tx.requestsBegun('begun'));
  expect(begun.map(({ state }) => state).sort()).toEqual([...ended].sort());
});

test('one heartbeat is under way at a time', async () => {
  const numbers = await Promise.all([1, 2].map(() => store.transaction(async (tx) => tx.nextHeartbeat(await tx.now()))));
  expect(numbers.filter((number) => number !== undefined)).toEqual([1]);
  await store.heartbeatArrived(1, { conversationId: 'c', activityId: 'm' });
  await store.heartbeatArrived(1, { conversationId: 'other', activityId: 'other' });
  expect(await store.heartbeat()).toMatchObject({ number: 1, arrived: 1, activityId: 'm' });
  expect(await store.transaction(async (tx) => tx.nextHeartbeat(await tx.now()))).toBe(2);
});

test('an account has one open case, whatever the code above does', async () => {
  const alert = await signIn(0, 'user-2');
  const outcome = await front.dispatch(actor('ann'), { kind: 'classify-alert', alertId: alert.id, as: 'misuse' });
  const useCase = outcome.ok ? outcome.value.case : undefined;
  if (!useCase) throw new Error('there is no case');
  await expect(store.transaction((tx) => tx.insert('case', { ...useCase, id: 'C-OTHER' }))).rejects.toThrow('23505');
  expect(await store.get('case', useCase.id)).toEqual(useCase);
  expect((await store.openCases(9)).map(({ id }) => id)).toEqual([useCase.id]);
});

describe('AL-10: while the audit log cannot be written', () => {
  test('an alert is stored and its card owed; the entry is written later, in its order, and the tree holds', async () => {
    await sql`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$`.execute(
      database.current(),
    );
    await sql`create trigger refuse before insert on audit for each row execute function refuse()`.execute(database.current());
    const cards = await postJobs();
    const alert = await signIn(0, 'user-3');
    expect(await store.get('alert', alert.id)).toMatchObject({ state: 'open' });
    expect(await postJobs()).toBe(cards + 1);
    expect(await store.auditOwed()).toBe(1);
    await expect(front.dispatch(actor('ann'), { kind: 'acknowledge-alert', alertId: alert.id })).rejects.toThrow();
    expect(await store.get('alert', alert.id)).toMatchObject({ state: 'open' });
    await payAudit(store, front, quiet);
    expect([...(await store.conditions()).keys()]).toEqual(['audit']);
    await sql`drop trigger refuse on audit`.execute(database.current());
    await payAudit(store, front, quiet);
    expect(await store.auditOwed()).toBe(0);
    expect([...(await store.conditions()).keys()]).toEqual([]);
    const rows = await database.current().selectFrom('audit').selectAll().orderBy('seq').execute();
    expect(rows.slice(-3).map(({ intent }) => intent)).toEqual(['sign-in-seen', 'condition-began', 'condition-ended']);
    const tree = rows.reduce((head, { body }) => append(head, leafHash(body)), EMPTY_TREE);
    expect((await store.auditHead()).root).toBe(rootOf(tree).toString('base64'));
  });
});

test('what is measured is counted in one statement, of everything there is', async () => {
  const now = await store.now();
  const old = new Date(now.getTime() - 7_200_000);
  const alert = await signIn(0, 'user-m');
  await store.feedRead('tenant-m', 'graph-sign-ins', { freshestAt: old });
  await store.feedRead('tenant-n', 'event-hub', { error: 'away' });
  await store.transaction(async (tx) => {
    await tx.insert('request', aRequest({ state: 'applied' }));
    await tx.insert('account', anAccount({ drill: { id: 'D-1', at: now, result: 'failed', hop: 'card' } }));
    for (let index = 0; index < 1_001; index += 1)
      await tx.insert('alert', { ...alert, id: `AL-M${index}`, severity: 'high', raisedAt: index === 0 ? old : now });
  });
  const asked: string[] = [];
  const counting: KyselyPlugin = {
    transformQuery: ({ node }) => {
      asked.push(node.kind);
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const measured = await measures(database.current().withPlugin(counting));
  expect(asked).toHaveLength(1);
  const open = await store.openAlerts(5_000);
  expect(measured.openAlerts.high).toBeGreaterThan(1_000);
  expect(measured).toMatchObject({
    openAlerts: {
      critical: open.filter(({ severity }) => severity === 'critical').length,
      high: open.filter(({ severity }) => severity === 'high').length,
      low: 0,
    },
    oldestOpenAlertAt: old,
    unclassified: (await store.unclassifiedAlerts(100)).length,
    openCases: (await store.openCases(100)).length,
    conditions: (await store.conditions()).size,
    quarantined: (await store.quarantined(1)).total,
    auditEntries: (await store.auditHead()).size,
    accounts: { passed: 0, failed: 1, stopped: 0, none: 0 },
  });
  const { jobs, failedJobs, timers } = await store.backlog();
  expect(measured).toMatchObject({ jobs, failedJobs, timers });
  const { at, feeds } = measured;
  expect(at.getTime() - now.getTime()).toBeLessThan(60_000);
  expect(feeds).toMatchObject([
    { tenantId: 'tenant-m', freshestAt: old, failures: 0 },
    { tenantId: 'tenant-n', failures: 1 },
  ]);
  expect(feeds[1]).not.toHaveProperty('lastSuccessAt');
});
