import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { exportVerifier, type KeptHead } from '../../src/core/audit/verifyExport.ts';
import { aLog, exported, headOf, linesOfExport } from '../support/auditFile.ts';

const isWhole = (file: string, heads: readonly KeptHead[]): boolean => {
  const verifier = exportVerifier(heads);
  const lines = file.split('\n');
  const rest = lines.pop();
  for (const line of lines) if (!verifier.line(line)) break;
  return verifier.end(rest === '').ok;
};
const days = fc.constantFrom({}, { from: '2026-11-03' }, { to: '2026-11-06' }, { from: '2026-11-02', to: '2026-11-04' });
const anExport = fc
  .tuple(fc.integer({ min: 0, max: 12 }), days, fc.string({ unit: 'binary', maxLength: 12 }))
  .map(([length, within, said]) => {
    const log = exported(
      aLog(length, (seq) => `${said.toWellFormed()} ${seq}`),
      within,
    );
    return { log, file: `${linesOfExport(log, within).join('\n')}\n`, lines: linesOfExport(log, within) };
  });

test('DA-1: any single change of one byte of an export is found against the head that was kept', () => {
  fc.assert(
    fc.property(
      anExport,
      fc.nat(),
      fc.integer({ min: 1, max: 126 }),
      fc.constantFrom('change', 'remove', 'insert'),
      ({ log, file }, where, by, how) => {
        const at = where % file.length;
        const other = String.fromCharCode(((file.charCodeAt(at) + by) % 127) + (how === 'insert' ? 1 : 0));
        const changed =
          how === 'remove'
            ? file.slice(0, at) + file.slice(at + 1)
            : file.slice(0, at) + other + file.slice(how === 'insert' ? at : at + 1);
        fc.pre(changed !== file);
        expect(isWhole(file, [headOf(log)])).toBe(true);
        expect(isWhole(changed, [headOf(log)])).toBe(false);
      },
    ),
    { numRuns: 1_000 },
  );
});

test('DA-1: any line of an export that is cut, doubled or exchanged with another is found, and any tail', () => {
  fc.assert(
    fc.property(anExport, fc.nat(), fc.nat(), fc.constantFrom('cut', 'double', 'exchange', 'tail'), ({ log, lines }, one, other, how) => {
      const [at, with_] = [one % lines.length, other % lines.length];
      const [a = '', b = ''] = [lines[at], lines[with_]];
      const changed = {
        cut: lines.toSpliced(at, 1),
        double: lines.toSpliced(at, 0, a),
        exchange: lines.with(at, b).with(with_, a),
        tail: lines.slice(0, at),
      }[how];
      fc.pre(changed.join('\n') !== lines.join('\n'));
      expect(isWhole(`${changed.join('\n')}\n`, [headOf(log)])).toBe(false);
    }),
    { numRuns: 500 },
  );
});

test('DA-1: a log that was computed anew from any entry on is found by any head kept after that entry', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 20 }), fc.nat(), fc.nat(), (length, from, kept) => {
      const changed = 1 + (from % length);
      const size = changed + (kept % (length - changed + 1));
      const log = exported(aLog(length));
      const anew = exported(aLog(length, (seq) => (seq === changed ? 'forged' : `entry ${seq}`)));
      const file = `${linesOfExport(anew).join('\n')}\n`;
      expect(isWhole(file, [])).toBe(true);
      expect(isWhole(file, [headOf(log.slice(0, changed - 1))])).toBe(true);
      expect(isWhole(file, [headOf(log.slice(0, size))])).toBe(false);
    }),
  );
});
