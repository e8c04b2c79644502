import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import { createInputs, element, has, type Message, SandboxProcess, text } from '../support/sandbox.ts';

/** Milliseconds between the second approval and kill -9: from before the first write to after the last. */
const MOMENTS = [0, 40, 250, 500];

describe('kill -9 of the whole process, and a start on the same data', () => {
  const sandbox = new SandboxProcess();
  beforeAll(() => sandbox.start());
  afterAll(() => sandbox.stop());

  const again = async (): Promise<void> => {
    await sandbox.kill();
    await sandbox.start();
  };
  const ask = async (name: string): Promise<Message> => {
    const { messageId } = await sandbox.say('rita', 'channel', 'create contoso');
    await sandbox.press('rita', messageId, 'create.submit', createInputs(name));
    return sandbox.message('ann', 'channel', has('request.approve', name));
  };
  const done = (card: Message) =>
    sandbox.message('ann', 'channel', (message) => message.id === card.id && /read back as planned/i.test(text(message)));
  /** Writes the tenant carried out, by what they did: repeats would show as a second row. */
  const carriedOut = async (name: string): Promise<string[]> => {
    const writes = (await sandbox.writes()).filter(({ status }) => status < 300);
    const created = writes.find(({ path, body }) => path.endsWith('/users') && JSON.stringify(body).includes(name));
    if (!created) return [];
    const own = writes.filter(({ seq }) => seq >= created.seq);
    return own.map(({ method, path, body }) => `${method} ${path.split('/').slice(2, 3)} ${Object.keys(body as object).sort()}`);
  };

  test('GR-1 AP-8: at any moment of the run: the plan is carried out, and nothing of it twice', async () => {
    for (const [index, moment] of MOMENTS.entries()) {
      const name = `ea-kill-0${index}`;
      const card = await ask(name);
      await sandbox.press('ann', card.id, 'request.approve');
      const approving = sandbox.press('bob', card.id, 'request.approve').catch(() => undefined);
      if (moment === 0) await approving;
      await new Promise((resolve) => setTimeout(resolve, moment));
      await again();
      await approving;
      // A click whose answer was lost is made again, as a person would; if it had arrived, it is refused as a repeat.
      await sandbox.press('bob', card.id, 'request.approve');
      await done(card);
      const writes = await carriedOut(name);
      const once = ['POST users', 'POST groups', 'POST roleManagement', 'PATCH users accountEnabled'];
      for (const write of once) expect([name, writes.filter((row) => row.startsWith(write)).length, write]).toEqual([name, 1, write]);
      // Only the password may be set again: a run that does not know whether it was makes a new one, and nobody saw the old (GR-4).
      expect(writes.filter((row) => row.includes('passwordProfile') && row.startsWith('PATCH')).length).toBeLessThanOrEqual(2);
    }
  }, 900_000);

  test('CR-2: between showing a part and confirming it: it is not shown again, and can still be confirmed', async () => {
    const mine = has('part.reveal', 'ea-kill-00');
    const waiting = await sandbox.message('dana', 'personal', mine);
    const shown = await sandbox.press('dana', waiting.id, 'part.reveal');
    const first = String(element(shown.dialog?.card, 'part')?.text);
    await again();
    const second = await sandbox.press('dana', waiting.id, 'part.reveal');
    expect(second.dialog).toBeUndefined();
    expect(second.message).toBeTruthy();
    await sandbox.message('dana', 'personal', (message) => message.id === waiting.id && has('part.stored')(message));
    const stored = await sandbox.press('dana', waiting.id, 'part.stored', { location: 'Safe 1', sealNumber: '1' });
    expect(stored.status).toBe(200);

    const other = await sandbox.message('eli', 'personal', has('part.reveal', 'ea-kill-00'));
    const opened = await sandbox.press('eli', other.id, 'part.reveal');
    const password = first + String(element(opened.dialog?.card, 'part')?.text);
    expect(await sandbox.signIn(`ea-kill-00@${TENANTS.contoso.initialDomain}`, password)).toMatchObject({ result: 'success' });
  });

  test('AL-1 AL-3: right after a sign-in: it is alerted once', async () => {
    await sandbox.signIn(`ea-kill-01@${TENANTS.contoso.initialDomain}`, 'wrong');
    await again();
    // Of the attempt: that the rules in Azure do not name a new account yet is an alert too, if a start comes that soon.
    const mine = has('alert.acknowledge', 'ea-kill-01', '50126');
    const whole = (message: Message): boolean => mine(message) && has('Azure Monitor')(message) && /sign-in log/i.test(text(message));
    await sandbox.message('ann', 'channel', whole);
    // Whose card was under way when the process died was not noted as sent: it may be there twice (AL-2), and the first is drawn anew no more.
    const all = (await sandbox.messages('ann', 'channel')).filter(mine);
    expect(new Set(all.map((message) => /AL-[0-9A-Z]{6}/.exec(text(message))?.[0])).size).toBe(1);
    expect(all.filter(whole)).toHaveLength(1);
  });

  test('SI-5: with a reminder due while it is down: it is said once, after the start', async () => {
    await sandbox.advance('P76D');
    await again();
    await again();
    const reminder = has('validation.submit', 'ea-kill-02');
    await sandbox.message('oona', 'personal', reminder);
    await sandbox.settled();
    const reminders = (await sandbox.messages('oona', 'personal')).filter(reminder);
    expect(reminders).toHaveLength(1);
  });
});
