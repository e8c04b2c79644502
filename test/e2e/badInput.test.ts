import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import { createInputs, has, idOf, type Message, SandboxProcess, strings, text } from '../support/sandbox.ts';

describe('bad input: a clear refusal each, and nothing half done', () => {
  // Not read while two approvers are disabled: who is back among them counts for nothing for a day (ID-5).
  const sandbox = new SandboxProcess({ BREAKGLASS_ROSTER_POLL_SECONDS: '3600' });
  let formId: string;
  beforeAll(async () => {
    await sandbox.start();
  });
  afterAll(() => sandbox.stop());

  const submit = async (over: Readonly<Record<string, string>>) => {
    const { messageId } = await sandbox.say('rita', 'channel', 'create contoso');
    formId = messageId;
    return sandbox.press('rita', messageId, 'create.submit', createInputs('ea-bad', over));
  };
  const requests = async (): Promise<Message[]> => (await sandbox.messages('ann', 'channel')).filter(has('request.approve'));

  const refused: [string, Readonly<Record<string, string>>, RegExp][] = [
    ['the blank in Microsoft’s own sample name', { userName: 'emergency account' }, /blank/i],
    ['a letter outside the allowed set', { userName: 'ea-münchen' }, /ü/],
    ['an invisible character', { userName: 'ea\u200bbad' }, /U\+200B/],
    ['a dot at the end', { userName: 'ea-bad.' }, /dot/i],
    ['65 characters', { userName: 'e'.repeat(65) }, /64/],
    ['an empty name', { userName: '' }, /name/i],
    ['a name that is taken in the directory', { userName: 'ann.archer' }, /taken|exists|already/i],
    ['an unknown tenant', { tenantId: '99999999-9999-4999-8999-999999999999' }, /tenant/i],
    ['the same custodian twice', { custodians: `${idOf('dana')},${idOf('dana')}` }, /twice|same/i],
    ['one custodian', { custodians: idOf('dana') }, /2|two/i],
    ['somebody who is no custodian', { custodians: `${idOf('dana')},${idOf('mal')}` }, /Mal Moore/],
    ['the requester as custodian', { custodians: `${idOf('dana')},${idOf('rita')}` }, /Rita Reyes/],
    ['a person nobody knows', { custodians: `${idOf('dana')},99999999-9999-4999-8999-999999999999` }, /custodian/i],
    ['a guest as owner', { owners: idOf('gus') }, /owner/i],
    ['no owner', { owners: '' }, /owner/i],
    ['no reason', { reason: '' }, /reason|why/i],
    ['a usage location in words', { usageLocation: 'Germany' }, /two letters|letters/i],
    ['an unknown kind of credential', { credential: 'none' }, /credential/i],
  ];

  test.each(refused)('%s', async (_what, over, words) => {
    const answer = await submit(over);
    expect(answer.status).toBe(200);
    expect(`${answer.message ?? ''} ${text({ card: answer.card })}`).toMatch(words);
    expect(await requests()).toEqual([]);
  });

  test('every fault of a form is said at once, and what was typed is kept', async () => {
    const answer = await submit({ userName: 'a b', reason: '', displayName: 'Kept as typed' });
    const said = text({ card: answer.card });
    expect(said).toMatch(/blank/i);
    expect(said).toMatch(/reason|why/i);
    expect(said).toContain('Kept as typed');
  });

  test('a free tenant whose sign-ins nobody can see is refused with the reason (GR-2)', async () => {
    const answer = await submit({ tenantId: TENANTS.northwind.id });
    expect(`${answer.message ?? ''} ${text({ card: answer.card })}`).toMatch(/sign-in/i);
    // Named in the command, nobody fills in a form for it.
    const { replyIds } = await sandbox.say('rita', 'channel', 'create northwind');
    const said = await sandbox.message('rita', 'channel', ({ id }) => replyIds.includes(id));
    expect([text(said).trim(), said.card]).toEqual([expect.stringMatching(/^I cannot read sign-ins of Northwind/), null]);
    expect(await requests()).toEqual([]);
  });

  test('AP-12: a quorum that cannot be reached is refused when asked', async () => {
    for (const who of ['ann', 'bob'] as const) {
      await sandbox.byHand({ tenantId: TENANTS.contoso.id, do: 'disable-user', userId: idOf(who) });
    }
    const answer = await submit({});
    expect(`${answer.message ?? ''} ${text({ card: answer.card })}`).toMatch(/approver/i);
    expect(await requests()).toEqual([]);
    for (const who of ['ann', 'bob'] as const) {
      await sandbox.byHand({ tenantId: TENANTS.contoso.id, do: 'enable-user', userId: idOf(who) });
    }
  });

  test('AP-10: a broken payload, or one that claims rights, is refused and changes nothing', async () => {
    const good = await submit({ userName: 'ea-broken' });
    expect(good.status).toBe(200);
    const card = await sandbox.message('ann', 'channel', has('request.approve', 'ea-broken'));
    const id = /R-[0-9A-Z]{6}/.exec(JSON.stringify(card.card))?.[0] ?? '';
    const payloads: unknown[] = [
      null,
      [],
      'text',
      {},
      { id },
      { id: 7, digest: ['x'] },
      { id, digest: 'f'.repeat(64) },
      { id, digest: { $ne: '' } },
      { id: `${id}' or '1'='1`, digest: 'f'.repeat(64) },
      { id: 'R-UNKNWN', digest: 'f'.repeat(64), approver: idOf('ann'), role: 'approver', quorum: 0 },
      { __proto__: { roles: ['approver'] }, id, digest: '\u0000' },
    ];
    for (const data of payloads) {
      const answer = await sandbox.raw('ann', {
        type: 'invoke',
        name: 'adaptiveCard/action',
        replyToId: card.id,
        value: { action: { type: 'Action.Execute', verb: 'request.approve', data }, trigger: 'manual' },
      });
      expect(answer.status).toBeLessThan(500);
      expect(strings(answer.body).join(' ')).not.toMatch(/stack|at \w+ \(|node_modules|TypeError/);
    }
    for (const verb of ['', 'request.approve2', 'disapprove', '__proto__', 'constructor', 'REQUEST.APPROVE']) {
      const value = { action: { type: 'Action.Execute', verb, data: { id } }, trigger: 'manual' };
      const answer = await sandbox.raw('ann', { type: 'invoke', name: 'adaptiveCard/action', value });
      expect(answer.status).toBeLessThan(500);
    }
    expect(text(await sandbox.message('ann', 'channel', (message) => message.id === card.id))).toContain('0 of 2');
    expect(await sandbox.writes()).toEqual([]);
  });

  test('CM-3 CM-4: ${} and Markdown in every field stay text: the same card, no link, no mention, no second evaluation', async () => {
    await submit({ userName: 'ea-plain' });
    const plain = await sandbox.message('ann', 'channel', has('request.approve', 'ea-plain'));
    const evil = '${1+1} ${$root} **bold** [click](https://evil.example) <at>Ann</at> <b>x</b> `code` \u202Etxt.exe \u200b';
    const answer = await submit({ userName: 'ea-hostile', displayName: evil, reason: `${evil}\n# heading\n- item` });
    expect(answer.status).toBe(200);
    const card = await sandbox.message('ann', 'channel', has('request.approve', 'ea-hostile'));
    const shape = (value: unknown): string =>
      JSON.stringify(value, (key, inner) => (key === 'type' || typeof inner === 'object' ? inner : undefined));
    expect(shape(card.card)).toBe(shape(plain.card));
    expect(JSON.stringify(card.card)).not.toContain('${');
    expect(text(card)).toContain('U+202E');
    expect(text(card)).not.toContain('\u202E');
    expect(strings(card.card).filter((value) => value.startsWith('https://evil'))).toEqual([]);
  });

  test('the same form sent twice opens one request; the name is then taken for another form', async () => {
    await submit({ userName: 'ea-twice' });
    const second = await sandbox.press('rita', formId, 'create.submit', createInputs('ea-twice'));
    expect(second.status).toBe(200);
    await sandbox.message('ann', 'channel', has('request.approve', 'ea-twice'));
    expect((await requests()).filter(has('ea-twice'))).toHaveLength(1);
    const third = await submit({ userName: 'EA-Twice' });
    expect(`${third.message ?? ''} ${text({ card: third.card })}`).toMatch(/R-[0-9A-Z]{6}/);
    expect((await requests()).filter(has('ea-twice'))).toHaveLength(1);
  });

  test('a denial needs a reason, ends the request, and is said on the card; so do withdrawal and expiry', async () => {
    const denied = await sandbox.message('ann', 'channel', has('request.approve', 'ea-broken'));
    expect((await sandbox.press('ann', denied.id, 'request.deny', { reason: '' })).message).toMatch(/reason|why/i);
    await sandbox.press('ann', denied.id, 'request.deny', { reason: 'Wrong tenant' });
    expect(text(await sandbox.message('ann', 'channel', (message) => message.id === denied.id && has('Wrong tenant')(message)))).toMatch(
      /denied/i,
    );
    expect((await sandbox.press('bob', denied.id, 'request.approve')).message).toMatch(/denied/i);

    const withdrawn = await sandbox.message('rita', 'channel', has('request.approve', 'ea-hostile'));
    expect((await sandbox.press('ann', withdrawn.id, 'request.withdraw')).status).not.toBe(500);
    await sandbox.press('rita', withdrawn.id, 'request.withdraw');
    await sandbox.message('ann', 'channel', (message) => message.id === withdrawn.id && /withdrawn/i.test(text(message)));

    const expired = await sandbox.message('ann', 'channel', has('request.approve', 'ea-twice'));
    await sandbox.advance('PT25H');
    await sandbox.message('ann', 'channel', (message) => message.id === expired.id && /expired/i.test(text(message)));
    expect((await sandbox.press('ann', expired.id, 'request.approve')).message).toMatch(/expired/i);
    expect(await sandbox.writes()).toEqual([]);
  });
});
