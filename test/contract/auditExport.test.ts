import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { checkAudit, exportLines } from '../../src/app/auditLog.ts';
import { checkAndTell } from '../../src/app/auditWatch.ts';
import { door } from '../../src/app/dispatch.ts';
import type { Log } from '../../src/app/log.ts';
import type { Lookup, Store } from '../../src/app/ports.ts';
import { auditExport } from '../../src/bot/actions/auditExport.ts';
import { audit } from '../../src/bot/commands/audit.ts';
import { verifyExportFile } from '../../src/cli/verifyExport.ts';
import type { AuditDays } from '../../src/core/audit/days.ts';
import { leafHash } from '../../src/core/audit/tree.ts';
import type { KeptHead } from '../../src/core/audit/verifyExport.ts';
import { canonicalJson } from '../../src/core/digest.ts';
import type { Role } from '../../src/core/people.ts';
import { createHttpServer, type HttpServer } from '../../src/http/server.ts';
import { type AuditLinks, auditLinks, headerOf } from '../../src/paper/auditExport.ts';
import { moveClock } from '../../src/store/clock.ts';
import { connect, type Database } from '../../src/store/connect.ts';
import { migrate } from '../../src/store/migrate.ts';
import { type Outbox, openOutbox } from '../../src/store/outbox.ts';
import { storeOn } from '../../src/store/store.ts';
import { actor, person, stranger } from '../support/builders.ts';
import { countingRandom, TEST_POLICY } from '../support/memoryStore.ts';
import { embedded, onServer } from '../support/places.ts';
import { testDatabaseUrl } from '../support/postgres.ts';

const said: string[] = [];
const log: Log = {
  info: (event) => void said.push(event),
  warn: (event) => void said.push(event),
  error: (event) => void said.push(event),
  child: () => log,
};
const OPERATOR = { kind: 'system', part: 'operator' } as const;
const folder = mkdtempSync(join(tmpdir(), 'breakglass-audit-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function verified(text: string, heads: readonly KeptHead[] = []) {
  const file = join(folder, 'export.jsonl');
  writeFileSync(file, text);
  return verifyExportFile(file, heads);
}
const bodiesIn = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => JSON.parse(line))
    .filter(({ body }) => body !== undefined)
    .map(({ body }) => JSON.parse(body));

const engines = [
  { name: 'embedded', suite: describe, place: embedded },
  { name: 'PostgreSQL server', suite: testDatabaseUrl === undefined ? describe.skip : describe, place: onServer },
];

for (const { name, suite, place } of engines) {
  suite(`the audit log on ${name}`, () => {
    let database: Database;
    let outbox: Outbox;
    let store: Store;
    let remove: () => Promise<void>;
    const random = countingRandom();
    const front = () => door({ store, random, policy: TEST_POLICY, tenant: () => undefined });

    beforeAll(async () => {
      const made = await place();
      remove = made.remove;
      database = await connect(made.location);
      await migrate(database.current());
      outbox = await openOutbox(database, log);
      store = storeOn(database, outbox);
    });
    afterAll(async () => {
      await store.close();
      await remove();
    });
    beforeEach(() => {
      said.length = 0;
    });

    /** Entries of nobody's doing, with somebody's text. */
    const written = (count: number, subject = 'thing') =>
      store.transaction(async (tx) => {
        for (let index = 0; index < count; index += 1)
          await tx.record({ at: await tx.now(), actorId: 'x', intent: 'approve-request', subject: `${subject} ${index}` });
      });
    const check = (days: AuditDays = {}) => checkAudit(store, days, 60_000);
    async function exported(days: AuditDays = {}): Promise<string> {
      const outcome = await front().dispatch(OPERATOR, { kind: 'export-audit', days });
      if (!outcome.ok) throw new Error(outcome.error.code);
      let text = '';
      for await (const lines of exportLines(store, headerOf(outcome.value, 'breakglass:operator'))) text += lines;
      return text;
    }
    /** Changes the database as its administrator could, looks, and takes it all back. */
    async function changed<T>(change: string, look: () => Promise<T>): Promise<T> {
      const seen: T[] = [];
      const over = new Error('all of it is taken back');
      const looked = database.transaction('test', async (handle) => {
        await sql.raw(change).execute(handle);
        seen.push(await look());
        throw over;
      });
      await expect(looked).rejects.toBe(over);
      return seen[0] as T;
    }

    test('DA-1: an export in pages is whole, and ends with the entry that tells of it', async () => {
      await written(700);
      const text = await exported();
      const { size, root } = await store.auditHead();
      expect(await verified(text, [{ size, root }])).toMatchObject({ ok: true, value: { header: { size, root, bodies: size } } });
      expect(bodiesIn(text).at(-1)).toMatchObject({
        seq: size,
        actor: 'breakglass:operator',
        intent: 'export-audit',
        subject: 'audit',
        details: { from: '', to: '', bodies: size },
      });
    });

    test('DA-1: an older export is a beginning of a newer one, and of no other log', async () => {
      const older = await verified(await exported());
      await written(3);
      const newer = await exported();
      if (!older.ok) throw new Error(older.error.words);
      const { size, root } = older.value.header;
      expect(await verified(newer, [{ size, root }])).toMatchObject({ ok: true });
      expect(await verified(newer, [{ size: size - 1, root }])).toMatchObject({ ok: false, error: { seq: size - 1 } });
    });

    test('has the texts of the days that were asked for, in UTC, and the leaves of all', async () => {
      const day = (await store.now()).toISOString().slice(0, 10);
      await moveClock(database, 3 * 86_400_000);
      await written(4, 'later');
      const later = (await store.now()).toISOString().slice(0, 10);
      const text = await exported({ from: later, to: later });
      expect(await verified(text)).toMatchObject({ ok: true, value: { header: { from: later, to: later, bodies: 5 } } });
      expect(bodiesIn(text).map(({ subject }) => subject)).toEqual(['later 0', 'later 1', 'later 2', 'later 3', 'audit']);
      const old = await exported({ to: day });
      expect(bodiesIn(old).map(({ subject }) => subject)).not.toContain('later 0');
      expect(await verified(old)).toMatchObject({ ok: true, value: { header: { to: day } } });
      expect((await check({ from: later })).within).toBe((await check()).size - (await check({ to: day })).within);
    });

    test('DA-1: entries that come meanwhile are after the export, never in between', async () => {
      const [, ...texts] = await Promise.all([written(40), ...Array.from({ length: 6 }, () => exported()), written(40)]);
      for (const text of texts.filter((each) => each !== undefined)) expect(await verified(text)).toMatchObject({ ok: true });
    });

    test('DA-1: computed from its rows it is as it was written', async () => {
      const { size, root } = await store.auditHead();
      expect(await check()).toMatchObject({ size, root, checked: size, within: size, newest: { seq: size } });
      expect(await check()).not.toHaveProperty('flaw');
      expect(await checkAudit(store, {}, -1)).toMatchObject({ size, checked: 500 });
    });

    const forged = canonicalJson({ seq: 7, at: '2026-11-01T00:00:00.000Z', actor: 'x', intent: 'deny-request', subject: 'thing 6' });
    const hex = Buffer.from(forged).toString('hex');
    const leaf = leafHash(Buffer.from(forged)).toString('hex');
    test.each<[string, string, number | undefined, RegExp]>([
      ['an entry that was taken out', 'delete from audit where seq = 612', 612, /missing/],
      ['the last one too', 'delete from audit where seq = (select max(seq) from audit)', -1, /missing/],
      ['a text that was changed', `update audit set body = '\\x${hex}' where seq = 7`, 7, /leaf/],
      ['a leaf that was changed', `update audit set leaf = '\\x${leaf}' where seq = 7`, 7, /leaf/],
      ['both, but not the columns', `update audit set body = '\\x${hex}', leaf = '\\x${leaf}' where seq = 7`, 7, /columns/],
      [
        'all of an entry',
        `update audit set body = '\\x${hex}', leaf = '\\x${leaf}', at = '2026-11-01T00:00:00Z', intent = 'deny-request', subject = 'thing 6' where seq = 7`,
        undefined,
        /do not have the root/,
      ],
      ['a column alone', `update audit set intent = 'deny-request' where seq = 7`, 7, /columns/],
      [
        'what is no entry',
        `update audit set body = '\\x5b5d', leaf = '\\x${leafHash(Buffer.from('[]')).toString('hex')}' where seq = 7`,
        7,
        /another entry, or none/,
      ],
    ])('DA-1: %s is found and named', async (_what, change, seq, words) => {
      const { size } = await store.auditHead();
      const { flaw } = await changed(change, check);
      expect([flaw?.seq, flaw?.words]).toEqual([seq === -1 ? size : seq, expect.stringMatching(words)]);
    });

    test('DA-1: an export of a log that was changed says so, whoever checks it', async () => {
      expect(await changed(`update audit set body = '\\x${hex}' where seq = 7`, async () => verified(await exported()))).toMatchObject({
        ok: false,
        error: { seq: 7 },
      });
    });
  });
}

describe('whoever asks', () => {
  let database: Database;
  let store: Store;
  let remove: () => Promise<void>;
  let server: HttpServer;
  let origin: string;
  let links: AuditLinks;
  let found: Lookup;
  const front = () => door({ store, random: countingRandom(), policy: TEST_POLICY, tenant: () => undefined });
  const entries = async () => (await store.auditRows(0, 1_000)).map(({ body }) => JSON.parse(body.toString('utf8')));

  beforeAll(async () => {
    const made = await embedded();
    remove = made.remove;
    database = await connect(made.location);
    await migrate(database.current());
    store = storeOn(database, await openOutbox(database, log));
    server = createHttpServer({
      messages: async () => ({ status: 200 }),
      signals: {},
      audit: { open: (ticket) => links.open(ticket) },
      ready: async () => true,
      log,
    });
    origin = `http://127.0.0.1:${(await server.listen(0, '127.0.0.1')).port}`;
  });
  afterAll(async () => {
    await server.close();
    await store.close();
    await remove();
  });
  beforeEach(() => {
    said.length = 0;
    found = { ok: true, person: person('cy'), roles: new Set<Role>(['auditor']) };
    links = auditLinks({ store, door: front(), people: { lookUp: async () => found }, publicUrl: () => origin, log });
  });

  type Where = 'personal' | 'channel';
  const asker = (roles: readonly Role[] = ['auditor'], where: Where = 'personal') => ({ actor: actor('cy', roles), mri: '29:x', where });
  const check = (days: AuditDays) => checkAndTell({ store, door: front(), log }, days);
  const ask = async (rest: string, roles?: readonly Role[], where?: Where, has = true) => {
    const days = audit.parse(rest);
    if (!days.ok) throw new Error(days.error);
    return JSON.stringify(await audit.run(days.value, { asker: asker(roles, where), check, links: has }));
  };
  const press = (data: Record<string, unknown> = { id: '..' }, roles?: readonly Role[], where?: Where) => {
    const days = auditExport.parse(data);
    if (!days.ok) throw new Error(days.error.code);
    return auditExport.run(days.value, { asker: asker(roles, where), door: front(), audit: links });
  };
  async function linkFor(data?: Record<string, unknown>): Promise<string> {
    const url = /"url":"(http[^"?]+)"/.exec(JSON.stringify(await press(data)))?.[1];
    if (!url) throw new Error('no link');
    return url;
  }

  test('an auditor sees the head, and gets a link that gives the export once, for nobody to keep', async () => {
    const { size, root } = await store.auditHead();
    const card = await ask('');
    expect([card.includes(`${size}:${root}`), card.includes('audit.export'), card.includes('"positive"')]).toEqual([true, true, true]);
    const url = await linkFor();
    const response = await fetch(url);
    expect([response.status, Object.fromEntries(response.headers)]).toEqual([
      200,
      expect.objectContaining({
        'content-type': 'application/x-ndjson; charset=utf-8',
        'content-disposition': expect.stringMatching(/^attachment; filename="breakglass-audit-\d{4}-\d{2}-\d{2}-\d+\.jsonl"$/),
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      }),
    ]);
    const text = await response.text();
    expect(await verified(text)).toMatchObject({ ok: true, value: { header: { exportedBy: person('cy').objectId } } });
    const again = await fetch(url);
    expect([again.status, again.headers.get('content-type')]).toEqual([400, 'text/html; charset=utf-8']);
    expect(await again.text()).not.toMatch(/Cy|breakglass-audit/);
    expect(said).toEqual(expect.arrayContaining(['audit.exported', 'audit.refused']));
  });

  test('DA-1: who asked for an export, of which days, and who took it is in the log', async () => {
    await (await fetch(await linkFor({ id: '2026-11-01..2026-11-30' }))).text();
    expect((await entries()).slice(-2)).toMatchObject([
      { intent: 'begin-audit-export', actor: person('cy').objectId, details: { from: '2026-11-01', to: '2026-11-30' } },
      { intent: 'export-audit', actor: person('cy').objectId, details: { from: '2026-11-01', to: '2026-11-30' } },
    ]);
  });

  test('of two browsers with the same link one gets it', async () => {
    const url = await linkFor();
    const statuses = (await Promise.all([fetch(url), fetch(url), fetch(url)])).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  });

  test('a link is over after five minutes, or when whoever asked is no auditor any more', async () => {
    const late = await linkFor();
    await moveClock(database, 5 * 60_000);
    expect((await fetch(late)).status).toBe(400);
    const gone = await linkFor();
    found = { ok: true, person: person('cy'), roles: new Set<Role>(['approver']) };
    expect((await fetch(gone)).status).toBe(403);
    found = { ok: false, why: 'disabled' };
    expect((await fetch(gone)).status).toBe(403);
    expect((await entries()).slice(-2)).toMatchObject([{ refusal: { code: 'missing-role' } }, { refusal: { code: 'stranger' } }]);
  });

  test('only the hash of a ticket is kept', async () => {
    const ticket = (await linkFor()).slice(-43);
    const rows = await database.current().selectFrom('audit_ticket').selectAll().execute();
    expect(rows.every(({ hash }) => /^[0-9a-f]{64}$/.test(hash))).toBe(true);
    expect(JSON.stringify([rows, await entries()])).not.toContain(ticket);
  });

  test('others are refused, by the command, by the button and by the door', async () => {
    for (const roles of [[], ['requester', 'approver', 'custodian', 'administrator']] as const) {
      expect(await ask('', roles)).toMatch(/auditor/);
      expect(await ask('', roles)).not.toContain('audit.export');
      expect(await press({ id: '..' }, roles)).toMatchObject({ refusal: { code: 'missing-role', role: 'auditor' } });
    }
    const asStranger = { asker: { actor: stranger(), mri: '29:x', where: 'personal' as const }, check, links: true };
    expect(await audit.run({}, asStranger)).toMatchObject({ kind: 'text' });
    for (const intent of [
      { kind: 'export-audit', ticketHash: '0'.repeat(64) },
      { kind: 'export-audit', days: {} },
    ] as const)
      expect(await front().dispatch(actor('cy', ['auditor']), intent)).toEqual({
        ok: false,
        error: { code: 'no-audit-export', why: 'link-used' },
      });
  });

  test('in the channel, or without an address, there is no link', async () => {
    expect(await ask('', ['auditor'], 'channel')).toMatch(/own chat with me/);
    expect(await ask('', ['auditor'], 'channel')).not.toContain('audit.export');
    expect(await ask('', ['auditor'], 'personal', false)).toContain('npm run audit:export');
    expect(await press({ id: '..' }, ['auditor'], 'channel')).toMatchObject({ refusal: { why: 'in-channel' } });
    const without = { asker: asker(), door: front(), audit: undefined };
    expect(await auditExport.run({}, without)).toMatchObject({ refusal: { why: 'no-address' } });
  });

  test('AP-10: of a press only days are believed', () => {
    expect(auditExport.parse({ id: '..2026-11-30', objectId: 'x' })).toEqual({ ok: true, value: { to: '2026-11-30' } });
    for (const id of [undefined, '', '2026-11-31..', "..'; drop", ['..'], '2026-11-02..2026-11-01', '....'])
      expect(auditExport.parse({ id })).toMatchObject({ ok: false });
  });

  test('HT-1: exactly the form of a link is there, for GET', async () => {
    const url = await linkFor();
    const ticket = url.slice(-43);
    for (const path of ['/audit', '/audit/', '/audit/:ticket', `/audit/${ticket}x`, `/audit/${ticket}/`, `/audit/${ticket.slice(1)}`])
      expect({ path, status: (await fetch(origin + path)).status }).toEqual({ path, status: 404 });
    for (const method of ['POST', 'HEAD', 'PUT']) expect((await fetch(url, { method })).status).toBe(405);
    expect((await fetch(url)).status).toBe(200);
  });

  test('DA-1: a download that breaks off is cut, and its beginning is no export', async () => {
    const whole = links;
    links = {
      ...whole,
      async open(ticket) {
        const answer = await whole.open(ticket);
        async function* broken() {
          for await (const lines of answer.lines ?? []) {
            yield lines;
            if (lines.includes('"seq"')) throw new Error('the database went away');
          }
        }
        return { ...answer, lines: broken() };
      },
    };
    const response = await fetch(await linkFor());
    await expect(response.text()).rejects.toThrow();
    expect(said).toContain('download.cut');
  });

  test('DA-1: a log that was changed is an alert, once, and so is that it is well again', async () => {
    const alerts = async () => (await store.openAlerts(10)).map(({ cause, severity }) => [cause.kind, severity]);
    expect(await alerts()).toEqual([]);
    const change = (intent: string) => sql`update audit set intent = ${intent} where seq = 2`.execute(database.current());
    const { intent = '' } = (await store.auditRows(1, 1))[0] ?? {};
    await change('open-request');
    expect(await ask('')).toContain('The log was changed. Entry 2');
    await ask('');
    expect(await alerts()).toEqual([['audit-changed', 'critical']]);
    expect(said).toContain('audit.changed');
    await change(intent);
    expect(await ask('')).toContain('All entries are as they were written');
    expect(await alerts()).toEqual([]);
  });
});
