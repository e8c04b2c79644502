import { describe, expect, test } from '@jest/globals';
import { tooOften } from '../../src/core/request/opening.ts';
import { hours, minutes, NOON, person } from '../support/builders.ts';
import { type Machine, machine } from '../support/installation/machine.ts';
import { seedAccount } from '../support/installation/seed.ts';
import { TEST_POLICY } from '../support/memoryStore.ts';

const RITA = person('rita').objectId;
const MINUTE = 60_000;

/** Three an hour, so that a fourth card to every approver is one too many. */
function threeAnHour(): Machine {
  const made = machine();
  made.policy = { ...TEST_POLICY, openRequestsPerPerson: 100, requestsPerHour: 3 };
  return made;
}

async function opened(on: Machine): Promise<string> {
  const outcome = await on.ask(RITA, {});
  if (!outcome.ok || !outcome.value.request) throw new Error(JSON.stringify(outcome));
  return outcome.value.request.id;
}

describe('asking too often', () => {
  test('AP-12: what is opened and withdrawn at once counts all the same; the refusal says from when it goes again, and then it does', async () => {
    const on = threeAnHour();
    for (let count = 0; count < 3; count += 1) {
      const requestId = await opened(on);
      expect((await on.press(RITA, { kind: 'withdraw-request', requestId })).ok).toBe(true);
      on.pass(MINUTE);
    }
    const cards = on.store.rows.cards.size;
    const refusal = { ok: false, error: { code: 'too-often', limit: 3, from: hours(1) } };
    expect(await on.ask(RITA, {})).toEqual(refusal);
    expect(on.store.rows.cards.size).toBe(cards);
    on.pass(57 * MINUTE - 1);
    expect(await on.ask(RITA, {})).toEqual(refusal);
    on.pass(1);
    expect((await on.ask(RITA, {})).ok).toBe(true);
    expect(await on.ask(RITA, {})).toEqual({ ok: false, error: { ...refusal.error, from: minutes(61) } });
  });

  test('AP-12: edits count too, and are refused too; an edit that changes nothing is told so', async () => {
    const on = threeAnHour();
    const requestId = await opened(on);
    const { reason } = on.request(requestId);
    for (const again of ['once', 'twice']) expect((await on.edit(requestId, again)).ok).toBe(true);
    const refusal = { ok: false, error: { code: 'too-often', limit: 3, from: hours(1) } };
    expect(await on.edit(requestId, 'thrice')).toEqual(refusal);
    expect(await on.ask(RITA, {})).toEqual(refusal);
    expect(on.request(requestId).reason).not.toBe(reason);
    on.pass(60 * MINUTE);
    expect((await on.edit(requestId, 'thrice')).ok).toBe(true);
  });

  test('AP-12: requests on accounts count with the others, by person and not by account; others may go on', async () => {
    const on = threeAnHour();
    const account = await seedAccount(on, 1);
    for (let count = 0; count < 3; count += 1) await opened(on);
    const onAccount = { operation: 'disable', accountId: account.id } as const;
    expect(await on.ask(RITA, onAccount)).toMatchObject({ error: { code: 'too-often' } });
    expect(await on.ask(person('rita2').objectId, {})).toMatchObject({ error: { code: 'too-often' } });
    on.roles.get(person('cy').objectId)?.add('requester');
    expect((await on.ask(person('cy').objectId, onAccount)).ok).toBe(true);
  });

  test('what the tenant drew up anew is nobody’s asking', () => {
    const version = { version: 1, planDigest: 'd', at: NOON, difference: [] };
    const lately = [{ openedAt: NOON, earlier: [{ ...version, why: 'tenant-changed' as const }] }];
    expect(tooOften(lately, 2, NOON)).toBeUndefined();
    expect(tooOften([{ ...lately[0], openedAt: NOON, earlier: [{ ...version, why: 'edited' }] }], 2, NOON)).toMatchObject({ limit: 2 });
  });
});
