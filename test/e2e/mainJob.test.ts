import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import { createInputs, element, has, type Message, SandboxProcess, text } from '../support/sandbox.ts';

const NAME = 'ea-main-01';
const UPN = `${NAME}@${TENANTS.contoso.initialDomain}`;

describe('the main job, through buttons over HTTP', () => {
  const sandbox = new SandboxProcess();
  let card: Message;
  const parts: string[] = [];
  const requestCard = () => sandbox.message('ann', 'channel', has('request.approve', UPN));
  const current = () => sandbox.message('ann', 'channel', (message) => message.id === card.id);

  beforeAll(() => sandbox.start());
  afterAll(() => sandbox.stop());

  test('installed in the team it says what it is; in a personal chat it greets', async () => {
    await sandbox.message('ann', 'channel', has('Breakglass', 'emergency access'));
    await sandbox.message('dana', 'personal', has('Dana Diaz'));
  });

  test('Rita asks: the form, then a request card in the security channel; nothing is written in the tenant', async () => {
    const { messageId } = await sandbox.say('rita', 'channel', 'create contoso');
    const answer = await sandbox.press('rita', messageId, 'create.submit', createInputs(NAME));
    expect(answer.status).toBe(200);
    expect(text({ card: answer.card })).toMatch(/R-[0-9A-Z]{6}/);
    card = await requestCard();
    for (const part of [
      'Rita Reyes',
      TENANTS.contoso.id,
      'Dana Diaz',
      'Eli Evans',
      'Two accounts per tenant',
      '/roleManagement/directory/roleAssignments',
    ]) {
      expect(text(card)).toContain(part);
    }
    expect(await sandbox.writes()).toEqual([]);
    await sandbox.message('bob', 'personal', has(UPN));
  });

  test('AP-2: Rita is refused with the reason, from both her accounts', async () => {
    for (const who of ['rita', 'rita2'] as const) {
      const refused = await sandbox.press(who, card.id, 'request.approve');
      expect(refused.message).toMatch(/you asked|your own request|requester/i);
    }
  });

  test('ID-2: a guest in the approvers group, an ordinary member and a custodian are refused', async () => {
    for (const who of ['gus', 'mal', 'dana'] as const) {
      const refused = await sandbox.press(who, card.id, 'request.approve');
      expect(refused.message).toBeTruthy();
      expect(text(await current())).not.toContain('approval: 1 of 2');
    }
  });

  test('AP-1: Ann alone is not enough, twice Ann neither; with Bob it runs, step by step, in the order of the plan', async () => {
    const first = await sandbox.press('ann', card.id, 'request.approve');
    expect(text({ card: first.card })).toContain('1 of 2');
    expect((await sandbox.press('ann', card.id, 'request.approve')).message).toMatch(/already/i);
    expect(await sandbox.writes()).toEqual([]);
    await sandbox.press('bob', card.id, 'request.approve');
    await sandbox.message('ann', 'channel', (message) => message.id === card.id && /read back as planned/i.test(text(message)));

    // A reference to a new user may be refused while it replicates; what counts is what was carried out.
    const writes = (await sandbox.writes()).filter(({ status }) => status < 300);
    const group = TENANTS.contoso.exclusionGroupId;
    expect(
      writes.map(({ method, path }) => `${method} ${path.replace(/^\/v1\.0/, '').replace(/\/users\/[0-9a-f-]{36}/, '/users/ID')}`),
    ).toEqual([
      'POST /users',
      `POST /groups/${group}/members/$ref`,
      'PATCH /users/ID',
      'POST /roleManagement/directory/roleAssignments',
      'PATCH /users/ID',
      `POST /directory/administrativeUnits/${TENANTS.contoso.restrictedUnitId}/members/$ref`,
    ]);
    expect(writes[0]?.body).toMatchObject({ accountEnabled: false, userPrincipalName: UPN });
    expect(writes[4]?.body).toEqual({ accountEnabled: true });
  });

  test('CR-1: Dana and Eli each see their part once, in a dialog; nobody else can', async () => {
    for (const [index, who] of (['dana', 'eli'] as const).entries()) {
      const waiting = await sandbox.message(who, 'personal', has('part.reveal'));
      const shown = await sandbox.press(who, waiting.id, 'part.reveal');
      const part = String(element(shown.dialog?.card, 'part')?.text);
      expect(part).toHaveLength(20);
      expect(String(element(shown.dialog?.card, 'partNumber')?.text)).toContain(String(index + 1));
      parts.push(part);
      const again = await sandbox.press(who, waiting.id, 'part.reveal');
      expect(again.dialog).toBeUndefined();
      expect(again.message).toMatch(/shown|once|already/i);
      const stored = await sandbox.dialog(who, shown.dialog?.id ?? '', 'part.stored', {
        location: `Safe ${index + 1}`,
        sealNumber: `S-${index}`,
      });
      expect(stored.status).toBe(200);
      await sandbox.message(who, 'personal', (message) => message.id === waiting.id && text(message).includes(`Safe ${index + 1}`));
    }
  });

  test('a sign-in with the joined parts is an alert in the channel, and Bob acknowledges it', async () => {
    expect(await sandbox.signIn(UPN, parts.join(''))).toMatchObject({ result: 'success', errorCode: 0 });
    const alert = await sandbox.message('ann', 'channel', has('alert.acknowledge', UPN));
    const done = await sandbox.press('bob', alert.id, 'alert.acknowledge');
    expect(text({ card: done.card })).toContain('Bob Baker');
    await sandbox.message(
      'ann',
      'channel',
      (message) => message.id === alert.id && has('Bob Baker')(message) && !has('alert.acknowledge')(message),
    );
  });

  test('AL-3: the same sign-in, polled and pushed, stays one alert that lists both sources', async () => {
    const alert = await sandbox.message(
      'ann',
      'channel',
      (message) => has(UPN, 'Azure Monitor')(message) && /sign-in log/i.test(text(message)),
    );
    const all = (await sandbox.messages('ann', 'channel')).filter((message) => has('signed in')(message) && has(UPN)(message));
    expect(all.map(({ id }) => id)).toEqual([alert.id]);
  });

  test('a failed sign-in is an alert too', async () => {
    expect(await sandbox.signIn(UPN, 'wrong')).toMatchObject({ result: 'failure', errorCode: 50126 });
    const alert = await sandbox.message('ann', 'channel', has('alert.acknowledge', UPN, '50126'));
    expect((await sandbox.press('oona', alert.id, 'alert.acknowledge')).status).toBe(200);
  });

  test('SI-5: after 76 days Oona is reminded; past 90 the channel hears it; each once', async () => {
    /** Once there are so many of them. */
    const reminders = (who: 'oona' | 'ann', where: 'personal' | 'channel', count: number) =>
      sandbox.messagesOnce(who, where, count, has('validation.submit', UPN));
    expect(await reminders('oona', 'personal', 0)).toEqual([]);
    await sandbox.advance('P76D');
    expect(await reminders('oona', 'personal', 1)).toHaveLength(1);
    await sandbox.settled();
    expect(await reminders('ann', 'channel', 0)).toEqual([]);
    await sandbox.advance('P15D');
    expect(await reminders('oona', 'personal', 2)).toHaveLength(2);
    expect(await reminders('ann', 'channel', 1)).toHaveLength(1);
    await sandbox.advance('PT1M');
    expect(await reminders('ann', 'channel', 1)).toHaveLength(1);
  });

  test('accounts, requests, whoami, status and help answer', async () => {
    const answers: [string, RegExp][] = [
      ['accounts', new RegExp(NAME)],
      [`accounts ${NAME}`, new RegExp(UPN)],
      ['requests', /No open|no request|nothing/i],
      ['whoami', /approver/i],
      ['status', /graph|sign-in/i],
      ['help', /create/],
    ];
    for (const [command, answer] of answers) {
      const { replyIds } = await sandbox.say('ann', 'personal', command);
      const reply = (await sandbox.messages('ann', 'personal')).find(({ id }) => id === replyIds[0]);
      expect(text(reply)).toMatch(answer);
    }
  });

  test.each([
    ['oona', 'personal', true],
    ['oona', 'channel', false],
    ['ann', 'personal', false],
    ['ann', 'channel', false],
  ] as const)('where the parts are kept: asked by %s in %s', async (who, where, told) => {
    const { replyIds } = await sandbox.say(who, where, `accounts ${NAME}`);
    const reply = (await sandbox.messages(who, where)).find(({ id }) => id === replyIds[0]);
    expect(text(reply)).toContain(UPN);
    expect(text(reply).includes('Safe 1')).toBe(told);
  });

  test('Oona reports the validation as done; the next is due in 90 days', async () => {
    const reminder = await sandbox.message('oona', 'personal', has('validation.submit', UPN));
    const half = await sandbox.press('oona', reminder.id, 'validation.submit', { informed: 'true' });
    expect(half.message).toMatch(/signed in/i);
    const ids = ['informed', 'people', 'process', 'sign-in', 'alerted', 'no-personal', 'safes'];
    const done = await sandbox.press('oona', reminder.id, 'validation.submit', {
      ...Object.fromEntries(ids.map((id) => [id, 'true'])),
      note: 'Drill 12',
    });
    expect(done.status).toBe(200);
    await sandbox.message('oona', 'personal', (message) => message.id === reminder.id && !has('validation.submit')(message));
  });
});
