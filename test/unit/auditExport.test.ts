import { describe, expect, test } from '@jest/globals';
import { type Line, linesOf } from '../../src/cli/lines.ts';
import { isWithin, parseDays } from '../../src/core/audit/days.ts';
import { entryLine } from '../../src/core/audit/exportFile.ts';
import { leafHash } from '../../src/core/audit/tree.ts';
import { exportVerifier, type KeptHead } from '../../src/core/audit/verifyExport.ts';
import { aLog, exported, headOf, linesOfExport } from '../support/auditFile.ts';

const LOG = exported(aLog(9));
const NOVEMBER = { from: '2026-11-03', to: '2026-11-05' };
const PART = linesOfExport(exported(aLog(9), NOVEMBER), NOVEMBER);
const WHOLE = linesOfExport(LOG);

function verify(lines: readonly string[], heads: readonly KeptHead[] = [], whole = true) {
  const verifier = exportVerifier(heads);
  for (const line of lines) if (!verifier.line(line)) break;
  return verifier.end(whole);
}
/** What is wrong, and where. */
function problem(lines: readonly string[], heads: readonly KeptHead[] = [], whole = true): [number | undefined, string] {
  const outcome = verify(lines, heads, whole);
  return outcome.ok ? [undefined, 'nothing'] : [outcome.error.seq, outcome.error.words];
}
const changed = (lines: readonly string[], at: number, change: (entry: Record<string, unknown>) => unknown): string[] =>
  lines.map((line, index) => (index === at ? JSON.stringify(change(JSON.parse(line))) : line));
const at = <T>(list: readonly T[], index: number): T => list[index] as T;

describe('DA-1: an export that is whole', () => {
  test('verifies, with the text of all entries or of some days', () => {
    expect(verify(WHOLE)).toMatchObject({ ok: true, value: { header: { size: 10, bodies: 10, exportedBy: 'cy' }, kept: [] } });
    expect(verify(PART)).toMatchObject({ ok: true, value: { header: { size: 10, bodies: 4, ...NOVEMBER } } });
    expect(PART.filter((line) => line.includes('"body"'))).toHaveLength(4);
  });

  test('has every earlier head of its log as a beginning', () => {
    const heads = LOG.map((_body, index) => headOf(LOG.slice(0, index)));
    expect(verify(WHOLE, heads.toReversed())).toMatchObject({ ok: true, value: { kept: heads } });
    expect(verify(PART, [headOf(aLog(4))])).toMatchObject({ ok: true });
  });

  test('CM-7: is ASCII, a line an entry, whatever people wrote, and gives their text back exactly', () => {
    const hostile = exported(aLog(3, (seq) => ['\u202e\u2028\n\u009b31m', '=cmd|"/c"!A1 \u00e9\u{1f6a8}', 'plain'][seq - 1] ?? ''));
    const lines = linesOfExport(hostile);
    expect(lines.join('')).toMatch(/^[\x20-\x7e]*$/);
    expect(lines.slice(1).map((line) => JSON.parse(line).body)).toEqual(hostile);
    expect(verify(lines)).toMatchObject({ ok: true });
  });
});

describe('DA-1: what is wrong with an export is named', () => {
  const text = at(LOG, 3).replace('entry 4', 'entry 5');
  const forged = { seq: 4, leaf: leafHash(Buffer.from(text)).toString('base64'), body: text };
  const other = leafHash(Buffer.from('another')).toString('base64');

  test.each<[string, readonly string[], number | undefined, RegExp]>([
    ['a tail that was cut', WHOLE.slice(0, -2), undefined, /ends after 8 of 10 entries/],
    ['a middle that was cut', WHOLE.toSpliced(4, 2), 4, /Entry 6 stands where entry 4 belongs: entries were taken out/],
    ['an entry that was put in twice', WHOLE.toSpliced(4, 0, at(WHOLE, 3)), 4, /Entry 3 stands where entry 4 belongs/],
    ['lines that were exchanged', WHOLE.with(3, at(WHOLE, 5)).with(5, at(WHOLE, 3)), 3, /Entry 5 stands where entry 3 belongs/],
    [
      'entries that were exchanged, and numbered again',
      changed(WHOLE, 3, () => ({ ...JSON.parse(at(WHOLE, 4)), seq: 3 })),
      3,
      /that of entry 4/,
    ],
    ['a text that was changed', changed(WHOLE, 4, (entry) => ({ ...entry, body: text })), 4, /does not belong to its leaf/],
    ['a leaf that was changed', changed(WHOLE, 4, (entry) => ({ ...entry, leaf: other })), 4, /does not belong to its leaf/],
    ['both, one for the other', changed(WHOLE, 4, () => forged), undefined, /do not have the root that the header says/],
    ['a leaf without a text', changed(PART, 8, (entry) => ({ ...entry, leaf: other })), undefined, /do not have the root/],
    ['a text that was taken out', changed(WHOLE, 4, ({ body: _body, ...entry }) => entry), 4, /taken out of the file/],
    [
      'a text that was taken out of days',
      changed(PART, 4, ({ body: _body, ...entry }) => entry),
      undefined,
      /texts of 4 entries were exported, and 3/,
    ],
    ['an entry that was put at the end', [...WHOLE, entryLine({ ...forged, seq: 11 })], 11, /has 10 entries; here is one more/],
    ['a line that is not JSON', WHOLE.with(5, '{"seq":5'), 5, /no line of an export/],
    ['a line with something more', changed(WHOLE, 5, (entry) => ({ ...entry, note: 'x' })), 5, /no line of an export/],
    ['a line that is written otherwise', WHOLE.with(5, `${at(WHOLE, 5)} `), 5, /no line of an export/],
    [
      'a text that is no entry',
      changed(WHOLE, 4, () => ({ ...forged, body: '[]', leaf: leafHash(Buffer.from('[]')).toString('base64') })),
      4,
      /not that of an audit entry/,
    ],
    ['a text of another day', [at(PART, 0), ...WHOLE.slice(1)], 1, /another day/],
    [
      'a log that does not end with an export',
      linesOfExport(LOG)
        .with(0, at(linesOfExport(LOG), 0).replace('"size":10', '"size":9'))
        .slice(0, 10),
      undefined,
      /do not have the root/,
    ],
  ])('%s', (_what, lines, seq, words) => {
    expect(problem(lines)).toEqual([seq, expect.stringMatching(words)]);
  });

  test('a file that ends in the middle of a line', () => {
    expect(problem(WHOLE.slice(0, 6), [], false)).toEqual([6, expect.stringMatching(/middle of a line/)]);
  });

  test.each<[string, (header: Record<string, unknown>) => unknown, RegExp]>([
    ['another size', (header) => ({ ...header, size: 11 }), /ends after 10 of 11/],
    ['another root', (header) => ({ ...header, root: headOf(LOG.slice(0, 4)).root }), /do not have the root/],
    ['other days', (header) => ({ ...header, bodies: 4 }), /does not say what the last entry says/],
    ['another time', (header) => ({ ...header, exportedAt: '2026-12-31T13:00:00.000Z' }), /does not say what the last entry says/],
    ['another person', (header) => ({ ...header, exportedBy: 'ann' }), /does not say what the last entry says/],
    ['another format', (header) => ({ ...header, format: 'something' }), /does not say that this is an export/],
    ['another version', (header) => ({ ...header, version: 2 }), /another version of the format/],
    ['no number', (header) => ({ ...header, size: '10' }), /not as an export writes it/],
    ['no day', (header) => ({ ...header, from: '2026-02-30' }), /not as an export writes it/],
    ['what acts on a terminal', (header) => ({ ...header, exportedBy: '\u001b]0;x' }), /not as an export writes it/],
    ['something more', (header) => ({ ...header, note: 'x' }), /not as an export writes it/],
    ['nothing', () => 'text', /not JSON/],
  ])('a header that says %s', (_what, change, words) => {
    expect(problem(changed(WHOLE, 0, change))[1]).toMatch(words);
  });

  test('nothing at all', () => {
    expect(problem([])[1]).toBe('The file is empty.');
    expect(problem(['not JSON'])[1]).toMatch(/not JSON/);
  });

  test('a log that does not end with the entry of an export', () => {
    const [header = '', ...entries] = linesOfExport(LOG);
    const cut = { ...JSON.parse(header), ...headOf(LOG.slice(0, 9)), bodies: 9 };
    expect(problem([JSON.stringify(cut), ...entries.slice(0, 9)])).toEqual([9, expect.stringMatching(/not that of an export/)]);
  });
});

describe('DA-1: a head that was kept', () => {
  test('shows where a log was computed anew', () => {
    const anew = linesOfExport(exported(aLog(9, (seq) => (seq === 6 ? 'forged' : `entry ${seq}`))));
    expect(verify(anew)).toMatchObject({ ok: true });
    expect(problem(anew, [headOf(LOG.slice(0, 5)), headOf(LOG.slice(0, 8))])).toEqual([8, expect.stringMatching(/after 5 was changed/)]);
    expect(problem(anew, [headOf(LOG.slice(0, 8))])).toEqual([8, expect.stringMatching(/first 8 entries are not those/)]);
  });

  test('narrows down which leaf is wrong', () => {
    const other = leafHash(Buffer.from('another')).toString('base64');
    const lines = changed(PART, 8, (entry) => ({ ...entry, leaf: other }));
    expect(problem(lines, [headOf(LOG.slice(0, 6))])).toEqual([undefined, expect.stringMatching(/between 7 and 10/)]);
  });

  test('shows that a log was cut, and goes for an empty log too', () => {
    expect(problem(WHOLE, [{ size: 12, root: headOf(LOG).root }])).toEqual([
      undefined,
      expect.stringMatching(/head of 12 entries, and this log has only 10/),
    ]);
    expect(problem(WHOLE, [{ size: 0, root: headOf(LOG).root }])).toEqual([0, expect.stringMatching(/first 0 entries/)]);
  });
});

describe('days', () => {
  test('are whole, and in UTC', () => {
    expect(parseDays([])).toEqual({ ok: true, value: {} });
    expect(parseDays(['2026-11-01'])).toEqual({ ok: true, value: { from: '2026-11-01' } });
    expect(parseDays(['2026-11-01', '2026-11-01'])).toEqual({ ok: true, value: { from: '2026-11-01', to: '2026-11-01' } });
    expect(isWithin(NOVEMBER, '2026-11-05T23:59:59.999Z')).toBe(true);
    expect([isWithin(NOVEMBER, '2026-11-06T00:00:00.000Z'), isWithin(NOVEMBER, '2026-11-02T23:59:59.999Z')]).toEqual([false, false]);
  });

  test.each([['2026-11-31'], ['1.11.2026'], ['2026-11-1'], ['yesterday'], ['2026-11-02 2026-11-01'], ['2026-11-01 2026-11-02 2026-11-03']])(
    'are refused with an example: %s',
    (rest) => {
      expect(parseDays(rest.split(' '))).toEqual({ ok: false, error: expect.stringContaining('For example: audit 2026-11-01 2026-11-30') });
    },
  );
});

describe('lines of a file', () => {
  const read = async (...chunks: Buffer[]) => {
    async function* all() {
      yield* chunks;
    }
    const lines: Line[] = [];
    for await (const line of linesOf(all())) lines.push(line);
    return lines;
  };

  test('come one by one, wherever the file is cut on its way', async () => {
    const bytes = Buffer.from('a\u00e9\u{1f6a8}\n\nb\n');
    for (let cut = 0; cut <= bytes.length; cut += 1)
      expect((await read(bytes.subarray(0, cut), bytes.subarray(cut))).map(({ text }) => text)).toEqual(['a\u00e9\u{1f6a8}', '', 'b']);
    expect(await read(Buffer.from('a\nb'))).toEqual([
      { text: 'a', whole: true },
      { text: 'b', whole: false },
    ]);
  });

  test('are never read without an end', async () => {
    const mebibyte = Buffer.alloc(1024 * 1024, 120);
    await expect(read(...Array<Buffer>(17).fill(mebibyte))).rejects.toThrow(RangeError);
  });
});
