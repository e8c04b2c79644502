import { describe, expect, test } from '@jest/globals';
import { expirePart, revealPart, serviceState, storePart } from '../../src/core/account/custody.ts';
import type { EmergencyAccount, Part } from '../../src/core/account/types.ts';
import { actor, anAccount, aPart, hours, minutes, NOON, person, stranger } from '../support/builders.ts';

/* Every outcome of showing, storing and losing a part, whole: the next state to the last field, what is owed, each refusal at its limit. */
const EXPIRY = hours(72);
const NOW = minutes(5);
const ready = aPart(1, 'dana', { state: 'ready', expiresAt: EXPIRY });
const other = aPart(2, 'eli', { state: 'stored', storedAt: NOON });
const account = (first: Part = ready, more: Partial<EmergencyAccount> = {}) =>
  anAccount({ state: 'handover', parts: [first, other], ...more });
const { id, requestId, tenantId } = account();
const redraw = [`part:${id}:1`, `request:${requestId}`, `account:${id}`].map((subject) => ({ kind: 'show', subject }));
const no = (error: unknown) => ({ ok: false, error });
const next = (first: Part, more: Partial<EmergencyAccount> = {}) => ({ ...account(first), revision: 2, ...more });

describe('showing a part', () => {
  test('CR-1 CR-2: a ready one is shown from now on, its expiry forgotten, every card of it redrawn', () => {
    expect(revealPart(account(), 1, actor('dana'), NOW)).toEqual({
      ok: true,
      value: {
        next: next({ ...ready, state: 'shown', shownAt: NOW }),
        effects: [{ kind: 'forget', key: `part-expiry:${id}:1` }, ...redraw],
      },
    });
    const { expiresAt: _none, ...endless } = ready;
    expect(revealPart(account(endless), 1, actor('dana'), NOW).ok).toBe(true);
    expect(revealPart(account(), 1, actor('dana'), new Date(EXPIRY.getTime() - 1)).ok).toBe(true);
  });

  test.each<[string, Part, number, unknown]>([
    ['no such part', ready, 3, { code: 'not-found', what: 'part' }],
    ['somebody else’s', ready, 2, { code: 'not-your-part', custodian: person('eli').name }],
    ['stored', { ...ready, state: 'stored', shownAt: NOON, storedAt: minutes(1) }, 1, { code: 'part-stored', at: minutes(1) }],
    ['shown', { ...ready, state: 'shown', shownAt: minutes(2) }, 1, { code: 'part-shown', at: minutes(2) }],
    ['expired', { ...ready, state: 'expired' }, 1, { code: 'part-expired' }],
    ['too old', { ...ready, expiresAt: NOW }, 1, { code: 'part-expired' }],
    ['sealed', { ...aPart(1, 'dana') }, 1, { code: 'part-not-ready' }],
    ['stored, nobody knows when', { ...aPart(1, 'dana', { state: 'stored' }) }, 1, { code: 'part-not-ready' }],
    ['shown, nobody knows when', { ...aPart(1, 'dana', { state: 'shown' }) }, 1, { code: 'part-not-ready' }],
    [
      'ready again, for whatever reason, after it was stored',
      { ...ready, storedAt: NOON, shownAt: NOON, state: 'sealed' },
      1,
      { code: 'part-not-ready' },
    ],
  ])('CR-1: is refused: %s', (_name, part, number, refusal) => {
    expect(revealPart(account(part), number, actor('dana'), NOW)).toEqual(no(refusal));
  });

  test('ID-2: nobody without rights sees one', () => {
    expect(revealPart(account(), 1, stranger('guest'), NOW)).toEqual(no({ code: 'stranger', why: 'guest' }));
    expect(storePart(account(), 1, stranger('guest'), { location: '', sealNumber: '' }, NOW)).toEqual(
      no({ code: 'stranger', why: 'guest' }),
    );
  });
});

describe('storing a part', () => {
  const shown: Part = { ...ready, state: 'shown', shownAt: NOON };
  const stored: Part = { ...shown, state: 'stored', storedAt: NOW, location: 'Safe', sealNumber: '7' };

  test('the last one puts the account into service', () => {
    expect(storePart(account(shown), 1, actor('dana'), { location: 'Safe', sealNumber: '7' }, NOW)).toEqual({
      ok: true,
      value: { next: next(stored, { state: 'in-service' }), effects: redraw },
    });
    const bare = { ...shown, state: 'stored', storedAt: NOW };
    expect(storePart(account(shown), 1, actor('dana'), { location: '', sealNumber: '' }, NOW)).toMatchObject({
      value: { next: { parts: [bare, other] } },
    });
    const outcome = storePart(account(shown), 1, actor('dana'), { location: '', sealNumber: '' }, NOW);
    expect(outcome.ok && Object.keys(outcome.value.next.parts[0] ?? {})).not.toContain('location');
    expect(outcome.ok && Object.keys(outcome.value.next.parts[0] ?? {})).not.toContain('sealNumber');
  });

  test('another one to come, or an account that is disabled, changes nothing of the account', () => {
    const waiting = anAccount({ state: 'handover', parts: [shown, aPart(2, 'eli', { state: 'ready' })] });
    expect(storePart(waiting, 1, actor('dana'), { location: 'S', sealNumber: '' }, NOW)).toMatchObject({
      value: { next: { state: 'handover' } },
    });
    expect(storePart(account(shown, { state: 'disabled' }), 1, actor('dana'), { location: 'S', sealNumber: '' }, NOW)).toMatchObject({
      value: { next: { state: 'disabled' } },
    });
  });

  test.each<[string, Part, object, unknown]>([
    ['stored before', stored, {}, { code: 'part-stored', at: NOW }],
    ['stored, nobody knows when', aPart(1, 'dana', { state: 'stored' }), {}, { code: 'part-not-shown' }],
    ['never shown', ready, {}, { code: 'part-not-shown' }],
    [
      'a place too long',
      shown,
      { location: 'x'.repeat(201) },
      { code: 'bad-form', faults: [{ field: 'location', problem: 'too-long', detail: '200' }] },
    ],
    [
      'a seal too long',
      shown,
      { sealNumber: 'x'.repeat(201) },
      { code: 'bad-form', faults: [{ field: 'sealNumber', problem: 'too-long', detail: '200' }] },
    ],
  ])('is refused: %s', (_name, part, kept, refusal) => {
    expect(storePart(account(part), 1, actor('dana'), { location: 'a', sealNumber: 'b', ...kept }, NOW)).toEqual(no(refusal));
    expect(storePart(account(part), 2, actor('dana'), { location: 'a', sealNumber: 'b' }, NOW)).toEqual(
      no({ code: 'not-your-part', custodian: person('eli').name }),
    );
  });

  test('two hundred characters are not too long; a part stored at an unknown instant but shown can be stored', () => {
    expect(storePart(account(shown), 1, actor('dana'), { location: 'x'.repeat(200), sealNumber: 'x'.repeat(200) }, NOW).ok).toBe(true);
    expect(storePart(account({ ...shown, storedAt: NOON }), 1, actor('dana'), { location: '', sealNumber: '' }, NOW).ok).toBe(true);
  });
});

describe('a part of a password that takes the place of keys', () => {
  const held = { requestId: 'R-2', parts: [aPart(1, 'dana', { state: 'stored' })], generation: 1 };
  const resume = (at: Date) => ({ kind: 'intend', key: 'resume:R-2', at, intent: { kind: 'resume-run', requestId: 'R-2' } });

  test('stored, it wakes the run that waits for it', () => {
    const shown: Part = { ...ready, state: 'shown', shownAt: NOON };
    const outcome = storePart(account(shown, { held }), 1, actor('dana'), { location: '', sealNumber: '' }, NOW);
    expect(outcome.ok && outcome.value.effects).toEqual([...redraw, resume(NOW)]);
  });

  test('CR-6: expired, the run hears that there will be none', () => {
    const outcome = expirePart(account(ready, { held }), 1, EXPIRY);
    expect(outcome.ok && outcome.value.effects.slice(0, 4)).toEqual([resume(EXPIRY), ...redraw]);
  });
});

describe('losing a part', () => {
  test('CR-6: one that nobody saw in time is expired, with an alert of its own', () => {
    const dedupe = `part-expired:${id}:1:${EXPIRY.getTime()}`;
    const cause = { kind: 'part-expired', partNumber: 1, custodian: person('dana').name };
    expect(expirePart(account(), 1, EXPIRY)).toEqual({
      ok: true,
      value: {
        next: next({ ...ready, state: 'expired' }),
        effects: [
          ...redraw,
          { kind: 'intend', key: dedupe, at: EXPIRY, intent: { kind: 'raise-alert', dedupe, tenantId, accountId: id, cause } },
        ],
      },
    });
  });

  test('nothing is to do before its time, of one that was shown, that has no time, or of a retired account', () => {
    const nothing = no({ code: 'nothing-to-do' });
    const { expiresAt: _none, ...endless } = ready;
    expect(expirePart(account(), 1, new Date(EXPIRY.getTime() - 1))).toEqual(nothing);
    expect(expirePart(account({ ...ready, state: 'shown' }), 1, EXPIRY)).toEqual(nothing);
    expect(expirePart(account(endless), 1, EXPIRY)).toEqual(nothing);
    expect(expirePart(account(ready, { state: 'retired' }), 1, EXPIRY)).toEqual(nothing);
    expect(expirePart(account(), 3, EXPIRY)).toEqual(no({ code: 'not-found', what: 'part' }));
  });
});

test('an account is in service when every part is stored', () => {
  expect([serviceState([other, other]), serviceState([other, ready]), serviceState([ready, other])]).toEqual([
    'in-service',
    'handover',
    'handover',
  ]);
});
