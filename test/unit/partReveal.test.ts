import { beforeEach, describe, expect, test } from '@jest/globals';
import { door, type Outcome } from '../../src/app/dispatch.ts';
import { partReveal } from '../../src/bot/actions/partReveal.ts';
import type { Refusal } from '../../src/core/refusal.ts';
import { ok, type Result } from '../../src/core/result.ts';
import { actor, anAccount, aPart, days, NOON } from '../support/builders.ts';
import { countingRandom, type MemoryStore, memoryStore, TEST_POLICY } from '../support/memoryStore.ts';

const PART = 'kR7#mQ2=xW9&bT4+nH6?';
const REF = { accountId: 'EA-4Q9T1X', partNumber: 1 };
let store: MemoryStore;
let buffers: Buffer[];
let opened: string[];

beforeEach(async () => {
  store = memoryStore(NOON);
  [buffers, opened] = [[], []];
  store.put(
    'account',
    anAccount({ state: 'handover', parts: [aPart(1, 'dana', { state: 'ready', expiresAt: days(3) }), aPart(2, 'eli')] }),
  );
  await store.transaction((tx) => tx.putSealedParts(REF.accountId, [Buffer.from('sealed one'), Buffer.from('sealed two')]));
});

const opening = async (): Promise<Result<Buffer, Refusal>> => {
  const buffer = Buffer.from(PART);
  buffers.push(buffer);
  return ok(buffer);
};

/** What a press of that person has; `answer` is what custody says. */
const needs = (who: 'dana' | 'eli' | 'mal', answer = opening, signal: AbortSignal = new AbortController().signal) => ({
  asker: { actor: actor(who), mri: '29:x', where: 'personal', via: 'task/fetch', signal } as const,
  door: door({ store, random: countingRandom(), policy: TEST_POLICY, tenant: () => undefined }),
  store,
  openSealed: (_sealed: Uint8Array, key: string, custodian: string) => {
    opened.push(`${key} ${custodian === anAccount().parts[0]?.custodian.objectId}`);
    return answer();
  },
});

const press = (...more: Parameters<typeof needs>) => partReveal.run(REF, needs(...more));

const stateOfPart = () => store.rows.account.get(REF.accountId)?.parts[0]?.state;
const wiped = () => buffers.every((buffer) => buffer.every((byte) => byte === 0));

describe('a part is shown', () => {
  test('CR-1: once, to its custodian, and every buffer is wiped', async () => {
    const pressed = await press('dana');
    expect(JSON.stringify(pressed)).toContain(PART);
    expect([stateOfPart(), store.rows.sealed.size, opened, wiped()]).toEqual(['shown', 1, ['EA-4Q9T1X:1 true'], true]);
    expect(await press('dana')).toMatchObject({ kind: 'refused', refusal: { code: 'part-shown' } });
    expect(opened).toHaveLength(1);
  });

  test('CR-1: of two presses at once at most one shows it', async () => {
    const answers = await Promise.all([press('dana'), press('dana'), press('dana')]);
    expect(answers.filter(({ kind }) => kind === 'dialog')).toHaveLength(1);
    expect(answers.filter((answer) => answer.kind === 'refused' && answer.refusal.code === 'part-shown')).toHaveLength(2);
    expect(wiped()).toBe(true);
  });

  test('CR-1: custody is not even asked for anybody else, and the refusal is on record', async () => {
    expect(await press('eli')).toMatchObject({ kind: 'refused', refusal: { code: 'not-your-part' } });
    expect(await press('mal')).toMatchObject({ kind: 'refused', refusal: { code: 'not-your-part' } });
    expect(opened).toEqual([]);
    expect(store.rows.audit.map(({ intent, refusal }) => [intent, refusal?.code])).toEqual([
      ['reveal-part', 'not-your-part'],
      ['reveal-part', 'not-your-part'],
    ]);
  });
});

describe('a part that cannot be opened', () => {
  test.each(['away', 'denied', 'shut'] as const)('CR-2: uses nothing up: the vault is %s', async (why) => {
    const refusal = { code: 'part-unopenable', why } as const;
    expect(await press('dana', async () => ({ ok: false, error: refusal }))).toEqual({ kind: 'refused', refusal });
    expect([stateOfPart(), store.rows.sealed.size, store.rows.audit]).toEqual(['ready', 2, []]);
    expect(JSON.stringify(await press('dana'))).toContain(PART);
  });

  test('CR-2: a vault too slow for the answer uses nothing up either, and what it opened is wiped', async () => {
    const late = new AbortController();
    const slow = async () => {
      const buffer = Buffer.from(PART);
      buffers.push(buffer);
      late.abort(new Error('too late'));
      return ok(buffer);
    };
    await expect(press('dana', slow, late.signal)).rejects.toThrow('too late');
    expect([stateOfPart(), store.rows.sealed.size, wiped()]).toEqual(['ready', 2, true]);
  });
});

describe('what the door gives out', () => {
  const sealed = Buffer.from('sealed one');
  const account = anAccount({ parts: [aPart(1, 'dana', { state: 'shown' }), aPart(2, 'eli')] });

  /** A press of Dana's, answered by a door that is not the one the part was read behind. */
  const answered = (value: Extract<Outcome, { ok: true }>['value'], ref = REF) =>
    partReveal.run(ref, { ...needs('dana'), door: { dispatch: async () => ok(value) } });

  test('a part is called a part, and a pass a pass', async () => {
    expect(await answered({ account, sealed })).toMatchObject({ kind: 'dialog', title: 'Your part' });
    expect(await answered({ account: { ...account, credential: 'passkey' }, sealed })).toMatchObject({
      kind: 'dialog',
      title: 'Your pass',
    });
  });

  test('CR-1: nothing is shown where the door gave none out', async () => {
    for (const value of [{}, { account }, { sealed }])
      await expect(answered(value)).rejects.toThrow('the door showed a part and gave none back');
    expect(wiped()).toBe(true);
  });

  test('CR-1 CR-2: nothing is shown but what was taken out of the store for good', async () => {
    const another = 'another part was taken out than the one that was opened';
    await expect(answered({ account, sealed: Buffer.from('sealed later') })).rejects.toThrow(another);
    expect([buffers.length, wiped()]).toEqual([1, true]);
    // It was sealed only after it was looked for: nothing is open that could be shown.
    store.rows.sealed.clear();
    await expect(answered({ account, sealed })).rejects.toThrow(another);
    expect(opened).toHaveLength(1);
  });

  test('CR-1: what lies sealed for an account that is not there is not even opened', async () => {
    const nowhere = { accountId: 'EA-NONE', partNumber: 1 };
    await store.transaction((tx) => tx.putSealedParts(nowhere.accountId, [sealed]));
    expect(await partReveal.run(nowhere, needs('dana'))).toEqual({ kind: 'refused', refusal: { code: 'not-found', what: 'account' } });
    expect(opened).toEqual([]);
  });
});
