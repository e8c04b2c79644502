import { beforeEach, describe, expect, test } from '@jest/globals';
import { type Door, door } from '../../src/app/dispatch.ts';
import type { Log } from '../../src/app/log.ts';
import type { Notice } from '../../src/app/ports.ts';
import type { plainAlert } from '../../src/cards/alertNotice.ts';
import type { AlertSeverity } from '../../src/core/alert/types.ts';
import type { Actor } from '../../src/core/people.ts';
import { sayElsewhere } from '../../src/jobs/sayElsewhere.ts';
import { ringTimers } from '../../src/jobs/timers.ts';
import { actor, anAccount, anAlert, aSignIn, days, minutes, NOON, person } from '../support/builders.ts';
import { countingRandom, type MemoryStore, memoryStore, TEST_POLICY } from '../support/memoryStore.ts';

const FEED: Actor = { kind: 'system', part: 'feed' };
const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => log };

let store: MemoryStore;
let front: Door;
beforeEach(() => {
  store = memoryStore(NOON);
  front = door({ store, random: countingRandom(), policy: TEST_POLICY, tenant: () => undefined });
  store.put('account', anAccount());
});

let flow = 0;
async function signIn(errorCode = 0): Promise<string> {
  flow += 1;
  const event = aSignIn({ errorCode, correlationId: `c-${flow}`, userId: errorCode === 0 ? anAccount().objectId : `u-${flow}` });
  const outcome = await front.dispatch(FEED, { kind: 'sign-in-seen', event, feed: 'graph-sign-ins' });
  if (!outcome.ok || !outcome.value.alert) throw new Error('the sign-in raised no alert');
  return outcome.value.alert.id;
}
async function at(now: Date): Promise<void> {
  store.setClock(now);
  await ringTimers(store, front);
}
const sent = (alertId: string) => store.markSent(`alert:${alertId}:0`, 'c', 'm', 1);
const told = () => store.rows.jobs.flatMap(({ job }) => (job.kind === 'notify' && job.path === 'mail' ? [[job.alertId, job.why]] : []));
const outages = () => [...store.rows.alert.values()].filter(({ cause }) => cause.kind === 'teams-unreachable');

describe('AL-8: an alert that does not reach the channel in time', () => {
  test('goes by mail and page after a minute when somebody is in, and says once that Teams cannot be reached', async () => {
    const alertId = await signIn();
    await at(new Date(minutes(1).getTime() - 1));
    expect(told()).toEqual([]);
    await at(minutes(1));
    expect(told()).toEqual([
      [alertId, 'undelivered'],
      [outages()[0]?.id, 'raised'],
    ]);
    const other = await signIn();
    await at(minutes(2));
    expect(told().slice(2)).toEqual([[other, 'undelivered']]);
    expect(outages()).toHaveLength(1);
  });

  test('says of a thousand that somebody tried to get in once that Teams cannot be reached, after three minutes', async () => {
    for (let count = 0; count < 1_000; count += 1) await signIn(50126);
    await at(minutes(2));
    expect(told()).toEqual([]);
    await at(minutes(3));
    expect(told()).toEqual([[outages()[0]?.id, 'raised']]);
  });

  test('that was confirmed, or seen by somebody, goes nowhere else', async () => {
    await sent(await signIn());
    await front.dispatch(actor('ann'), { kind: 'acknowledge-alert', alertId: await signIn() });
    await at(minutes(4));
    expect(told()).toEqual([]);
    expect(outages()).toEqual([]);
  });

  test('a send whose outcome nobody knows is no delivery', async () => {
    const alertId = await signIn();
    await store.markSending(`alert:${alertId}:0`, 'c');
    await at(minutes(1));
    expect(told()[0]).toEqual([alertId, 'undelivered']);
  });

  test('Teams is told of its own outage when it is over', async () => {
    await signIn();
    await at(minutes(1));
    const [outage] = outages();
    store.setClock(minutes(9));
    await front.dispatch({ kind: 'system', part: 'worker' }, { kind: 'condition-ended', condition: 'teams' });
    expect(outages()).toMatchObject([{ state: 'over' }]);
    expect(store.rows.cards.get(`alert:${outage?.id}:over`)).toMatchObject({ place: { kind: 'channel' }, variant: 'over', urgent: true });
    expect(told().at(-1)).toEqual([outage?.id, 'over']);
    expect(store.rows.audit.map(({ intent }) => intent)).toEqual(expect.arrayContaining(['condition-began', 'condition-ended']));
  });
});

describe('an alert nobody acknowledges', () => {
  test.each<[AlertSeverity, number, number]>([
    ['critical', 0, 15],
    ['high', 50126, 30],
  ])('that is %s goes by mail and page at its last levels, and the page ends with the acknowledgement', async (_severity, code, after) => {
    const alertId = await signIn(code);
    await sent(alertId);
    await at(minutes(after - 1));
    expect(told()).toEqual([]);
    await at(minutes(after));
    expect(told()).toEqual([[alertId, 'unacknowledged']]);
    await front.dispatch(actor('ann'), { kind: 'acknowledge-alert', alertId });
    expect(told().at(-1)).toEqual([alertId, 'acknowledged']);
    await at(days(2));
    expect(told()).toHaveLength(2);
  });
});

describe('what is said there', () => {
  const say = async (alert = anAlert(), paths: 'mail'[] = ['mail'], why: Parameters<typeof plainAlert>[1] = 'undelivered') => {
    store.put('alert', alert);
    const notices: Notice[] = [];
    const secondPaths = Object.fromEntries(paths.map((path) => [path, async (notice: Notice) => void notices.push(notice)]));
    for (const path of ['mail', 'page'] as const) await sayElsewhere({ store, secondPaths, log }, path, alert.id, why);
    return notices;
  };

  test('is the card in plain words: what happened, to which account, what to do', async () => {
    const [notice] = await say();
    expect(notice).toMatchObject({ alertId: 'AL-9B5C7D', does: 'trigger', severity: 'critical' });
    expect(notice?.subject).toBe(
      '[Breakglass] CRITICAL: Somebody signed in with an emergency access account – north.harbor@contoso.onmicrosoft.com',
    );
    expect(notice?.lines.join('\n')).toMatch(
      /Success: somebody is in[\s\S]*From: 203\.0\.113\.77[\s\S]*Raised: 2026-11-22 12:01 UTC[\s\S]*What to do now: /,
    );
    expect(notice?.lines.join('\n')).not.toContain('{{');
  });

  test('is bounded and has no line of somebody else’s, whatever a feed wrote', async () => {
    const [notice] = await say(anAlert({ account: `x\r\nBcc: all@x.example ${'y'.repeat(5_000)}` }));
    expect(notice?.subject.length).toBeLessThan(300);
    for (const line of [notice?.subject ?? '', ...(notice?.lines ?? [])]) expect(line).not.toMatch(/[\r\n]/);
  });

  test('says that all is well only of what is over, and not of what another alert took the place of', async () => {
    const cause = { kind: 'monitors-differ', differences: [{ what: 'quiet', problem: 'held-back', detail: 'always' }] } as const;
    const over = anAlert({ cause, state: 'over', overAt: NOON });
    const [well] = await say(over, ['mail'], 'over');
    expect([well?.subject, well?.lines.join(' ')]).toEqual([
      expect.stringContaining('Over: '),
      expect.stringContaining('as shipped again'),
    ]);
    const [replaced] = await say({ ...over, replaced: true }, ['mail'], 'over');
    expect(replaced?.subject).toContain('Replaced: What watches the accounts from Azure is not as shipped');
    expect(replaced?.lines.join(' ')).toMatch(/A newer alert has taken its place/);
    expect(replaced?.lines.join(' ')).not.toMatch(/again|Nothing is needed/);
  });

  test('says of a credential what was asked for, and what was made of it', async () => {
    const cause = { kind: 'part-lost', partNumber: 1, custodian: 'Dana Diaz', saidBy: 'Oona Olsen' } as const;
    const [open] = await say(anAlert({ cause, asked: { requestId: 'R-1', operation: 'handover' } }));
    expect(open?.lines.join(' ')).toMatch(/What to do now: A new credential is asked for already, by R-1/);
    const [over] = await say(
      anAlert({ cause, state: 'over', overAt: NOON, mended: { how: 'new-password', requestId: 'R-1' } }),
      ['mail'],
      'over',
    );
    expect(over?.subject).toContain('Over: The account has a new password');
    expect(over?.lines.join(' ')).toMatch(/Request R-1 replaced what this alert was about.*Nothing is needed of you/);
    expect(over?.lines.join(' ')).not.toMatch(/cannot be put together|by itself/);
  });

  test('says who acknowledged it', async () => {
    const [notice] = await say(
      anAlert({ state: 'acknowledged', acknowledgedBy: person('ann'), acknowledgedAt: NOON }),
      ['mail'],
      'acknowledged',
    );
    expect(notice?.does).toBe('acknowledge');
    expect(notice?.lines).toContain('Acknowledged by: Ann Archer');
  });

  test('is nothing where no way is set up', async () => {
    expect(await say(anAlert(), [])).toEqual([]);
  });
});
