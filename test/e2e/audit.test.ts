import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/sources.ts';
import { leaks } from '../support/needles.ts';
import { has, SandboxProcess, text } from '../support/sandbox.ts';
import { accountInHand } from '../support/sandboxAccount.ts';

const sandbox = new SandboxProcess();
const folder = mkdtempSync(join(tmpdir(), 'breakglass-audit-'));
const NAME = 'ea-audit';

beforeAll(() => sandbox.start());
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await sandbox.stop();
});

/** As an auditor has it on another machine: no settings, no database. */
function verify(file: string, ...options: string[]): { code: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['src/cli/auditVerify.ts', file, ...options], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  });
  return { code: status, said: stdout + stderr };
}

async function download(name: string, days = ''): Promise<string> {
  const { replyIds } = await sandbox.say('cy', 'personal', `audit${days}`);
  const card = await sandbox.message('cy', 'personal', ({ id }) => replyIds.includes(id));
  expect(text(card)).toContain('All entries are as they were written');
  const pressed = await sandbox.press('cy', card.id, 'audit.export');
  const url = /"url":"(http[^"?]+\/audit\/[\w-]{43})"/.exec(JSON.stringify(pressed.card))?.[1];
  if (!url) throw new Error(`no link: ${JSON.stringify(pressed)}`);
  const response = await fetch(url);
  expect(response.status).toBe(200);
  expect((await fetch(url)).status).toBe(400);
  const file = join(folder, name);
  writeFileSync(file, await response.text());
  return file;
}

test('DA-1 CR-1: an auditor exports the log and checks it offline; a changed byte is named, an older head is a beginning, and no part is in it', async () => {
  const password = await accountInHand(sandbox, NAME);
  const older = await download('older.jsonl');

  const { replyIds } = await sandbox.say('rita', 'personal', 'audit');
  expect(text(await sandbox.message('rita', 'personal', ({ id }) => replyIds.includes(id)))).toContain('auditor');
  const upn = `${NAME}@contoso.onmicrosoft.com`;
  await sandbox.signIn(upn, 'wrong');
  expect(await sandbox.signIn(upn, password)).toMatchObject({ result: 'success' });
  await sandbox.message('ann', 'channel', has('alert.acknowledge', 'Somebody signed in'));
  const newer = await download('newer.jsonl');

  const plain = verify(newer);
  expect(plain).toEqual({ code: 0, said: expect.stringContaining('newer.jsonl: verified') });
  const [, head = ''] = /Head {5}(\d+:\S+)/.exec(verify(older).said) ?? [];
  for (const options of [
    ['--earlier', older],
    ['--head', head],
  ])
    expect(verify(newer, ...options)).toEqual({ code: 0, said: expect.stringContaining('are the very ones whose root you kept') });
  expect(verify(older, '--earlier', newer)).toEqual({ code: 1, said: expect.stringContaining('it was cut, or this export is older') });

  const whole = readFileSync(newer, 'utf8');
  const intents = whole
    .split('\n')
    .slice(1, -1)
    .map((line) => JSON.parse(JSON.parse(line).body).intent);
  expect(intents).toEqual(expect.arrayContaining(['open-request', 'approve-request', 'reveal-part', 'store-part', 'sign-in-seen']));
  expect(intents.at(-1)).toBe('export-audit');
  const at = intents.indexOf('approve-request') + 1;
  const changed = whole.split('\n');
  changed[at] = changed[at]?.replace('approve-request', 'approve-requesT') ?? '';
  writeFileSync(join(folder, 'changed.jsonl'), changed.join('\n'));
  expect(verify(join(folder, 'changed.jsonl'))).toEqual({
    code: 1,
    said: expect.stringContaining(`Entry ${at}, line ${at + 1}: The text of this entry does not belong`),
  });

  // The heads are told where the database is not: in the log of the process, and in the channel. Read before the last export, which holds them all.
  const heartbeat = await sandbox.message('ann', 'channel', has('Breakglass is watching'));
  const told = sandbox.log
    .split('\n')
    .filter((line) => line.includes('"audit.head"'))
    .map((line) => JSON.parse(line));
  const kept = told.filter(({ size }) => size > 0).map(({ size, root }) => `${size}:${root}`);

  // Of that day all is in it; of a day before, the leaves and the export alone.
  const early = await download('early.jsonl', ' 2026-01-01 2026-01-02');
  expect(verify(early, '--earlier', newer)).toEqual({
    code: 0,
    said: expect.stringContaining('with the text of 1: 2026-01-01 to 2026-01-02'),
  });

  const half = password.length / 2;
  const parts = [password.slice(0, half), password.slice(half)];
  const files = new Map([older, newer, early].map((file) => [file, readFileSync(file)] as const));
  expect(leaks(parts, files)).toEqual([]);
  expect(leaks(parts, new Map([['a trap', Buffer.from(`${whole}${parts[1]}`)]]))).toEqual(['a trap']);

  expect(kept.length).toBeGreaterThan(0);
  expect(verify(early, ...kept.flatMap((each) => ['--head', each]))).toMatchObject({ code: 0 });
  expect(verify(early, '--head', /\d+:[A-Za-z0-9+/]{43}=/.exec(text(heartbeat))?.[0] ?? '')).toMatchObject({ code: 0 });
});
