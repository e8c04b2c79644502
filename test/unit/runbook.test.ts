import { beforeEach, describe, expect, test } from '@jest/globals';
import { door } from '../../src/app/dispatch.ts';
import { mayPrint, runbookDigest, runbookStatus } from '../../src/core/account/runbook.ts';
import type { EmergencyAccount } from '../../src/core/account/types.ts';
import type { Intent } from '../../src/core/intent.ts';
import type { Actor } from '../../src/core/people.ts';
import { actor, anAccount, aPart, days, hours, minutes, NOON, person, stranger } from '../support/builders.ts';
import { countingRandom, type MemoryStore, memoryStore, TEST_POLICY } from '../support/memoryStore.ts';

const ID = 'EA-4Q9T1X';
const HASH = 'a'.repeat(64);
const OPERATOR: Actor = { kind: 'system', part: 'operator' };
const TIMER: Actor = { kind: 'system', part: 'timer' };
let store: MemoryStore;

beforeEach(() => {
  store = memoryStore(NOON);
  store.put('account', anAccount());
});

const wants = async (who: Actor, intent: Intent): Promise<string> => {
  const outcome = await door({ store, random: countingRandom(), policy: TEST_POLICY, tenant: () => undefined }).dispatch(who, intent);
  if (outcome.ok) return 'done';
  return outcome.error.code === 'no-runbook' ? outcome.error.why : outcome.error.code;
};
const begin = (who: Actor, ticketHash = HASH) => wants(who, { kind: 'begin-runbook', accountId: ID, ticketHash });
const issue = (who: Actor, ticketHash = HASH) => wants(who, { kind: 'issue-runbook', accountId: ID, ticketHash });
const account = (): EmergencyAccount => {
  const found = store.rows.account.get(ID);
  if (!found) throw new Error('gone');
  return found;
};

describe('what makes a printed card untrue', () => {
  const before = anAccount();
  const changed: [string, Partial<EmergencyAccount>][] = [
    ['another custodian', { parts: [before.parts[0] ?? aPart(1, 'dana'), { ...aPart(2, 'fay'), state: 'stored' }] }],
    ['another place', { parts: before.parts.map((part) => ({ ...part, location: 'Bank' })) }],
    ['another seal', { parts: before.parts.map((part) => ({ ...part, sealNumber: '1' })) }],
    ['a part that is not stored any more', { parts: before.parts.map((part) => ({ ...part, state: 'sealed' as const })) }],
    ['one part fewer', { parts: before.parts.slice(0, 1) }],
    ['another owner', { owners: [person('ann')] }],
    ['another sign-in name', { userPrincipalName: 'x@contoso.example' }],
    ['another state', { state: 'handover' }],
    ['another tenant name', { tenantName: 'Contoso AG' }],
  ];
  test.each(changed)('%s', (_what, change) => {
    expect(runbookDigest({ ...before, ...change })).not.toBe(runbookDigest(before));
  });
  test('nothing else: a sign-in, a validation, a reminder, a new printing', () => {
    const same = { ...before, lastSignInAt: days(1), validatedAt: days(1), validationDueAt: days(99), revision: 9, history: [] };
    expect(runbookDigest(same)).toBe(runbookDigest(before));
  });
});

describe('who gets a card', () => {
  test('owners and custodians of the account, administrators, the operator; nobody else', () => {
    const allowed = (who: Actor) => mayPrint(anAccount(), who);
    expect(['oona', 'dana', 'eli'].map((name) => allowed(actor(name as 'oona')))).toEqual([true, true, true]);
    expect(allowed(actor('ann', ['administrator']))).toBe(true);
    expect(allowed(OPERATOR)).toBe(true);
    for (const who of [actor('ann', ['approver', 'auditor', 'requester']), actor('fay'), actor('mal'), stranger(), TIMER])
      expect(allowed(who)).toBe(false);
  });

  test('the others hear so, and get no ticket', async () => {
    expect([
      await begin(actor('fay')),
      await begin(stranger()),
      await wants(actor('oona'), { kind: 'begin-runbook', accountId: 'EA-0', ticketHash: HASH }),
    ]).toEqual(['not-yours', 'stranger', 'not-found']);
    expect(store.rows.runbookTickets.size).toBe(0);
  });
});

describe('a link to the card', () => {
  test('works once, in the name of whoever asked, and is audited with the digest', async () => {
    expect(await begin(actor('oona'))).toBe('done');
    expect(account()).toEqual(anAccount());
    expect(await issue(actor('dana'))).toBe('link-used'); // somebody else’s
    store.setClock(minutes(4));
    expect(await issue(actor('oona'))).toBe('done');
    expect(account().runbook).toEqual({ digest: runbookDigest(anAccount()), at: minutes(4), by: 'Oona Olsen' });
    expect(runbookStatus(account())).toBe('current');
    expect(await issue(actor('oona'))).toBe('link-used');
    expect(store.rows.audit.map(({ intent, refusal, details }) => [intent, refusal?.code ?? details?.digest ?? ''])).toEqual([
      ['begin-runbook', ''],
      ['issue-runbook', 'no-runbook'],
      ['issue-runbook', runbookDigest(anAccount())],
      ['issue-runbook', 'no-runbook'],
    ]);
  });

  test('is over after five minutes, and with the right to have the card', async () => {
    await begin(actor('oona'));
    store.setClock(minutes(5));
    expect(await issue(actor('oona'))).toBe('link-expired');
    await begin(actor('cy', ['administrator']), 'b'.repeat(64));
    expect(await issue(actor('cy', ['approver']), 'b'.repeat(64))).toBe('not-yours');
    expect(account().runbook).toBeUndefined();
  });

  test('is not needed by the operator, and by nobody else to be left out', async () => {
    expect(await wants(OPERATOR, { kind: 'issue-runbook', accountId: ID })).toBe('done');
    expect(account().runbook?.by).toBe('the operator');
    expect(store.rows.audit[0]?.actorId).toBe('breakglass:operator');
    expect(await wants(actor('oona'), { kind: 'issue-runbook', accountId: ID })).toBe('link-used');
  });
});

describe('a card that became untrue', () => {
  const keep = (location: string) => ({ kind: 'store-part', accountId: ID, partNumber: 2, location, sealNumber: '' }) as const;
  const reminders = () => [...store.rows.cards.values()].filter(({ subject }) => subject === `runbook:${ID}`);
  const timer = () => store.rows.timers.get(`runbook:${ID}`);

  test('is a reminder to each owner, an hour after the last change, once for each printing', async () => {
    const shown = aPart(2, 'eli', { state: 'shown', shownAt: NOON });
    store.put(
      'account',
      anAccount({ state: 'handover', owners: [person('oona'), person('ann')], parts: [anAccount().parts[0] ?? shown, shown] }),
    );
    await wants(OPERATOR, { kind: 'issue-runbook', accountId: ID });
    expect(timer()).toBeUndefined();
    expect(await wants(actor('eli'), keep('Utrecht'))).toBe('done');
    expect(runbookStatus(account())).toBe('stale');
    expect(account().history?.map(({ what }) => what)).toEqual(['stored']);
    expect(timer()?.at).toEqual(hours(1));
    store.setClock(hours(1));
    expect(await wants(TIMER, timer()?.intent ?? { kind: 'remind-runbook', accountId: ID })).toBe('done');
    expect(reminders().map(({ place }) => place)).toEqual(
      [person('oona'), person('ann')].map(({ objectId }) => ({ kind: 'person', objectId })),
    );
    expect(await wants(TIMER, { kind: 'remind-runbook', accountId: ID })).toBe('nothing-to-do');
    expect(reminders()).toHaveLength(2);
    // Printed anew: current again, and a further change would be told again.
    store.setClock(hours(2));
    await wants(OPERATOR, { kind: 'issue-runbook', accountId: ID });
    expect([runbookStatus(account()), account().runbook?.remindedAt, timer()?.at]).toEqual(['current', undefined, undefined]);
  });

  test('printed again in time, nobody is reminded', async () => {
    store.put('account', anAccount({ runbook: { digest: 'old', at: NOON, by: 'Oona Olsen' } }));
    await wants(OPERATOR, { kind: 'issue-runbook', accountId: ID });
    expect(await wants(TIMER, { kind: 'remind-runbook', accountId: ID })).toBe('nothing-to-do');
  });
});
