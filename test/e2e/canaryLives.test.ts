import { basename } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { exportLines } from '../../src/app/auditLog.ts';
import { door } from '../../src/app/dispatch.ts';
import type { Store } from '../../src/app/ports.ts';
import { jsonLog } from '../../src/logging/jsonLog.ts';
import { headerOf } from '../../src/paper/auditExport.ts';
import { openOutbox } from '../../src/store/outbox.ts';
import { storeOn } from '../../src/store/store.ts';
import { allCards } from '../support/canary/cards.ts';
import { isTroubled, lives } from '../support/canary/lives.ts';
import { columns, keepingEmbedded, keepingServer, type Searched, walPosition, walSince } from '../support/canary/places.ts';
import { leaksOfMany, searchFor } from '../support/canary/search.ts';
import { DEEP, figure, often } from '../support/deep.ts';
import { manyIds } from '../support/installation/onDatabase.ts';
import { TEST_POLICY } from '../support/memoryStore.ts';
import { leaks } from '../support/needles.ts';
import { setUp } from '../support/setUp.ts';

/** What the product writes is the same on either; how it lies in the files is not. */
const ENGINES = [
  { name: 'the embedded engine', place: keepingEmbedded, lives: often(2, 1_000) },
  { name: 'a server', place: keepingServer, lives: often(2, 100) },
] as const;

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
  const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
  for (const wide of [utf16(`u ${secrets[1]} v`), utf16(`u ${secrets[1]}`).swap16()])
    expect([leaksOfMany(secrets, [['wide', wide]]), leaks(secrets, new Map([['wide', wide]]))]).toEqual([['wide'], ['wide']]);
  expect(leaksOfMany(secrets, [['noise', Buffer.from('Ab3#dE5 gH7?jK9 Z'.repeat(5000))]])).toEqual([]);
});

/** The whole audit log, as whoever has the database gets it out. */
async function auditExport(store: Store): Promise<Buffer> {
  const front = door({ store, random: manyIds, policy: TEST_POLICY, tenant: () => undefined });
  const outcome = await front.dispatch({ kind: 'system', part: 'operator' }, { kind: 'export-audit', days: {} });
  if (!outcome.ok) throw new Error(outcome.error.code);
  const lines: Buffer[] = [];
  for await (const text of exportLines(store, headerOf(outcome.value, 'operator'))) lines.push(Buffer.from(text));
  return Buffer.concat(lines);
}

describe.each(ENGINES)(
  'credential parts of $lives whole lives on $name appear nowhere but in the dialog',
  ({ name, place, lives: count }) => {
    const written: string[] = [];
    const log = jsonLog('debug', (line) => void written.push(line));
    const kept = setUp(
      async () => {
        const keeping = await place();
        return { keeping, outbox: keeping && (await openOutbox(keeping.database, log)) };
      },
      async ({ keeping, outbox }) => {
        await outbox?.stop().catch(() => undefined); // stopped already, unless something broke before
        await keeping?.remove();
      },
    );

    /** Of a life the password of its creation, two in parts with theirs, one that nobody has, and two passes; what went wrong brings its own. */
    const secretsOf = (number: number): number => 10 + (isTroubled(number) ? 7 : 0);

    test(
      'CR-1 CR-4 CR-5: created, handed over, rotated, handed over, given keys and retired: no secret of it is in tables, write-ahead log, audit, cards, log or crash report',
      async () => {
        const { keeping, outbox } = kept();
        if (!keeping || !outbox) return figure(`${count} whole lives on ${name}: not tried, there is none here`);
        const { database } = keeping;
        const store = storeOn(database, outbox);
        const from = await walPosition(database);
        const { one, writes } = lives(database, store, log);
        const secrets = new Set<string>();
        const told: string[] = [];
        let [wanted, steps, bytes] = [0, 0, 0];
        for (let number = 0; number < count; number += 1) {
          const life = await one(number);
          for (const secret of life.secrets) secrets.add(secret);
          wanted += secretsOf(number);
          steps += life.texts.size;
          // What was read of it is too much to keep: of its own secrets it is searched now.
          const read = Buffer.from([...life.texts].join('\n'));
          bytes += read.length;
          if (searchFor(life.secrets)(read)) told.push(`cards of life ${number}`);
        }
        expect(secrets.size).toBe(wanted);
        expect(told).toEqual([]);

        const holds = searchFor(secrets);
        const found: string[] = [];
        const seen = new Map<string, number>();
        const segments = new Set<string>();
        const readable = new Set<string>();
        const search = ([name, content]: Searched): void => {
          seen.set(name, content.length);
          bytes += content.length;
          if (holds(content)) found.push(name);
        };
        search(['log', Buffer.from(written.join(''))]);
        search(['outbound', Buffer.from((await allCards(database, store)).join('\n'))]);
        search(['writes', Buffer.from(JSON.stringify(writes()))]);
        const exported = await auditExport(store);
        expect(exported.includes('\\"intent\\":\\"reveal-part\\"')).toBe(true);
        search(['audit export', exported]);
        search(['crash report', Buffer.from(JSON.stringify(process.report.getReport(new Error('a crash'))))]);
        for await (const column of columns(database)) {
          search(column);
          // Bodies are bytes: as text of a row they would be hex.
          if (column[0] === 'column public.audit.body') expect(column[1].includes('"intent":"reveal-part"')).toBe(true);
        }
        expect(seen.get('column public.audit.body')).toBeGreaterThan(0);
        const wal = await walSince(database, from);
        const forms = ['F-0-rotate', `F-${count - 1}-retire`].sort();
        await outbox.stop();
        await keeping.settle();
        for (const file of keeping.files()) {
          search(file);
          if (!wal.includes(basename(file[0]))) continue;
          segments.add(basename(file[0]));
          for (const form of forms) if (file[1].includes(form)) readable.add(form);
        }
        expect(found).toEqual([]);
        // Nothing of the log was used again before it was searched, and what was written can be read in it.
        expect(wal.filter((name) => !segments.has(name))).toEqual([]);
        expect([...readable].sort()).toEqual(forms);
        figure(
          `${count} whole lives on ${name}: ${secrets.size} passwords, parts and passes in 0 of ${seen.size} places and of ${steps} cards and answers between, ${(bytes / 2 ** 20).toFixed(0)} MB, of it ${wal.length} segments of the write-ahead log, all there were`,
        );
      },
      // A thousand lives are half an hour of work for one core, and gigabytes to search.
      DEEP ? 3 * 3_600_000 : 360_000,
    );
  },
);
