import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import { ROOT } from '../../scripts/sources.ts';
import { leaks } from '../support/needles.ts';
import { pdfText } from '../support/pdfText.ts';
import { createInputs, element, has, type Message, SandboxProcess, text } from '../support/sandbox.ts';

const NAME = 'ea-paper';
/** The reminder, not the account's own card. */
const STALE = has('runbook.print', 'Custodians, places, owners, name or state have changed');
const sandbox = new SandboxProcess();
const folder = mkdtempSync(join(tmpdir(), 'breakglass-runbook-'));
const parts: string[] = [];
let accountId = '';

beforeAll(() => sandbox.start());
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await sandbox.stop();
});

/** Opens a part as its custodian. `done` ends it: they say where it lies. */
async function open(who: 'dana' | 'eli') {
  const waiting = await sandbox.message(who, 'personal', has('part.reveal', NAME));
  const shown = await sandbox.press(who, waiting.id, 'part.reveal');
  parts.push(String(element(shown.dialog?.card, 'part')?.text));
  const done = (location: string) => sandbox.dialog(who, shown.dialog?.id ?? '', 'part.stored', { location, sealNumber: '4711' });
  return { done };
}

/** The account's card as an owner asks for it, in her own chat. */
function card(): Promise<Message> {
  return sandbox.answer('oona', 'personal', `accounts ${NAME}`);
}

async function linkOn(message: Message): Promise<string> {
  const pressed = await sandbox.press('oona', message.id, 'runbook.print');
  const url = /"url":"(http[^"?]+\/runbook\/[\w-]{43})"/.exec(JSON.stringify(pressed.card))?.[1];
  if (!url) throw new Error(`no link: ${JSON.stringify(pressed)}`);
  return url;
}

test('an owner prints the runbook card by a link, without any part of the password, and is told once when it is out of date', async () => {
  const { messageId } = await sandbox.say('rita', 'channel', 'create contoso');
  await sandbox.press('rita', messageId, 'create.submit', createInputs(NAME));
  const request = await sandbox.message('ann', 'channel', has('request.approve', NAME));
  await sandbox.press('ann', request.id, 'request.approve');
  await sandbox.press('bob', request.id, 'request.approve');
  await (await open('dana')).done('Vault in Utrecht');
  const eli = await open('eli');

  const early = await fetch(await linkOn(await card()));
  const first = Buffer.from(await early.arrayBuffer());
  expect([early.status, early.headers.get('content-type')]).toEqual([200, 'application/pdf']);
  const told = pdfText(first);
  for (const said of ['NOT IN SERVICE YET', 'Vault in Utrecht', '4711', 'NOT STORED YET', TENANTS.contoso.id])
    expect(told.text).toContain(said);
  expect(text(await card())).not.toContain('stale');

  // What it says has changed: the owner is told an hour later, once.
  await eli.done('Bank in Zwolle');
  expect(text(await card())).toContain('Runbook card is stale: print it again.');
  await sandbox.advance('PT1H');
  const reminder = await sandbox.message('oona', 'personal', STALE);
  await sandbox.advance('PT1H');
  const reminders = (await sandbox.messages('oona', 'personal')).filter(STALE);
  expect(reminders).toHaveLength(1);

  const url = await linkOn(reminder);
  const second = Buffer.from(await (await fetch(`${url}?paper=letter`)).arrayBuffer());
  expect(pdfText(second).text).toContain('Bank in Zwolle');
  expect((await fetch(url)).status).toBe(400);
  await sandbox.message('oona', 'personal', (message) => message.id === reminder.id && text(message).includes('printed again'));
  accountId = /EA-[0-9A-Z]{6}/.exec(JSON.stringify(reminder.card))?.[0] ?? '';

  expect(parts.map((part) => part.length)).toEqual([20, 20]);
  const sheets = [first, second].flatMap((pdf, index) => {
    const { text: words, streams } = pdfText(pdf);
    return [[`pdf ${index}`, pdf] as const, [`text ${index}`, Buffer.from(words)] as const, [`streams ${index}`, streams] as const];
  });
  expect(leaks([...parts, parts.join('')], new Map(sheets))).toEqual([]);
});

test('the operator prints it at the machine, with the bot stopped', async () => {
  await sandbox.kill();
  const guid = '11111111-1111-4111-8111-111111111111';
  const required = ['BOT_ID', 'BOT_TENANT_ID', 'BREAKGLASS_HOME_TENANT_ID'];
  const groups = ['REQUESTERS', 'APPROVERS', 'CUSTODIANS', 'AUDITORS', 'ADMINISTRATORS'].map((name) => `BREAKGLASS_${name}_GROUP_ID`);
  const env = {
    PATH: process.env.PATH ?? '',
    ...Object.fromEntries([...required, ...groups].map((name) => [name, guid])),
    BREAKGLASS_TEAM_ID: '19:team@thread.tacv2',
    BREAKGLASS_CHANNEL_ID: '19:security@thread.tacv2',
    BREAKGLASS_CUSTODY_KEY_FILE: join(sandbox.dataDir, 'custody.key'),
    BREAKGLASS_EMBEDDED_DATABASE: 'true',
    BREAKGLASS_DATA_DIR: sandbox.dataDir,
    BREAKGLASS_TENANTS_FILE: join(ROOT, 'env', 'tenants.example.yaml'),
  };
  const command = (script: string, ...args: string[]) =>
    spawnSync(process.execPath, [script, ...args], { cwd: ROOT, env, encoding: 'utf8', timeout: 120_000 });
  const run = (...args: string[]) => command('src/cli/runbook.ts', ...args);
  const file = join(folder, 'card.pdf');
  const printed = run(accountId, file);
  expect([printed.status, printed.stderr]).toEqual([0, '']);
  expect(printed.stdout).toContain(NAME);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(pdfText(readFileSync(file)).text).toContain('for the operator');
  expect(leaks(parts, new Map([['file', readFileSync(file)]]))).toEqual([]);

  // At the machine the audit log is to be had too, and it tells of both.
  const exported = join(folder, 'audit.jsonl');
  const got = command('src/cli/auditExport.ts', exported);
  expect([got.status, got.stderr, got.stdout]).toEqual([0, '', expect.stringContaining('entries, verified')]);
  const text = readFileSync(exported, 'utf8');
  expect(text).toContain('issue-runbook');
  expect(text.trimEnd().split('\n').at(-1)).toContain('export-audit');
  expect(leaks(parts, new Map([['export', Buffer.from(text)]]))).toEqual([]);
  expect(command('src/cli/auditExport.ts', exported)).toMatchObject({ status: 1, stderr: expect.stringContaining('is there already') });

  const unknown = run('EA-000000', join(folder, 'none.pdf'));
  expect([unknown.status, unknown.stderr]).toEqual([1, expect.stringContaining('could not be made')]);
});
