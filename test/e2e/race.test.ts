import { type ChildProcess, fork } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { Log } from '../../src/app/log.ts';
import { connect, type Database } from '../../src/store/connect.ts';
import { migrate } from '../../src/store/migrate.ts';
import { type Outbox, openOutbox } from '../../src/store/outbox.ts';
import { storeOn } from '../../src/store/store.ts';
import { freshDatabase, testDatabaseUrl } from '../support/postgres.ts';
import { aForm, open, POLICY, theFacts } from '../support/requests.ts';

const TRIALS = 150;
const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => quiet };
const suite = testDatabaseUrl === undefined ? describe.skip : describe;

suite('two replicas, one PostgreSQL server, clicks at the same instant', () => {
  const replicas: ChildProcess[] = [];
  let database: Database;
  let outbox: Outbox;
  let drop: () => Promise<void>;
  let clicks = 0;

  beforeAll(async () => {
    const fresh = await freshDatabase(testDatabaseUrl ?? '');
    drop = fresh.drop;
    database = await connect({ kind: 'server', url: fresh.url });
    await migrate(database.current());
    outbox = await openOutbox(database, quiet);
    for (let number = 0; number < 2; number += 1) {
      const child = fork(new URL('../support/replica.ts', import.meta.url), [fresh.url], { execArgv: [] });
      replicas.push(child);
      await new Promise<void>((resolve, reject) => {
        child.once('message', () => resolve());
        child.once('exit', (code) => reject(new Error(`a replica ended with ${code}`)));
      });
    }
  }, 60_000);
  afterAll(async () => {
    const ended = replicas.map((child) => new Promise<void>((resolve) => child.once('exit', () => resolve())));
    for (const child of replicas) child.disconnect();
    await Promise.all(ended);
    await outbox.stop();
    await database.close();
    await drop();
  }, 30_000);

  const pending = async (id: string) => {
    const opened = open(
      aForm({ formId: `F-${id}`, userName: id.toLowerCase() }),
      theFacts(),
      { openByRequester: 0 },
      POLICY,
      id,
      new Date(),
    );
    if (!opened.ok) throw new Error(opened.error.code);
    const request = { ...opened.value.next, expiresAt: new Date(Date.now() + 3_600_000) };
    await storeOn(database, outbox).transaction((tx) => tx.insert('request', request));
    return request;
  };
  /** One click on one replica at a given millisecond; the code it was answered with. */
  const click = (replica: number, what: Readonly<Record<string, unknown>>): Promise<string> =>
    new Promise((resolve) => {
      clicks += 1;
      const id = clicks;
      const child = replicas[replica];
      const listen = (answer: { id: number; code: string }): void => {
        if (answer.id !== id) return;
        child?.off('message', listen);
        resolve(answer.code);
      };
      child?.on('message', listen);
      child?.send({ id, ...what });
    });
  const runsOwed = async (requestId: string): Promise<number> => {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from jobs.job where name = 'run-plan' and data ->> 'requestId' = ${requestId}`.execute(
      database.current(),
    );
    return rows[0]?.count ?? 0;
  };

  test('AP-8: two approvers at once complete the quorum exactly once: one run is owed, never none, never two', async () => {
    for (let trial = 0; trial < TRIALS; trial += 1) {
      const { id: requestId, planDigest } = await pending(`R-PAIR${trial}`);
      const at = Date.now() + 4;
      const common = { kind: 'approve', requestId, planDigest, at };
      const codes = await Promise.all([click(0, { ...common, who: 'ann' }), click(1, { ...common, who: 'bob' })]);
      expect([requestId, codes, await runsOwed(requestId)]).toEqual([requestId, ['ok', 'ok'], 1]);
    }
  }, 120_000);

  test('AP-8 ID-3: the same human at once on both replicas, also with a second account, counts once', async () => {
    for (let trial = 0; trial < TRIALS; trial += 1) {
      const { id: requestId, planDigest } = await pending(`R-SAME${trial}`);
      const common = { kind: 'approve', requestId, planDigest, at: Date.now() + 4 };
      const codes = await Promise.all([
        click(0, { ...common, who: 'ann' }),
        click(1, { ...common, who: trial % 2 === 0 ? 'ann' : 'ann2' }),
      ]);
      expect([requestId, codes.sort(), await runsOwed(requestId)]).toEqual([requestId, ['already-decided', 'ok'], 0]);
    }
  }, 120_000);

  test('AP-6: a denial against the completing approval: either it is denied and nothing runs, or one run is owed and stopped before its first write', async () => {
    for (let trial = 0; trial < TRIALS; trial += 1) {
      const { id: requestId, planDigest } = await pending(`R-DENY${trial}`);
      expect(await click(0, { kind: 'approve', who: 'ann', requestId, planDigest, at: 0 })).toBe('ok');
      const at = Date.now() + 4;
      const [approved, denied] = await Promise.all([
        click(0, { kind: 'approve', who: 'bob', requestId, planDigest, at }),
        click(1, { kind: 'deny', who: 'cy', requestId, planDigest, at }),
      ]);
      const request = await storeOn(database, outbox).get('request', requestId);
      // Nothing was written yet, so a denial that was accepted wins whichever came first.
      expect([denied, request?.state]).toEqual(['ok', 'denied']);
      expect(approved === 'ok' ? await runsOwed(requestId) : 0).toBe(approved === 'ok' ? 1 : 0);
    }
  }, 120_000);
});
