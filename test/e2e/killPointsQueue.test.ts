import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { figure } from '../support/deep.ts';
import { freshDatabase, testDatabaseUrl } from '../support/postgres.ts';
import { createInputs, has, type Message, SandboxProcess, text } from '../support/sandbox.ts';

const CONVERGES_WITHIN_MS = 60_000;
const suite = testDatabaseUrl === undefined ? describe.skip : describe;

suite('the whole product on a database server, killed with kill -9 in the middle of a run', () => {
  let sandbox: SandboxProcess;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    const database = await freshDatabase(testDatabaseUrl ?? '');
    drop = database.drop;
    sandbox = new SandboxProcess({ DATABASE_URL: database.url });
    await sandbox.start();
  });
  afterAll(async () => {
    await sandbox.stop();
    await drop();
  });

  // Nobody takes the job from the dead one by hand, as where there is one process: the queue misses its heartbeat, on the real clock.
  test('GR-1 AP-8: the queue hands the run out again, and it is carried out within a minute of the start, nothing of it twice', async () => {
    const { messageId } = await sandbox.say('rita', 'channel', 'create contoso');
    await sandbox.press('rita', messageId, 'create.submit', createInputs('ea-kill-09'));
    const card = await sandbox.message('ann', 'channel', has('request.approve', 'ea-kill-09'));
    await sandbox.press('ann', card.id, 'request.approve');
    // So that it is surely killed in the middle, however slow whoever kills it is: this write does not come through before.
    await sandbox.tenantFault({ match: { method: 'POST', path: '/roleManagement/' }, delayMs: 120_000, times: 1 });
    await sandbox.press('bob', card.id, 'request.approve');
    while ((await sandbox.writesDone()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await sandbox.kill();
    await sandbox.start();
    const started = performance.now();
    const before = (await sandbox.writesDone()).length;
    const isDone = (message: Message) => message.id === card.id && /read back as planned/i.test(text(message));
    await sandbox.message('ann', 'channel', isDone, CONVERGES_WITHIN_MS);
    const took = performance.now() - started;
    const writes = await sandbox.writesDone();
    // In the middle: something was done before, and something was left to do.
    expect([before > 0, before < writes.length]).toEqual([true, true]);
    // Only the password may be set again, which is a PATCH like others: whoever does not know whether it was set makes a new one.
    const posted = writes.filter((write) => write.startsWith('POST'));
    expect(posted).toEqual([...new Set(posted)]);
    expect(posted).toHaveLength(4);
    expect(took).toBeLessThan(CONVERGES_WITHIN_MS);
    figure(`create, on a server with its queue: carried out ${(took / 1000).toFixed(1)} s after the start`);
  });
});
