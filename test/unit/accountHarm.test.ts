import { describe, expect, test } from '@jest/globals';
import type { PasskeysKnown } from '../../src/app/openRequest.ts';
import { accountForms } from '../../src/bot/accountForms.ts';
import { accountOperation } from '../../src/bot/commands/accountOperation.ts';
import { accountCard } from '../../src/cards/views/account.ts';
import { accountFormCard } from '../../src/cards/views/accountForm.ts';
import { keysBegun, retired } from '../../src/core/account/life.ts';
import type { EmergencyAccount, Part } from '../../src/core/account/types.ts';
import type { AccountOperation } from '../../src/core/request/planAccount.ts';
import { no } from '../../src/core/result.ts';
import { actor, anAccount, anAccountPlan, aPart, aRequest, days, hours, person } from '../support/builders.ts';
import { memoryStore } from '../support/memoryStore.ts';

const [dana, eli, fay] = [person('dana'), person('eli'), person('fay')];
const kept = { state: 'stored', shownAt: hours(1), storedAt: hours(2) } as const;
const expired = { state: 'expired', expiresAt: days(3) } as const;
const lost = { state: 'lost', shownAt: hours(1), lostAt: hours(5) } as const;
const withParts = (...parts: readonly Part[]): EmergencyAccount => anAccount({ parts });
const UPN = anAccount().userPrincipalName;

async function form(
  operation: AccountOperation,
  account: EmergencyAccount,
  may = [dana, eli, fay],
  who = actor('rita'),
  keys?: PasskeysKnown,
) {
  const people = { holders: async () => may, lookUp: async () => no('unknown') } as never;
  const onAccounts = accountForms({ people, random: { id: () => 'F-1' }, passkeys: async () => keys, store: memoryStore(days(4)) });
  const { rendered } = await onAccounts.open(who, operation, account);
  const body = (rendered.card as { body: { id?: string; value?: string; choices?: { title: string }[] }[] }).body;
  const input = (id: string) => body.find((each) => each.id === id);
  return {
    said: JSON.stringify(rendered.card),
    ticked: input('custodians')?.value,
    offers: (id: string) => input(id)?.choices?.map(({ title }) => title),
  };
}

describe('a form on an account that something is missing of', () => {
  test('says which part is gone, whose and since when, and ticks nobody: whoever lost theirs is marked where they could be chosen again', async () => {
    for (const [gone, word, at] of [
      [expired, 'never opened, destroyed', '2026-11-25T12:00:00Z'],
      [lost, 'lost', '2026-11-22T17:00:00Z'],
    ] as const) {
      const { said, ticked, offers } = await form('rotate', withParts(aPart(1, 'dana', kept), aPart(2, 'eli', gone)));
      for (const text of [
        'Part 2 is gone: nobody can put the password together, so the account cannot be used.',
        'Nobody is ticked below: choose who is to keep what is new.',
        '"text":"Part 2: "',
        `"text":"${word}"`,
        at,
      ])
        expect(said).toContain(text);
      expect(said).not.toContain('kept today');
      expect(ticked).toBe('');
      expect(offers('custodians')).toEqual(['Dana Diaz', 'Eli Evans (part 2 is gone)', 'Fay Fischer']);
    }
  });

  test('of three, the two who still have theirs are not ticked either: sent in as it opened it would make two parts of three', async () => {
    const three = (gone: object) => withParts(aPart(1, 'dana', kept), aPart(2, 'eli', kept), aPart(3, 'fay', gone));
    expect((await form('rotate', three(lost))).ticked).toBe('');
    expect((await form('rotate', three(kept))).ticked).toBe([dana, eli, fay].map(({ objectId }) => objectId).join(','));
  });

  test('whose time is up is gone before its timer rings', async () => {
    const { said, ticked } = await form(
      'rotate',
      withParts(aPart(1, 'dana', kept), aPart(2, 'eli', { state: 'ready', expiresAt: days(3) })),
    );
    expect([said.includes('Part 2 is gone'), ticked]).toEqual([true, '']);
  });

  test('nor is anybody where one was opened and its custodian has not said where it is', async () => {
    const opened = withParts(aPart(1, 'dana', kept), aPart(2, 'eli', { state: 'shown', shownAt: days(3) }));
    const { said, ticked, offers } = await form('rotate', opened);
    expect(said).toContain('Nobody has said where part 2 is: it may be gone.');
    expect(ticked).toBe('');
    expect(offers('custodians')).toContain('Eli Evans (has not said where part 2 is)');
    // Four hours are for walking to a safe.
    const justNow = withParts(aPart(1, 'dana', kept), aPart(2, 'eli', { state: 'shown', shownAt: hours(93) }));
    expect((await form('rotate', justNow)).ticked).not.toBe('');
  });

  test('who has left, and who asks for it themselves, is said, and the rest is not ticked', async () => {
    const three = withParts(aPart(1, 'dana', kept), aPart(2, 'eli', kept), aPart(3, 'fay', kept));
    const left = await form('rotate', three, [dana, eli]);
    expect(left.said).toContain('Fay Fischer is no custodian any more and still has part 3.');
    expect([left.ticked, left.offers('custodians')]).toEqual(['', ['Dana Diaz', 'Eli Evans']]);
    const own = await form('rotate', three, [dana, eli, fay], actor('dana', ['requester', 'custodian']));
    expect(own.said).toContain('You have part 1 and ask for this, so you can keep none of what it makes.');
    expect([own.ticked, own.offers('custodians')]).toEqual(['', ['Eli Evans', 'Fay Fischer']]);
  });

  test('a handover says what it does not mend', async () => {
    const gone = await form('handover', withParts(aPart(1, 'dana', kept), aPart(2, 'eli', lost)));
    expect(gone.said).toContain(
      `Whoever stays gets a part of the new password, Eli Evans too. To choose everybody anew, say rotate ${UPN}.`,
    );
    expect(gone.said).not.toContain('has seen their part');
    expect(gone.offers('leaving')).toEqual(['Dana Diaz', 'Eli Evans (part 2 is gone)']);
    const left = await form('handover', anAccount(), [dana, fay]);
    expect(left.offers('leaving')).toEqual(['Dana Diaz', 'Eli Evans (no custodian any more)']);
    expect(left.said).not.toContain('say rotate');
    expect((await form('handover', anAccount(), [fay])).said).toContain(`A handover replaces one person: say rotate ${UPN} instead.`);
    const key = { methodId: 'K1' };
    const keyed = { ...withParts(aPart(1, 'dana', { ...kept, key }), aPart(2, 'eli', expired)), credential: 'passkey' as const };
    const { said } = await form('handover', keyed);
    for (const text of [
      'Key 2 is gone. Each other key opens the account alone.',
      'Only the key that is handed over is made anew',
      'Who gives up their key',
    ])
      expect(said).toContain(text);
  });

  test('enabled, it could not be used, and the form does not promise that it could', async () => {
    const account = { ...withParts(aPart(1, 'dana', kept), aPart(2, 'eli', lost)), state: 'disabled' as const };
    const { said } = await form('enable', account);
    expect(said).toContain(`Enabled, it still cannot be used: say rotate ${UPN} too.`);
    expect(said).not.toContain('It can be used again');
    expect((await form('enable', anAccount({ state: 'disabled' }))).said).toContain(
      'It can be used again with the parts that are kept today.',
    );
  });

  test('of one that is whole nothing is said, and who keeps it stays ticked', async () => {
    for (const operation of ['rotate', 'handover', 'disable', 'retire', 'exclude'] as const) {
      const { said, ticked } = await form(operation, anAccount());
      expect(said).not.toMatch(/(is|are) gone\b(?! for good)|Nobody is ticked|By my record|no custodian any more/);
      if (operation === 'rotate') expect(ticked).toBe([dana, eli].map(({ objectId }) => objectId).join(','));
    }
    expect((await form('rotate', anAccount())).said).not.toContain('Amsterdam');
  });

  test('what the record knows of its state is said before anything is typed', async () => {
    const disabled = anAccount({ state: 'disabled' });
    expect((await form('disable', disabled)).said).toContain('By my record it is disabled already.');
    expect((await form('enable', anAccount())).said).toContain('By my record it is enabled already.');
    for (const [operation, credential] of [
      ['rotate', 'passkey'],
      ['handover', 'passkey'],
      ['rotate', undefined],
    ] as const)
      expect((await form(operation, { ...disabled, ...(credential ? { credential } : {}) })).said).toContain(
        `for keys, say enable ${UPN} first`,
      );
    expect((await form('handover', disabled)).said).not.toContain('say enable');
  });
});

test('the record of a retired account gives no time to come for a part that was destroyed with it, and asks for no second factor', () => {
  const ready = { state: 'ready', expiresAt: days(3) } as const;
  const retiredOne = retired(withParts(aPart(1, 'dana', ready), aPart(2, 'eli', kept)), days(1));
  if (!retiredOne.ok) throw new Error(retiredOne.error.code);
  const said = (now: Date) => JSON.stringify(accountCard(retiredOne.value.next, now).card);
  for (const at of [days(1), days(9)]) {
    expect(said(at)).toContain('"ended"');
    expect(said(at)).not.toMatch(/2026-11-25|second factor/);
  }
  // Of one that expired it is the time it did.
  expect(JSON.stringify(accountCard(withParts(aPart(1, 'dana', ready)), days(3)).card)).toContain('2026-11-25T12:00:00Z');
});

describe('the record of an account that something is asked of already', () => {
  const broken = withParts(aPart(1, 'dana', kept), aPart(2, 'eli', lost));
  const asked = aRequest({ plan: anAccountPlan('rotate', { account: broken }) });
  const said = (account: EmergencyAccount, request?: typeof asked) =>
    JSON.stringify(accountCard(account, days(1), undefined, undefined, request).card);

  test('names the request, and has nobody ask for another beside it', () => {
    expect(said(broken)).toContain('account.rotate');
    const busy = said(broken, asked);
    expect(busy).toContain(`${asked.id}: New password for ${UPN}`);
    expect(busy).toContain(`Use another account until that is done: say requests ${asked.id}.`);
    expect(busy).not.toMatch(/account\.rotate|A requester says|asks for it with the button/);
    expect(said(anAccount(), asked)).toContain('In service once a drill has passed');
  });

  test('does not say of a password without a part that it counts until the keys stand', () => {
    const keys = { ...keysBegun(broken, [dana, eli], asked.id) };
    expect(said(keys, asked)).toContain('Security keys are being registered in place of the password.');
    expect(said(keys, asked)).not.toContain('It counts until');
    expect(said(keysBegun(anAccount(), [dana, eli], asked.id), asked)).toContain('It counts until every one of them stands: say requests.');
  });
});

test('that the tenant allows no keys is said before anything is typed, wherever keys could be asked for', async () => {
  const everybody = [dana, eli, fay];
  const keyed = anAccount({ credential: 'passkey' });
  const said = async (operation: AccountOperation, account: EmergencyAccount, keys: PasskeysKnown) =>
    form(operation, account, everybody, actor('rita'), keys);
  const no = { ok: false, error: 'keys-off' } as const;
  const mark = 'not now, this tenant allows no passkeys';
  const harm = 'This tenant allows no passkeys, so no new key can be registered: have them allowed';
  const password = await said('rotate', anAccount(), no);
  expect(password.offers('credential')).toEqual([
    'A new password in parts, the kind it has now',
    `Security keys in its place, one for each custodian (passkeys): ${mark}`,
  ]);
  expect(password.said).not.toContain(harm);
  const keys = await said('rotate', keyed, no);
  expect(keys.offers('credential')?.[0]).toContain(mark);
  expect(keys.said).toContain(harm);
  expect((await said('handover', keyed, no)).said).toContain(harm);
  for (const [operation, account, known] of [
    ['handover', anAccount(), no],
    ['disable', keyed, no],
    ['rotate', keyed, undefined],
    ['rotate', keyed, { ok: true, value: { passMinutes: 480 } }],
  ] as const)
    expect((await said(operation, account, known)).said).not.toContain('allows no passkeys');
});

test('a key cannot be handed over where the tenant allows none: no password is offered in its place, for a handover makes none', () => {
  const account = anAccount({ credential: 'passkey' });
  const faulty = (operation: 'handover' | 'rotate') =>
    JSON.stringify(
      accountFormCard({
        ...{ operation, account, custodians: [dana, eli, fay], now: days(4), leavesFew: false },
        values: { reason: 'x', custodians: '', leaving: '', fewer: 'false' },
        faults: [{ field: 'credential', problem: 'keys-off' }],
        sends: { verb: 'account.submit', id: 'F-1', digest: '', place: 'message' },
      }).card,
    );
  expect(faulty('handover')).toContain('This tenant allows no passkeys, so no new key can be registered: have them allowed in the');
  expect(faulty('handover')).not.toContain('choose a password');
  expect(faulty('rotate')).toContain('or choose a password.');
});

test('typed, a command says at once that another request is open for the account, as the button does', async () => {
  const store = memoryStore(hours(1));
  const account = anAccount();
  await store.transaction(async (tx) => {
    await tx.insert('account', account);
    await tx.insert('request', aRequest({ plan: anAccountPlan('rotate', { account }) }));
  });
  const newForm = async () => ({ formId: 'F-1', rendered: { card: {}, summary: '' } });
  const answer = await accountOperation('disable').run(
    { name: account.id },
    { asker: { actor: actor('rita'), mri: '29:x', where: 'personal' }, store, newForm },
  );
  expect(answer).toMatchObject({ kind: 'text', text: expect.stringContaining('is open for this account') });
  const made = anAccount({ ...account, id: 'EA-2', objectId: 'o-2', requestId: 'R-2', userPrincipalName: 'two@x', state: 'provisioning' });
  await store.transaction((tx) => tx.insert('account', made));
  const early = await accountOperation('rotate').run(
    { name: 'EA-2' },
    { asker: { actor: actor('rita'), mri: '29:x', where: 'personal' }, store, newForm },
  );
  expect(early).toMatchObject({ kind: 'text', text: expect.stringContaining('still being set up') });
});
