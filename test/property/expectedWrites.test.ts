import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  consumed,
  isMissing,
  type Settled,
  writeBegun,
  writeDone,
  writeNoted,
  writesStopped,
  writeUnsent,
} from '../../src/core/request/expected.ts';
import type { ExpectedWrite } from '../../src/core/request/types.ts';
import { aChange, anAccountPlan, minutes, NOON } from '../support/builders.ts';

/*
 * What became of each write that was sent is known to the tenant; the bot knows of it only what it was answered, and nothing of it once a run
 * has died. Whatever happens, every row of ours is expected, no more are than may have been, and none that is due is forgotten.
 */
const PASSWORD = { step: 'set-credential' } as const;
const plan = anAccountPlan('rotate');
const ours = { servicePrincipalId: '5e5e5e5e-0000-4000-8000-000000000001', name: 'Breakglass changer' };
const written = () => aChange({ activity: 'Reset user password', changedAt: minutes(1), actor: ours });

const write = fc.constantFrom('answered' as const, 'refused' as const, 'lost, done' as const, 'lost, not done' as const);
const run = fc.record({
  writes: fc.array(write, { maxLength: 4 }),
  /** `dies`: what it knew dies with it; before it sent the last that it noted, where `unsent`. */
  ends: fc.constantFrom('proven' as const, 'gives way' as const, 'fails' as const, 'dies' as const),
  unsent: fc.boolean(),
});

test('AL-9: of any runs, however they end, as many rows are expected as may have been caused; one more is somebody else’s, and one that is due is missed', () => {
  fc.assert(
    fc.property(fc.array(run, { minLength: 1, maxLength: 5 }), (runs) => {
      let rows: readonly ExpectedWrite[] = [];
      // The reference: what the tenant did, what nobody can know, and what was answered in a run that lived to tell.
      let did = 0;
      let unknowable = 0;
      let due = 0;
      for (const { writes, ends, unsent } of runs) {
        rows = writeBegun(rows, PASSWORD, NOON);
        writes.forEach((_write, index) => {
          if (index > 0) rows = writeNoted(rows, PASSWORD);
        });
        const count = (...what: readonly (typeof writes)[number][]): number => writes.filter((each) => what.includes(each)).length;
        const sent = ends === 'dies' && unsent ? writes.slice(0, -1) : writes;
        did += sent.filter((each) => each === 'answered' || each === 'lost, done').length;
        const possible = writes.length - count('refused');
        const settled: Settled = {
          acts: Math.max(count('answered'), possible > 0 ? 1 : 0),
          unsent: Math.max(1, writes.length) - possible,
        };
        if (ends === 'dies')
          unknowable += Math.max(1, writes.length) - sent.filter((each) => each === 'answered' || each === 'lost, done').length;
        else unknowable += count('lost, not done');
        if (ends === 'proven') {
          rows = writeDone(rows, PASSWORD, settled, minutes(1));
          due += settled.acts;
        } else if (ends === 'gives way') rows = writeUnsent(rows, PASSWORD, settled.unsent, minutes(1));
        else if (ends === 'fails') rows = writesStopped(rows, minutes(1), { ...PASSWORD, unsent: settled.unsent });
      }
      let expected = 0;
      for (;;) {
        const next = consumed({ plan, expected: rows }, undefined, written());
        const proven = rows[0]?.untilAt !== undefined;
        if (proven) expect(isMissing(rows, PASSWORD) !== undefined).toBe(expected < due);
        if (!next) break;
        rows = next;
        expected += 1;
      }
      expect(expected).toBe(did + unknowable);
    }),
    { numRuns: 3000 },
  );
});
