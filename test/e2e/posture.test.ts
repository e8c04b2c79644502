import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seedGuid } from '../../sandbox/tenant/seedGuid.ts';
import { TENANTS } from '../../sandbox/world.ts';
import { createInputs, has, type Message, SandboxProcess, text } from '../support/sandbox.ts';

const { contoso } = TENANTS;
const NAME = 'ea-posture-01';
const POLICY = 'CA001 - Require MFA for all users';
const policyId = seedGuid(`policy/${contoso.id}/${POLICY}`);
const CATCHES = /includes everybody and catches ea-posture-01/;

describe('posture, and the repair of what it finds', () => {
  const sandbox = new SandboxProcess();
  beforeAll(() => sandbox.start());
  afterAll(() => sandbox.stop());

  async function posture(): Promise<Message> {
    const { replyIds } = await sandbox.say('rita', 'channel', 'posture contoso');
    return sandbox.message('rita', 'channel', (message) => replyIds.includes(message.id) && has('Judged by')(message));
  }
  async function carriedOut(card: Message): Promise<Message> {
    await sandbox.press('ann', card.id, 'request.approve');
    await sandbox.press('bob', card.id, 'request.approve');
    return sandbox.message('ann', 'channel', (message) => message.id === card.id && /Done:/.test(text(message)));
  }
  const asked = async (id: string | undefined): Promise<Message> =>
    sandbox.message('ann', 'channel', has('request.approve', id ?? 'no request'));
  const idIn = (card: unknown): string | undefined => /R-[0-9A-Z]{6}/.exec(text({ card }))?.[0];
  const writesSince = async (since: number) => (await sandbox.writes()).slice(since).filter(({ method }) => method !== 'GET');

  test('AP-10 GR-4: a policy broken by hand is found, its repair asked for, approved by two, carried out and found no more', async () => {
    const { messageId } = await sandbox.say('rita', 'channel', 'create contoso');
    await carriedOut(await asked(idIn((await sandbox.press('rita', messageId, 'create.submit', createInputs(NAME))).card)));
    expect(text(await posture())).not.toMatch(CATCHES);

    await sandbox.byHand({ tenantId: contoso.id, do: 'change-policy', policyId });
    const found = await posture();
    expect(text(found)).toMatch(CATCHES);
    expect((await sandbox.press('mal', found.id, 'posture.repair')).message).toMatch(/requesters group/);
    const since = (await sandbox.writes()).length;
    // In a dialog of its own: the report stays.
    const sent = await sandbox.press('rita', found.id, 'posture.repair');
    expect([sent.card, text({ card: sent.dialog?.card })]).toEqual([undefined, expect.stringContaining('Your request was sent')]);
    const card = await asked(idIn(sent.dialog?.card));
    expect(text(card)).toContain(POLICY);
    // Pressed twice it is one request.
    expect(idIn((await sandbox.press('rita', found.id, 'posture.repair')).dialog?.card)).toBe(idIn(card.card));
    expect(text(await sandbox.message('rita', 'channel', ({ id }) => id === found.id))).toBe(text(found));
    expect(await writesSince(since)).toEqual([]);
    await carriedOut(card);
    expect((await writesSince(since)).map(({ method, path, status }) => `${method} ${path.replace('/v1.0', '')} ${status}`)).toEqual([
      `PATCH /identity/conditionalAccess/policies/${policyId} 204`,
    ]);
    expect(text(await posture())).not.toMatch(CATCHES);
    // The same button once more finds nothing to mend, and changes nothing.
    expect((await sandbox.press('rita', found.id, 'posture.repair')).message).toMatch(/there no more/);
    expect(await writesSince(since)).toHaveLength(1);
  });

  // The second policy is Microsoft-managed: nobody is excluded from those until somebody does it.
  test('exclude: out of the group and out of a policy, by hand, and back in all of them by one request', async () => {
    await sandbox.byHand({ tenantId: contoso.id, do: 'change-policy', policyId });
    await sandbox.byHand({
      tenantId: contoso.id,
      do: 'remove-from-group',
      groupId: contoso.exclusionGroupId,
      userPrincipalName: `${NAME}@${contoso.initialDomain}`,
    });
    const { messageId } = await sandbox.say('rita', 'channel', `exclude ${NAME}`);
    const since = (await sandbox.writes()).length;
    const card = await asked(
      idIn((await sandbox.press('rita', messageId, 'account.submit', { reason: 'It was put out by mistake' })).card),
    );
    await carriedOut(card);
    expect((await writesSince(since)).map(({ method, status }) => `${method} ${status}`)).toEqual(['POST 204', 'PATCH 204', 'PATCH 204']);
    const again = await sandbox.say('rita', 'channel', `exclude ${NAME}`);
    expect((await sandbox.press('rita', again.messageId, 'account.submit', { reason: 'once more' })).message).toMatch(
      /excluded everywhere/,
    );
  });
});
