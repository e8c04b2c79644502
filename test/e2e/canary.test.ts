import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import { leaks, needlesOf } from '../support/needles.ts';
import { createInputs, element, has, type Message, SandboxProcess, text } from '../support/sandbox.ts';

const NAME = 'ea-canary';

/** Every file below a folder, as raw bytes: tables, write-ahead log, sandbox state, log, crash reports. */
function filesBelow(folder: string): Map<string, Buffer> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(files.map((entry) => [join(entry.parentPath, entry.name), readFileSync(join(entry.parentPath, entry.name))]));
}

describe('credential parts appear nowhere but in the dialog', () => {
  const sandbox = new SandboxProcess({ BREAKGLASS_LOG_LEVEL: 'debug' });
  const parts: string[] = [];
  const everywhere = async (): Promise<Map<string, Buffer>> => {
    const places = filesBelow(sandbox.dataDir);
    places.set('output', Buffer.from(sandbox.output));
    places.set('outbound', Buffer.from(JSON.stringify(await sandbox.outbound())));
    for (const path of ['writes', 'traffic'])
      places.set(path, Buffer.from(await (await fetch(`${sandbox.tenantUrl}/sandbox/${path}`)).arrayBuffer()));
    for (const who of ['dana', 'eli', 'ann'] as const) {
      for (const where of ['channel', 'personal'] as const) {
        places.set(`${who} ${where}`, Buffer.from(JSON.stringify(await sandbox.messages(who, where))));
      }
    }
    return places;
  };

  beforeAll(async () => {
    await sandbox.start();
    await sandbox.recordOutbound();
  });
  afterAll(() => sandbox.stop());

  test('CR-1: the search finds a planted secret in every form, and nothing in noise', () => {
    const secret = 'Ab3#dE5+gH7?jK9=mN2&';
    const planted = [
      secret,
      Buffer.from(`x${secret}y`).toString('base64'),
      Buffer.from(`xy${secret}`).toString('base64url'),
      Buffer.from(secret).toString('hex'),
      encodeURIComponent(secret),
      secret.slice(3, 12),
      [...secret].reverse().join(''),
    ];
    for (const form of planted) expect(leaks([secret], new Map([['here', Buffer.from(`before ${form} after`)]]))).toEqual(['here']);
    expect(leaks([secret], new Map([['here', Buffer.from(`u ${secret} v`, 'utf16le')]]))).toEqual(['here']);
    expect(leaks([secret], new Map([['noise', Buffer.from('Ab3#dE5 gH7?jK9 Z'.repeat(5000))]]))).toEqual([]);
    expect(needlesOf(secret).length).toBeGreaterThan(20);
  });

  test('CR-1 CR-5: after failures, retries and kill -9 on the way to the reveal, and after it', async () => {
    const { messageId } = await sandbox.say('rita', 'channel', 'create contoso');
    await sandbox.press('rita', messageId, 'create.submit', createInputs(NAME));
    const card: Message = await sandbox.message('ann', 'channel', has('request.approve', NAME));
    // The call that carries the password fails in every way a call can; Teams fails too.
    const patch = { method: 'PATCH', path: '/v1.0/users/' };
    await sandbox.tenantFault({ match: patch, status: 500, code: 'InternalServerError', times: 1 });
    await sandbox.tenantFault({ match: patch, status: 400, code: 'Request_BadRequest', times: 1 });
    await sandbox.teamsFault({ match: { method: 'POST', path: '/v3/conversations' }, status: 503, times: 2 });
    await sandbox.press('ann', card.id, 'request.approve');
    await sandbox.press('bob', card.id, 'request.approve');
    const failed = await sandbox.message('ann', 'channel', (message) => message.id === card.id && has('request.retry')(message));
    await sandbox.tenantFault({ match: patch, drop: true, when: 'after', times: 1 });
    await sandbox.press('cy', failed.id, 'request.retry');
    await sandbox.kill();
    await sandbox.start();
    await sandbox.recordOutbound();
    await sandbox.message('ann', 'channel', (message) => message.id === card.id && /read back as planned/i.test(text(message)));

    for (const who of ['dana', 'eli'] as const) {
      const waiting = await sandbox.message(who, 'personal', has('part.reveal', NAME));
      // Nobody but the custodian, and nobody twice.
      const other = await sandbox.raw('mal', {
        type: 'invoke',
        name: 'task/fetch',
        value: { data: { verb: 'part.reveal', id: partIdOf(waiting) } },
      });
      expect(element((other.body as { task?: unknown })?.task, 'part')).toBeUndefined();
      const shown = await sandbox.press(who, waiting.id, 'part.reveal');
      parts.push(String(element(shown.dialog?.card, 'part')?.text));
      await sandbox.press(who, waiting.id, 'part.reveal');
      await sandbox.dialog(who, shown.dialog?.id ?? '', 'part.stored', { location: 'Safe', sealNumber: '1' });
    }
    expect(await sandbox.signIn(`${NAME}@${TENANTS.contoso.initialDomain}`, parts.join(''))).toMatchObject({ result: 'success' });
    await sandbox.message('ann', 'channel', has('alert.acknowledge', NAME, 'Somebody signed in'));
    const places = await everywhere();
    expect([...places.keys()].filter((name) => name.includes('pg_wal')).length).toBeGreaterThan(0);
    expect(leaks([...parts, parts.join('')], places)).toEqual([]);
  });

  test('CR-5: nor after the process was made to crash', async () => {
    sandbox.signal('SIGABRT');
    await sandbox.kill();
    expect(leaks(parts, filesBelow(sandbox.dataDir))).toEqual([]);
    expect(leaks(parts, new Map([['output', Buffer.from(sandbox.output)]]))).toEqual([]);
    await sandbox.start();
  });
});

/** What the button's data name: the part, and no authority. */
function partIdOf(message: Message): string {
  const found = /EA-[0-9A-Z]{6}:\d/.exec(JSON.stringify(message.card));
  if (!found) throw new Error('the card names no part');
  return found[0];
}
