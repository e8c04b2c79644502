import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { type Door, door } from '../../src/app/dispatch.ts';
import type { Log } from '../../src/app/log.ts';
import type { ProvenDecision } from '../../src/core/request/proof.ts';
import { moveClock } from '../../src/store/clock.ts';
import { connect, type Database } from '../../src/store/connect.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openOutbox } from '../../src/store/outbox.ts';
import { storeOn } from '../../src/store/store.ts';
import { countingRandom, TEST_POLICY } from '../support/memoryStore.ts';
import { embedded, onServer } from '../support/places.ts';
import { testDatabaseUrl } from '../support/postgres.ts';
import { actor, aForm, theFacts } from '../support/requests.ts';

const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => quiet };

for (const [name, suite, place] of [
  ['embedded', describe, embedded],
  ['PostgreSQL server', testDatabaseUrl === undefined ? describe.skip : describe, onServer],
] as const) {
  suite(`second proofs on ${name}`, () => {
    let database: Database;
    let front: Door;
    let lax: Door;
    let end: () => Promise<void>;
    beforeAll(async () => {
      const { location, remove } = await place();
      database = await connect(location);
      await migrate(database.current());
      const store = storeOn(database, await openOutbox(database, quiet));
      const policy = { ...TEST_POLICY, openRequestsPerPerson: 50 };
      const random = countingRandom();
      front = door({ store, random, policy: { ...policy, secondProof: ['create'] }, tenant: () => undefined });
      lax = door({ store, random, policy: { ...policy, secondProof: [] }, tenant: () => undefined });
      end = async () => {
        await store.close();
        await remove();
      };
    });
    afterAll(() => end(), 30_000);

    let forms = 0;
    /** @param ruled by whose settings the request is opened */
    async function opened(ruled: Door): Promise<ProvenDecision> {
      forms += 1;
      const form = aForm({ formId: `F-${forms}`, userName: `ea-${forms}` });
      const outcome = await ruled.dispatch(actor('rita', 'requester'), { kind: 'open-request', form, facts: theFacts() });
      if (!outcome.ok || !outcome.value.request) throw new Error('the request was refused');
      const { id: requestId, planDigest } = outcome.value.request;
      return { decision: 'approve', requestId, planDigest };
    }
    async function begun(ticketHash: string, wanted?: ProvenDecision): Promise<ProvenDecision> {
      const wants = wanted ?? (await opened(front));
      const intent = { kind: 'begin-proof', requestId: wants.requestId, wanted: wants, ticketHash } as const;
      expect((await front.dispatch(actor('ann', 'approver'), intent)).ok).toBe(true);
      return wants;
    }
    const prove = async ({ requestId, planDigest }: ProvenDecision, ticketHash: string) => {
      const signedIn = { ticketHash, at: new Date('2026-03-02T11:59:00Z') };
      const outcome = await front.dispatch(actor('ann', 'approver'), { kind: 'approve-request', requestId, planDigest, signedIn });
      return outcome.ok ? 'accepted' : outcome.error.code;
    };
    const tickets = () => database.current().selectFrom('proof_ticket').select('hash').orderBy('hash').execute();

    test('AU-9: the proof stands beside the decision in the book, and the ticket is gone', async () => {
      const wanted = await begun('one');
      expect(await tickets()).toEqual([{ hash: 'one' }]);
      expect(await prove(wanted, 'one')).toBe('accepted');
      const row = await database
        .current()
        .selectFrom('decision')
        .select(['proof_method', 'proof_at'])
        .where('request_id', '=', wanted.requestId)
        .executeTakeFirstOrThrow();
      expect(row).toEqual({ proof_method: 'oidc', proof_at: new Date('2026-03-02T11:59:00Z') });
      expect(await tickets()).toEqual([]);
    });

    test('AU-9: of ten answers at the same instant one counts', async () => {
      // Several rounds: in the first the pool still connects, one after the other.
      for (const round of ['two-1', 'two-2', 'two-3', 'two-4', 'two-5']) {
        const wanted = await begun(round);
        const codes = await Promise.all(Array.from({ length: 10 }, () => prove(wanted, round)));
        expect(codes.sort()).toEqual(['accepted', ...Array.from({ length: 9 }, () => 'proof-invalid')]);
      }
    });

    test('AP-5, AP-8: an approval from before the proof was asked for may be made once more with it, on record beside the first', async () => {
      const wanted = await opened(lax);
      const { requestId, planDigest } = wanted;
      const unproven = { kind: 'approve-request', requestId, planDigest } as const;
      expect((await lax.dispatch(actor('ann', 'approver'), unproven)).ok).toBe(true);
      await begun('late', wanted);
      expect(await prove(wanted, 'late')).toBe('accepted');
      const rows = await database.current().selectFrom('decision').select('proof_method').where('request_id', '=', requestId).execute();
      expect(rows).toEqual([{ proof_method: null }, { proof_method: 'oidc' }]);
      const once = sql`insert into decision (request_id, number, kind, person_key, object_id, plan_digest, at, proof_method)
        select request_id, 9, kind, person_key, object_id, plan_digest, at, 'other' from decision where request_id = ${requestId} and number = 2`;
      await expect(once.execute(database.current())).rejects.toThrow();
    });

    test('AU-9: a ticket outlives its minutes for an hour only, so that the table stays small', async () => {
      const wanted = await begun('three');
      await moveClock(database, 6 * 60_000);
      expect(await prove(wanted, 'three')).toBe('proof-invalid');
      await begun('four');
      expect(await tickets()).toEqual([{ hash: 'four' }, { hash: 'three' }]);
      await moveClock(database, 2 * 3_600_000);
      await begun('five');
      expect(await tickets()).toEqual([{ hash: 'five' }]);
    });
  });
}
