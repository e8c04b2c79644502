import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { has, SandboxProcess } from '../support/sandbox.ts';

describe('starting again with other settings', () => {
  const environment: Record<string, string> = {};
  const sandbox = new SandboxProcess(environment);
  const alerts = async () =>
    (await sandbox.messages('ann', 'channel')).filter(has('alert.acknowledge', 'Breakglass was started with other settings'));
  beforeAll(() => sandbox.start());
  afterAll(() => sandbox.stop());

  test('ST-4: the same settings are no news; another quorum is an alert that says from what to what', async () => {
    await sandbox.kill();
    await sandbox.start();
    await sandbox.settled();
    expect(await alerts()).toEqual([]);
    await sandbox.kill();
    environment.BREAKGLASS_QUORUM = '3';
    await sandbox.start();
    await sandbox.message('ann', 'channel', has('alert.acknowledge', 'quorum', '2 → 3'));
    await sandbox.settled(); // what was sent is noted as sent: else it is sent again, as what may be a repeat (AL-2)
    await sandbox.kill();
    await sandbox.start();
    await sandbox.settled();
    expect(await alerts()).toHaveLength(1);
  });
});
