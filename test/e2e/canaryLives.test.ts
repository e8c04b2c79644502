import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { draw } from '../../src/jobs/draw.ts';
import { jsonLog } from '../../src/logging/jsonLog.ts';
import { connect, type Database } from '../../src/store/connect.ts';
import { migrate } from '../../src/store/migrate.ts';
import { type Outbox, openOutbox } from '../../src/store/outbox.ts';
import { storeOn } from '../../src/store/store.ts';
import { lives } from '../support/canary/lives.ts';
import { leaksOfMany } from '../support/canary/search.ts';
import { DEEP, figure, often } from '../support/deep.ts';
import { leaks } from '../support/needles.ts';

const LIVES = often(2, 1_000);

describe('credential parts of whole lives appear nowhere but in the dialog', () => {
  const folder = mkdtempSync(join(tmpdir(), 'breakglass-lives-'));
  const written: string[] = [];
  const log = jsonLog('debug', (line) => void written.push(line));
  let database: Database;
  let outbox: Outbox;
  beforeAll(async () => {
    database = await connect({ kind: 'embedded', folder });
    await migrate(database.current());
    outbox = await openOutbox(database, log);
  }, 60_000);
  const close = async (): Promise<void> => {
    await outbox.stop();
    await database.close();
  };
  afterAll(async () => {
    await close().catch(() => undefined); // closed already, unless something broke before
    rmSync(folder, { recursive: true, force: true });
  });

  test('CR-1: the search of many finds what the search of one finds', () => {
    const secrets = ['Ab3#dE5+gH7?jK9=mN2&', 'zY8!xW6-vU4*tS2%rQ1@'];
    const forms = secrets.flatMap((secret) => [
      secret,
      [...secret].reverse().join(''),
      Buffer.from(`x${secret}`).toString('base64'),
      Buffer.from(secret).toString('hex'),
      encodeURIComponent(secret),
      JSON.stringify(secret),
      secret.slice(5, 14),
    ]);
    for (const form of forms) {
      const place = new Map([['here', Buffer.from(`before ${form} after`)]]);
      expect([form, leaksOfMany(secrets, place), leaks(secrets, place)]).toEqual([form, ['here'], ['here']]);
    }
    expect(leaksOfMany(secrets, [['wide', Buffer.from(`u ${secrets[1]} v`, 'utf16le')]])).toEqual(['wide']);
    expect(leaksOfMany(secrets, [['noise', Buffer.from('Ab3#dE5 gH7?jK9 Z'.repeat(5000))]])).toEqual([]);
  });

  test(
    'CR-1 CR-4 CR-5: created, handed over, rotated, handed over, given keys and retired: nothing shown is in tables, write-ahead log, audit, cards, log or crash report',
    async () => {
      const store = storeOn(database, outbox);
      const { one, writes } = lives(database, store, log);
      const secrets: string[] = [];
      for (let number = 0; number < LIVES; number += 1) secrets.push(...(await one(number)));
      const { rows: cards } = await sql<{
        subject: string;
        variant: string;
        place: string;
      }>`select subject, variant, place from posted_card`.execute(database.current());
      const outbound: unknown[] = [];
      for (const { subject, variant, place } of cards) {
        const to =
          place === 'channel' ? ({ kind: 'channel' } as const) : { kind: 'person' as const, objectId: place.slice('person:'.length) };
        outbound.push(await draw(store, { subject: subject as `request:${string}`, variant, place: to }, async () => []));
      }
      const { rows: tables } = await sql<{ name: string }>`
        select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables where schemaname in ('public', 'jobs')`.execute(
        database.current(),
      );
      const places: [string, Buffer][] = [
        ['log', Buffer.from(written.join(''))],
        ['outbound', Buffer.from(JSON.stringify(outbound))],
        ['writes', Buffer.from(JSON.stringify(writes()))],
        ['crash report', Buffer.from(JSON.stringify(process.report.getReport(new Error('a crash'))))],
      ];
      for (const { name } of tables) {
        const { rows } = await sql<{ row: string }>`select t::text as row from ${sql.raw(name)} t`.execute(database.current());
        places.push([`table ${name}`, Buffer.from(rows.map(({ row }) => row).join('\n'))]);
      }
      await close();
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        if (entry.isFile()) places.push([join(entry.parentPath, entry.name), readFileSync(join(entry.parentPath, entry.name))]);
      }
      expect(places.filter(([name, content]) => name.includes('pg_wal') && content.length > 0).length).toBeGreaterThan(0);
      expect(secrets.length).toBe(LIVES * 8);
      expect(new Set(secrets).size).toBe(secrets.length);
      expect(leaksOfMany(secrets, places)).toEqual([]);
      const bytes = places.reduce((sum, [, content]) => sum + content.length, 0);
      figure(
        `${LIVES} whole lives: ${secrets.length} parts, passwords and passes in 0 of ${places.length} places, ${(bytes / 2 ** 20).toFixed(0)} MB`,
      );
    },
    // A thousand lives are half an hour of work for one core, and a gigabyte to search.
    DEEP ? 3 * 3_600_000 : 120_000,
  );
});
