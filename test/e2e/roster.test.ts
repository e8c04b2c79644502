import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ROLE_GROUPS, TENANTS } from '../../sandbox/world.ts';
import { createInputs, has, idOf, type Message, SandboxProcess, text } from '../support/sandbox.ts';

describe('who may approve, while it changes', () => {
  const sandbox = new SandboxProcess({ BREAKGLASS_ROSTER_POLL_SECONDS: '1' });
  let card: Message;
  const byHand = (what: string, who: 'mal' | 'ann') =>
    sandbox.byHand({ tenantId: TENANTS.contoso.id, do: what, userId: idOf(who), groupId: ROLE_GROUPS.approver });

  beforeAll(async () => {
    await sandbox.start();
    const { messageId } = await sandbox.say('rita', 'channel', 'create contoso');
    await sandbox.press('rita', messageId, 'create.submit', createInputs('ea-roster'));
    card = await sandbox.message('ann', 'channel', has('request.approve', 'ea-roster'));
  });
  afterAll(() => sandbox.stop());

  test('ID-5: a new approver is an alert, does not count for a day, and hears why', async () => {
    await byHand('add-to-group', 'mal');
    const alert = await sandbox.message('ann', 'channel', has('alert.acknowledge', 'Mal Moore'));
    expect(text(alert)).toMatch(/approver/);
    expect((await sandbox.press('mal', card.id, 'request.approve')).message).toMatch(/new among the approvers/);
    expect(text(await sandbox.message('ann', 'channel', ({ id }) => id === card.id))).toContain('0 of 2');
    await sandbox.say('mal', 'personal', 'whoami');
    await sandbox.message('mal', 'personal', (message) => /Approver: new in the group, so your decisions count from/.test(text(message)));
  });

  test('AP-4: an approver removed after approving no longer counts when the work begins: another is needed', async () => {
    await sandbox.press('ann', card.id, 'request.approve');
    await byHand('remove-from-group', 'ann');
    await sandbox.press('bob', card.id, 'request.approve');
    await sandbox.message(
      'ann',
      'channel',
      (message) =>
        message.id === card.id && /1 of 2/.test(text(message)) && /does not count: was no longer an approver/.test(text(message)),
    );
    expect(await sandbox.writes()).toEqual([]);
    await sandbox.press('cy', card.id, 'request.approve');
    await sandbox.message('ann', 'channel', (message) => message.id === card.id && /read back as planned/i.test(text(message)));
  });

  test('ID-5: after the cool-down the new approver counts', async () => {
    await sandbox.advance('PT24H');
    const { messageId } = await sandbox.say('rita', 'channel', 'create contoso');
    await sandbox.press('rita', messageId, 'create.submit', createInputs('ea-roster-2'));
    const next = await sandbox.message('ann', 'channel', has('request.approve', 'ea-roster-2'));
    const approved = await sandbox.press('mal', next.id, 'request.approve');
    expect(text({ card: approved.card })).toContain('1 of 2');
    await sandbox.say('mal', 'personal', 'whoami');
    await sandbox.message('mal', 'personal', (message) => /Approver: may approve/.test(text(message)));
  });
});
