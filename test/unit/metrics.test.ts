import { expect, test } from '@jest/globals';
import { door } from '../../src/app/dispatch.ts';
import type { Log } from '../../src/app/log.ts';
import type { TenantInfo } from '../../src/app/ports.ts';
import { ChannelFault } from '../../src/bot/channelFault.ts';
import { metrics, startMetricsServer } from '../../src/http/metrics.ts';
import { actor, aDecision, anAccount, aRequest, aSignIn, minutes, NOON, person } from '../support/builders.ts';
import { countingRandom, memoryStore, TEST_POLICY } from '../support/memoryStore.ts';

const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => log };
const WORKER = { kind: 'system', part: 'worker' } as const;
const FEED = { kind: 'system', part: 'feed' } as const;
const CHANNEL = { place: { kind: 'channel' }, conversationId: 'c', reference: {} } as const;
const card = { card: {}, summary: '' };

test('what waits, what is old and what was refused can be read, and nothing that names a person or an account', async () => {
  const store = memoryStore(NOON);
  store.put('account', anAccount({ drill: { id: 'D-1', at: NOON, result: 'failed', hop: 'card' } }));
  const measured = metrics();
  const front = measured.counted(door({ store, random: countingRandom(), policy: TEST_POLICY, tenant: () => undefined }));
  await front.dispatch(FEED, { kind: 'sign-in-seen', event: aSignIn(), feed: 'graph-sign-ins' });
  await front.dispatch(actor('mal', []), { kind: 'acknowledge-alert', alertId: [...store.rows.alert.keys()][0] ?? '' });
  await store.feedRead(anAccount().tenantId, 'graph-sign-ins', { readUpTo: NOON, freshestAt: minutes(-9) });
  const channel = measured.countedChannel({
    post: async () => ({ conversationId: 'c', activityId: 'm' }),
    async update() {
      throw new ChannelFault('no', { status: 0, ambiguous: true });
    },
  });
  await channel.post(CHANNEL, card);
  await expect(channel.update(CHANNEL, 'c', 'm', card)).rejects.toThrow(ChannelFault);
  store.setClock(minutes(2));

  const text = await measured.text({ store, tenants: { info: () => ({ name: 'contoso' }) as TenantInfo } });
  for (const line of [
    'breakglass_feed_age_seconds{tenant="contoso",feed="graph-sign-ins"} 120',
    'breakglass_feed_freshest_row_age_seconds{tenant="contoso",feed="graph-sign-ins"} 660',
    'breakglass_alerts_open{severity="critical"} 1',
    'breakglass_alerts_oldest_seconds 120',
    'breakglass_refusals_total{code="missing-role"} 1',
    'breakglass_teams_sends_total{what="post",result="taken"} 1',
    'breakglass_teams_sends_total{what="update",result="unknown"} 1',
    'breakglass_accounts{drill="failed"} 1',
  ])
    expect(text.split('\n')).toContain(line);
  expect(text).not.toMatch(/north\.harbor|EA-|AL-|Oona/);
});

test('a run that could not begin counts as one that failed, and not as one that was begun', async () => {
  const store = memoryStore(NOON);
  const request = aRequest({ state: 'approved', decisions: [aDecision('ann'), aDecision('bob')] });
  store.put('request', request);
  const measured = metrics();
  const front = measured.counted(door({ store, random: countingRandom(), policy: TEST_POLICY, tenant: () => undefined }));
  const begin = { kind: 'begin-run', requestId: request.id, eligible: [person('ann'), person('bob')] } as const;
  const runs = async () =>
    (await measured.text({ store, tenants: { info: () => undefined } }))
      .split('\n')
      .filter((line) => line.startsWith('breakglass_runs_total'));
  await front.dispatch(WORKER, { ...begin, rights: { permissions: [] } });
  expect(await runs()).toEqual(['breakglass_runs_total{result="failed"} 1']);
  await front.dispatch(actor('rita'), { kind: 'retry-request', requestId: request.id });
  await front.dispatch(WORKER, begin);
  expect(await runs()).toEqual(['breakglass_runs_total{result="failed"} 1', 'breakglass_runs_total{result="begun"} 1']);
});

test('the page costs the database one question, however many ask at once', async () => {
  const store = memoryStore(NOON);
  const asked: string[] = [];
  const counting = new Proxy(store, {
    get(target, name: keyof typeof store) {
      asked.push(name);
      return target[name];
    },
  });
  const measured = metrics();
  const page = () => measured.text({ store: counting, tenants: { info: () => undefined } });
  const [one, other] = await Promise.all([page(), page()]);
  expect(asked).toEqual(['measures']);
  expect(one).toBe(other);
  await page();
  expect(asked).toHaveLength(2);
});

test('ST-7: who does not show the token is told nothing, whatever is asked for', async () => {
  const token = 'a-token-that-is-long-enough-for-this';
  const server = await startMetricsServer({ port: 0, host: '127.0.0.1', token }, async () => 'up 1\n', log);
  const ask = async (path: string, authorization?: string) => {
    const response = await fetch(
      `http://127.0.0.1:${server.port}${path}`,
      authorization === undefined ? {} : { headers: { authorization } },
    );
    return [response.status, await response.text()];
  };
  try {
    expect(await ask('/metrics', `Bearer ${token}`)).toEqual([200, 'up 1\n']);
    for (const shown of [undefined, '', 'Bearer ', `Bearer ${token}x`, `Basic ${token}`, token])
      for (const path of ['/metrics', '/other']) expect(await ask(path, shown)).toEqual([401, '']);
  } finally {
    await server.close();
  }
});

test('HT-1, ST-7: the page answers GET /metrics and nothing else, and a fault without its words', async () => {
  let broken = false;
  const page = async (): Promise<string> => {
    if (broken) throw new Error('password=hunter2');
    return 'up 1\n';
  };
  const server = await startMetricsServer({ port: 0, host: '127.0.0.1' }, page, log);
  const ask = async (path: string, method = 'GET') => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
    return [response.status, await response.text()];
  };
  try {
    expect(await ask('/metrics')).toEqual([200, 'up 1\n']);
    expect(await ask('/metrics', 'POST')).toEqual([404, '']);
    expect(await ask('/healthz')).toEqual([404, '']);
    broken = true;
    expect(await ask('/metrics')).toEqual([503, '']);
  } finally {
    await server.close();
  }
});
