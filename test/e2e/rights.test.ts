import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import { createInputs, has, type Message, SandboxProcess, text } from '../support/sandbox.ts';
import { accountInHand } from '../support/sandboxAccount.ts';

const { contoso } = TENANTS;
const NAME = 'ea-rights-01';
const ROLE = 'Privileged Authentication Administrator';

describe('what the identity that writes may do in a tenant', () => {
  const sandbox = new SandboxProcess();
  beforeAll(async () => {
    await sandbox.start();
    await accountInHand(sandbox, NAME);
  });
  afterAll(() => sandbox.stop());

  const byHand = (body: object) => sandbox.byHand({ tenantId: contoso.id, ...body });
  const ended = (card: Message, words: RegExp): Promise<Message> =>
    sandbox.message('ann', 'channel', (message) => message.id === card.id && words.test(text(message)));

  /** Rita says the command and sends the form in; Ann and Bob approve. @returns the card in the channel */
  async function approved(command: string, inputs: Readonly<Record<string, string>> = {}): Promise<Message> {
    const { messageId } = await sandbox.say('rita', 'channel', command);
    const answer = await sandbox.press('rita', messageId, 'account.submit', { reason: 'To see what it takes', ...inputs });
    const id = /R-[0-9A-Z]{6}/.exec(text({ card: answer.card }))?.[0] ?? `nothing: ${answer.message}`;
    const card = await sandbox.message('ann', 'channel', has('request.approve', id));
    for (const who of ['ann', 'bob'] as const) await sandbox.press(who, card.id, 'request.approve');
    return card;
  }
  const custodians = { custodians: createInputs(NAME).custodians ?? '' };

  test('GR-1: without its directory role nothing is begun; the card names it, and Try again carries it out once it is there', async () => {
    await byHand({ do: 'take-role', role: ROLE });
    const since = (await sandbox.writes()).length;
    const card = await approved(`rotate ${NAME}`, custodians);
    const stopped = text(await ended(card, /It could not begin/));
    expect(stopped).toContain(
      `In Contoso the identity Breakglass writes with (its changer) lacks the directory role ${ROLE}, so nothing was`,
    );
    expect(stopped).not.toContain('outside its restricted unit');
    await sandbox.message('rita', 'personal', has('A request could not begin', `lacks the directory role ${ROLE}`));
    expect(await sandbox.writesDone(since)).toEqual([]);

    await byHand({ do: 'give-role', role: ROLE });
    await sandbox.press('ann', card.id, 'request.retry');
    await ended(card, /Done:/);
    expect((await sandbox.writesDone(since))[0]).toBe('DELETE /directory/administrativeUnits/ID/members/ID/$ref');
  });

  test('GR-1: a role that goes during the run stops it half-way, and nothing is claimed but what was read', async () => {
    await sandbox.tenantFault({
      match: { method: 'DELETE', path: '/v1.0/directory/administrativeUnits/*' },
      delayMs: 8_000,
      when: 'after',
      times: 1,
    });
    const since = (await sandbox.writes()).length;
    const card = await approved(`disable ${NAME}`);
    for (const until = Date.now() + 60_000; (await sandbox.writes()).length === since; ) {
      if (Date.now() > until) throw new Error('it was never taken out of its unit');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await byHand({ do: 'take-role', role: ROLE });
    const stopped = text(await ended(card, /Stopped at: /));
    expect(stopped).toContain('Stopped at: Disable the account');
    expect(stopped).toContain('and does not say why. Check that Breakglass’s changer still has the directory role');
    expect(stopped).toContain('in no other restricted management unit');
    expect(stopped).toContain('The account is outside its restricted unit now');

    // Tried again without it, the card names what is missing; with it the rest is done.
    await sandbox.press('ann', card.id, 'request.retry');
    expect(text(await ended(card, /\(its changer\) lacks/))).toContain('so nothing more was written');
    await byHand({ do: 'give-role', role: ROLE });
    await sandbox.press('ann', card.id, 'request.retry');
    await ended(card, /Done:/);
    expect((await sandbox.writesDone(since)).at(-1)).toBe('POST /directory/administrativeUnits/ID/members/$ref');
  });

  test('GR-1: without a permission nothing is begun, by what the next token says', async () => {
    const permission = 'AdministrativeUnit.ReadWrite.All';
    await byHand({ do: 'take-permission', permission });
    await sandbox.kill();
    await sandbox.start();
    const since = (await sandbox.writes()).length;
    const card = await approved(`enable ${NAME}`);
    expect(text(await ended(card, /It could not begin/))).toContain(`lacks the permission ${permission}, so nothing was written`);
    expect(await sandbox.writesDone(since)).toEqual([]);
    await byHand({ do: 'give-permission', permission });
    await sandbox.kill();
    await sandbox.start();
    await sandbox.press('rita', card.id, 'request.retry');
    await ended(card, /Done:/);
  });
});
