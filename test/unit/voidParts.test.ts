import { describe, expect, test } from '@jest/globals';
import { draw } from '../../src/jobs/draw.ts';
import { NOON, person } from '../support/builders.ts';
import { custodiansWho } from '../support/installation/custodians.ts';
import type { Machine } from '../support/installation/machine.ts';
import { live } from '../support/installation/process.ts';
import { approved, approvedByName, SAGAS } from '../support/installation/sagas.ts';

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
    expect(text).toContain('destroy it. A newer one that you were handed since counts: keep that.');
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
