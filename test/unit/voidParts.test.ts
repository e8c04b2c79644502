import { describe, expect, test } from '@jest/globals';
import { partCard } from '../../src/cards/views/part.ts';
import { handOver, heldAgain, replaceParts } from '../../src/core/account/life.ts';
import { keyRegistered, keysStored, keysWithdrawn, passIssued } from '../../src/core/account/passkeys.ts';
import type { EmergencyAccount, Part } from '../../src/core/account/types.ts';
import type { Decision } from '../../src/core/decision.ts';
import { draw } from '../../src/jobs/draw.ts';
import { anAccount, aPart, hours, NOON, person } from '../support/builders.ts';
import { custodiansWho } from '../support/installation/custodians.ts';
import type { Machine } from '../support/installation/machine.ts';
import { live } from '../support/installation/process.ts';
import { approved, approvedByName, SAGAS } from '../support/installation/sagas.ts';
import { memoryStore } from '../support/memoryStore.ts';

const ACCOUNT = 'EA-SEED01';

async function carriedOut(name: string): Promise<Machine> {
  const { machine, request } = await approvedByName(name);
  expect(messages(machine)).toEqual([]);
  await live(machine, { custodians: () => custodiansWho({})(machine) });
  expect(request().state).toBe('applied');
  return machine;
}

/** Messages that a part has no use any more: whose, and of which number. */
const posted = ({ store }: Machine) => [...store.rows.cards.values()].filter(({ variant }) => variant?.includes(':void:'));
const messages = (on: Machine): string[] =>
  posted(on)
    .map(({ subject, place }) => `${subject} ${place.kind === 'person' ? place.objectId : place.kind}`)
    .sort();
const to = (...each: readonly (readonly [number: number, name: 'dana' | 'eli' | 'fay'])[]): string[] =>
  each.map(([number, name]) => `part:${ACCOUNT}:${number} ${person(name).objectId}`).sort();
async function said(on: Machine): Promise<string> {
  const drawn = await Promise.all(posted(on).map((card) => draw(on.store, card, async () => [])));
  return JSON.stringify(drawn.map((each) => each?.card));
}

describe('the card of a part while another password is set in its place', () => {
  const card = { subject: 'part:EA-4Q9T1X:2', variant: '1', place: { kind: 'person', objectId: person('eli').objectId } } as const;
  const drawn = async (account: EmergencyAccount) => {
    const store = memoryStore(NOON);
    store.put('account', account);
    return JSON.stringify((await draw(store, card, async () => []))?.card);
  };

  test.each([['dana', 'eli'] as const, ['dana', 'fay'] as const])(
    'has nothing destroyed before it is certain which of the two counts: %s and %s',
    async (...names) => {
      const before = anAccount();
      const during = replaceParts(before, names.map(person), 'R-2');
      const held = await drawn(during);
      expect(held).toContain('Your part is being replaced');
      expect(held).toMatch(/Keep part 2 where it is/);
      expect(held).not.toMatch(/destroy|opens nothing any more\./);
      // What was never opened was destroyed at once.
      const unseen = { ...before, parts: before.parts.map((part) => ({ ...part, state: 'ready' as const, expiresAt: hours(9) })) };
      expect(await drawn(replaceParts(unseen, names.map(person), 'R-2'))).toContain('opens nothing any more.');
      // Not set after all: it counts again, and its card says so.
      expect(during.held).toBeDefined();
      if (during.held) expect(await drawn(heldAgain(during, during.held))).toContain('Your part is stored');
      const set = handOver(during, { partExpiryHours: 72, validationDays: 90 }, NOON);
      expect(await drawn(set.ok ? set.value.next : during)).toMatch(/opens nothing any more\. If it lies in your safe, destroy it/);
    },
  );
});

describe('the card of a key while another is registered in its place', () => {
  const keyed = anAccount({
    credential: 'passkey',
    parts: anAccount().parts.map((part) => ({ ...part, key: { methodId: `K${part.number}` } })),
  });
  const pass = { requestId: 'R-2', methodId: 'T1', issuedAt: NOON, keysBefore: ['K1', 'K2'], keysAtStart: ['K1', 'K2'] };
  const next = (decision: Decision<EmergencyAccount>): EmergencyAccount => {
    if (!decision.ok) throw new Error(decision.error.code);
    return decision.value.next;
  };
  async function drawn(account: EmergencyAccount, name: 'dana' | 'eli', number: number) {
    const store = memoryStore(NOON);
    store.put('account', account);
    const card = {
      subject: `part:${account.id}:${number}`,
      variant: '1',
      place: { kind: 'person', objectId: person(name).objectId },
    } as const;
    return JSON.stringify((await draw(store, card, async () => []))?.card);
  }

  test('has it kept until the other counts, by whoever hands over as by whoever gets a new one', async () => {
    const during = next(passIssued(keyed, 2, person('fay'), pass, hours(8)));
    const handedOver = await drawn(during, 'eli', 2);
    expect(handedOver).toContain('Your key is being replaced');
    expect(handedOver).toContain('until that one counts yours opens the account. Keep key 2 where it is');
    expect(handedOver).not.toContain('wipe');
    const own = await drawn(next(passIssued(keyed, 1, person('dana'), pass, hours(8))), 'dana', 1);
    for (const said of ['Register your security key', 'Your old key opens the account until the new one counts: keep it'])
      expect(own).toContain(said);
    // Given up, it counts as before.
    expect(await drawn(next(keysWithdrawn(during, 'R-2', 2, false, NOON)), 'eli', 2)).toContain('Your key is registered');
    const registered = next(keyRegistered(during, 2, { methodId: 'K9' }));
    expect(await drawn(registered, 'eli', 2)).toContain('Your key is being replaced');
    expect(await drawn(next(keysStored(registered, 2, { validationDays: 90 }, NOON)), 'eli', 2)).toMatch(
      /opens nothing any more\..*wipe it/,
    );
  });
});

test('the card of a key asks whether it is registered until its custodian says so, and says that it is once the tenant shows it', () => {
  const pass = { requestId: 'R-1', methodId: 'T1', issuedAt: NOON, keysBefore: [], keysAtStart: [] };
  const shown = { state: 'shown', expiresAt: hours(8), pass, shownAt: hours(1) } as const;
  const titleOf = (more: Partial<Part>) => {
    const account = anAccount({ state: 'provisioning', credential: 'passkey', parts: [aPart(1, 'dana', { ...shown, ...more })] });
    const { summary, card: drawnCard } = partCard(account, 1, hours(3));
    return [summary.split(':', 1)[0], JSON.stringify(drawnCard).includes('"id":"location"')];
  };
  const key = { methodId: 'K1' };
  expect(titleOf({})).toEqual(['Have you registered your key?', true]);
  expect(titleOf({ confirmedAt: hours(2) })).toEqual(['I look for your key in the tenant', true]);
  expect(titleOf({ confirmedAt: hours(2), key })).toEqual(['Your key is registered', false]);
  expect(titleOf({ state: 'stored', storedAt: hours(3), confirmedAt: hours(2), key })).toEqual(['Your key is registered', false]);
});

describe('a part that has no use any more is told to whoever holds it', () => {
  test('of an account that is retired', async () => {
    const on = await carriedOut('retire');
    expect(messages(on)).toEqual(to([1, 'dana'], [2, 'eli']));
    const text = await said(on);
    expect(text).toContain('This account was retired');
    expect(text).toContain('which you opened at 2026-11-22 12:00 UTC, opens nothing any more. If it lies in your safe, destroy it.');
    expect(text).not.toContain('A newer one');
  });

  test('of a password that another has replaced, with when it was opened: a newer part of the same number counts', async () => {
    const on = await carriedOut('rotate');
    expect(messages(on)).toEqual(to([1, 'dana'], [2, 'eli']));
    const text = await said(on);
    expect(text).toContain('This part was replaced');
    expect(text).toContain('destroy it. Do not take your newer part 1 for it: that one has a message of its own here.');
    expect(text).toContain('destroy it. Do not take your newer part 2 for it: that one has a message of its own here.');
  });

  test.each([
    ['keys in place of a password', 'This part was replaced'],
    ['password in place of keys', 'This key was replaced'],
    ['rotate with keys', 'This key was replaced'],
  ])('of what was replaced by %s', async (saga, title) => {
    const on = await carriedOut(saga);
    expect(messages(on)).toEqual(to([1, 'dana'], [2, 'eli']));
    expect(await said(on)).toContain(title);
  });

  test('at a handover: who hands over keeps nothing, who stays has a newer one', async () => {
    const on = await carriedOut('handover');
    const [toDana, toEli] = await Promise.all(
      (['dana', 'eli'] as const).map(async (name) => {
        const card = posted(on).find(({ place }) => place.kind === 'person' && place.objectId === person(name).objectId);
        return JSON.stringify(card && (await draw(on.store, card, async () => []))?.card);
      }),
    );
    expect(toDana).toContain('destroy it. Do not take your newer part 1 for it: that one has a message of its own here.');
    expect(toEli).toContain('destroy it. You keep nothing of this account now.');
    expect(toEli).not.toContain('newer');
  });

  test('of a key that is left out, as there are fewer', async () => {
    expect(messages(await carriedOut('rotate with keys to one fewer'))).toEqual(to([1, 'dana'], [2, 'eli'], [3, 'fay']));
  });

  test('not of one that nobody opened, and not before the plan is carried out', async () => {
    const saga = SAGAS.find(({ name }) => name === 'rotate');
    if (!saga) throw new Error('no such saga');
    const { machine } = await approved(saga);
    const account = machine.store.rows.account.get(ACCOUNT);
    if (!account) throw new Error('no account');
    const parts = account.parts.map(({ number, custodian }) => ({ number, custodian, state: 'ready' as const, expiresAt: NOON }));
    machine.store.put('account', { ...account, parts });
    await live(machine);
    expect(messages(machine)).toEqual([]);
  });
});

describe('of an account that was given up before it was made', () => {
  const pass = { requestId: 'R-1', methodId: 'T1', issuedAt: NOON, keysBefore: [], keysAtStart: [] };
  const { appliedAt: _never, ...made } = anAccount({ state: 'retired', credential: 'passkey', history: [] });
  async function says(part: Partial<Part>) {
    const store = memoryStore(NOON);
    store.put('account', { ...made, parts: [aPart(1, 'dana', { state: 'expired', pass, ...part })] });
    const place = { kind: 'person', objectId: person('dana').objectId } as const;
    return JSON.stringify((await draw(store, { subject: `part:${made.id}:1`, variant: '1:pass:R-1:T1', place }, async () => []))?.card);
  }

  test.each([
    ['had not opened a pass', {}, 'You have nothing of it.'],
    ['opened a pass', { shownAt: hours(1) }, 'If you registered a key with it, wipe that key.'],
    ['registered a key', { shownAt: hours(1), key: { methodId: 'K1' } }, 'The key you registered was taken off: wipe it.'],
  ])('whoever %s reads what they have', async (_who, part, words) => {
    const card = await says(part);
    expect(card).toContain('The account was given up before it was made');
    expect(card).toContain(`${made.userPrincipalName} was deleted again. `);
    expect(card).toContain(words);
  });
});
