import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { door } from '../../src/app/dispatch.ts';
import type { Job } from '../../src/app/jobs.ts';
import type { Log } from '../../src/app/log.ts';
import type { Random, Store } from '../../src/app/ports.ts';
import { append, EMPTY_TREE, leafHash, rootOf } from '../../src/core/audit/tree.ts';
import { DAY } from '../../src/core/decision.ts';
import { moveClock } from '../../src/store/clock.ts';
import { connect, type Database } from '../../src/store/connect.ts';
import { StoreFault } from '../../src/store/fault.ts';
import { migrate } from '../../src/store/migrate.ts';
import { type Outbox, openOutbox } from '../../src/store/outbox.ts';
import { storeOn } from '../../src/store/store.ts';
import { tagKeyOn } from '../../src/store/tagKey.ts';
import { anAccount, aRequest } from '../support/builders.ts';
import { embedded, onServer } from '../support/places.ts';
import { testDatabaseUrl } from '../support/postgres.ts';
import { actor, aForm, POLICY, theFacts } from '../support/requests.ts';

const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => quiet };

/** Ids in order, so that a test can name what it made. */
function counting(): Random {
  let next = 0;
  return {
    below: () => 0,
    id(prefix) {
      next += 1;
      return `${prefix}-${String(next).padStart(6, '0')}`;
    },
  };
}

const engines = [
  { name: 'embedded', suite: describe, place: embedded },
  { name: 'PostgreSQL server', suite: testDatabaseUrl === undefined ? describe.skip : describe, place: onServer },
];

for (const { name, suite, place } of engines) {
  suite(`the store on ${name}`, () => {
    let database: Database;
    let outbox: Outbox;
    let store: Store;
    let remove: () => Promise<void>;
    const jobs: Job[] = [];
    let failOnce = false;
    const policy = {
      ...POLICY,
      openRequestsPerPerson: 100,
      requestsPerHour: 1_000,
      coolDownHours: 0,
      partExpiryHours: 72,
      validationDays: 90,
      evidenceMinutes: 120,
      proofMinutes: 5,
    };
    const random = counting();
    const front = () => door({ store, random, policy, tenant: () => undefined });

    beforeAll(async () => {
      const made = await place();
      remove = made.remove;
      database = await connect(made.location);
      await migrate(database.current());
      outbox = await openOutbox(database, quiet);
      store = storeOn(database, outbox);
      await outbox.work('card', 2, async (job) => {
        if (failOnce) {
          failOnce = false;
          throw new Error('the first try fails');
        }
        jobs.push(job);
      });
    });
    afterAll(async () => {
      await store.close();
      await remove();
    });

    const settled = async (): Promise<void> => {
      while (!(await outbox.idle())) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    const openRequest = (formId: string, userName: string, at = front(), by = actor('rita', 'requester')) =>
      at.dispatch(by, { kind: 'open-request', form: aForm({ formId, userName }), facts: theFacts() });
    const auditSize = async () => (await store.auditHead()).size;

    test('however long one piece of work follows another, the process hears its sockets and timers in between', async () => {
      const pieces = 40;
      let turns = 0;
      let over = false;
      const count = (): void => {
        turns += 1;
        if (!over) setImmediate(count);
      };
      setImmediate(count);
      for (let piece = 0; piece < pieces; piece += 1) {
        await store.transaction(async (tx) => tx.now());
        await store.now();
      }
      over = true;
      expect(turns).toBeGreaterThanOrEqual(pieces);
    });

    test('keeps a request exactly, dates and all, and owes its card and its expiry in the same transaction', async () => {
      const outcome = await openRequest('F-a', 'ea-a');
      if (!outcome.ok || !outcome.value.request) throw new Error('refused');
      const request = outcome.value.request;
      expect(await store.get('request', request.id)).toEqual(request);
      await settled();
      expect(jobs).toContainEqual({ kind: 'post', key: `request:${request.id}:channel` });
      const { rows } = await sql<{ key: string; at: Date }>`select key, at from timer where key = ${`expire:${request.id}`}`.execute(
        database.current(),
      );
      expect(rows).toEqual([{ key: `expire:${request.id}`, at: request.expiresAt }]);
    });

    test('the same form again finds the request it opened', async () => {
      const first = await openRequest('F-b', 'ea-b');
      const second = await openRequest('F-b', 'ea-b');
      expect(second.ok && second.value.request?.id).toBe(first.ok ? first.value.request?.id : 'refused');
    });

    test('AP-12: tells what one person opened since an instant, whatever became of it, and when they edited it', async () => {
      const before = new Date((await store.now()).getTime() - 1); // it may be opened within the same millisecond
      const outcome = await openRequest('F-lately', 'ea-lately');
      const request = outcome.ok ? outcome.value.request : undefined;
      if (!request) throw new Error('refused');
      const earlier = [{ version: 1, planDigest: 'd', at: before, why: 'edited' as const, difference: ['x'] }];
      await store.transaction((tx) => tx.save('request', { ...request, state: 'withdrawn', earlier, revision: request.revision + 1 }));
      const { personKey } = request.requester;
      const since = (key: string, at: Date) => store.transaction((tx) => tx.requestsSince(key, at));
      expect(await since(personKey, before)).toEqual([expect.objectContaining({ openedAt: request.openedAt, earlier })]);
      expect(await since(personKey, request.openedAt)).toEqual([]);
      expect(await since('somebody else', before)).toEqual([]);
    });

    test('AP-12: what one person asks at once is counted one after the other: no more is opened than they may', async () => {
      const strict = door({ store, random, policy: { ...policy, openRequestsPerPerson: 3 }, tenant: () => undefined });
      const six = Array.from({ length: 6 }, (_none, index) => `at-once-${index}`);
      const by = actor('fay', 'requester');
      const outcomes = await Promise.all(six.map((each) => openRequest(`F-${each}`, `ea-${each}`, strict, by)));
      const codes = outcomes.map((outcome) => (outcome.ok ? 'opened' : outcome.error.code));
      expect(codes.sort()).toEqual(['opened', 'opened', 'opened', 'too-many-requests', 'too-many-requests', 'too-many-requests']);
    });

    test('a name claimed by an open request is refused, in any letter case', async () => {
      await openRequest('F-c', 'ea-c');
      expect(await openRequest('F-c2', 'EA-C')).toMatchObject({ ok: false, error: { code: 'name-taken', where: 'request' } });
    });

    test('DA-1: every decision and every refusal is one entry, and the head is the root of the entries as stored', async () => {
      const before = await auditSize();
      const opened = await openRequest('F-d', 'ea-d');
      const request = opened.ok ? opened.value.request : undefined;
      if (!request) throw new Error('refused');
      await front().dispatch(actor('rita', 'approver'), { kind: 'approve-request', requestId: request.id, planDigest: request.planDigest });
      await front().dispatch(actor('ann', 'approver'), { kind: 'approve-request', requestId: request.id, planDigest: request.planDigest });
      const head = await store.auditHead();
      expect(head.size).toBe(before + 3);
      const rows = await database.current().selectFrom('audit').selectAll().orderBy('seq').execute();
      const entries = rows.slice(-3).map((row) => JSON.parse(row.body.toString('utf8')));
      expect(entries).toMatchObject([
        { intent: 'open-request', subject: `request:${request.id}` },
        { intent: 'approve-request', actor: 'id-rita', refusal: { code: 'own-request' } },
        { intent: 'approve-request', actor: 'id-ann', details: { planDigest: request.planDigest } },
      ]);
      expect(rows.every((row) => leafHash(row.body).equals(row.leaf))).toBe(true);
      expect(rootOf(rows.reduce((tree, row) => append(tree, leafHash(row.body)), EMPTY_TREE)).toString('base64')).toBe(head.root);
    });

    test('AP-8: work that fails leaves nothing: no state, no entry, no job, no timer', async () => {
      const before = { head: await store.auditHead(), backlog: await store.backlog() };
      const broken = store.transaction(async (tx) => {
        await tx.record({ at: await tx.now(), actorId: 'x', intent: 'y', subject: 'z' });
        await tx.owe([
          { kind: 'post', key: 'never', place: { kind: 'channel' }, subject: 'request:R-X' },
          { kind: 'intend', key: 'never', at: new Date(), intent: { kind: 'expire-request', requestId: 'R-X' } },
        ]);
        throw new Error('after everything was written');
      });
      await expect(broken).rejects.toThrow('after everything was written');
      expect(await store.auditHead()).toEqual(before.head);
      expect((await store.backlog()).timers).toBe(before.backlog.timers);
      expect(await store.card('never')).toBeUndefined();
    });

    test('AP-8: a second approval of the same human and plan is stopped by the database itself', async () => {
      const opened = await openRequest('F-e', 'ea-e');
      const request = opened.ok ? opened.value.request : undefined;
      if (!request) throw new Error('refused');
      const row = { kind: 'approve' as const, planDigest: request.planDigest, at: request.openedAt };
      const person = (objectId: string) => ({ objectId, personKey: 'human-ann', name: 'Ann' });
      const twice = {
        ...request,
        revision: 2,
        decisions: [
          { ...row, person: person('id-ann') },
          { ...row, person: person('id-ann2') },
        ],
      };
      const saving = store.transaction((tx) => tx.save('request', twice));
      await expect(saving).rejects.toThrow(StoreFault);
      await expect(saving).rejects.toMatchObject({ sqlState: '23505', constraint: 'decision_once' });
    });

    test('DA-7: a database error leaves without its values', async () => {
      const failing = database.transaction('trial', async (handle) => {
        await sql`insert into once (key, id) values ('canary-value-77', 'x'), ('canary-value-77', 'y')`.execute(handle);
      });
      const error = await failing.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(StoreFault);
      expect(`${String(error)} ${JSON.stringify(error)} ${(error as Error).stack}`).not.toContain('canary-value-77');
    });

    test('a save over another revision is a fault, never a lost update', async () => {
      const opened = await openRequest('F-f', 'ea-f');
      const request = opened.ok ? opened.value.request : undefined;
      if (!request) throw new Error('refused');
      await expect(store.transaction((tx) => tx.save('request', { ...request, revision: request.revision + 2 }))).rejects.toThrow(
        'changed by somebody else',
      );
    });

    test('a job whose handler fails is handed out again', async () => {
      failOnce = true;
      await store.transaction((tx) => tx.owe([{ kind: 'show', subject: 'request:R-again' }]));
      const deadline = Date.now() + 60_000;
      while (!jobs.some((job) => job.kind === 'show' && job.subject === 'request:R-again')) {
        if (Date.now() > deadline) throw new Error('the job did not come back');
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    });

    test('DA-6: timers follow the database clock; a key set again moves, one taken back never rings', async () => {
      const now = await store.now();
      const intent = { kind: 'expire-request', requestId: 'R-timer' } as const;
      await store.transaction((tx) =>
        tx.owe([
          { kind: 'intend', key: 'moved', at: new Date(now.getTime() - 1000), intent },
          { kind: 'intend', key: 'moved', at: new Date(now.getTime() + 10 * DAY), intent },
          { kind: 'intend', key: 'gone', at: new Date(now.getTime() + 9 * DAY), intent },
          { kind: 'forget', key: 'gone' },
        ]),
      );
      const rung: string[] = [];
      const ringAll = async () => {
        while (await store.ringNextTimer(async ({ key }) => void rung.push(key)));
      };
      await ringAll();
      expect(rung).not.toContain('moved');
      await moveClock(database, 11 * DAY);
      await ringAll();
      expect(rung.filter((key) => key === 'moved' || key === 'gone')).toEqual(['moved']);
      expect((await store.now()).getTime() - now.getTime()).toBeGreaterThanOrEqual(11 * DAY);
    });

    test('a timer whose work fails is put off, not lost, and holds up no other', async () => {
      const at = await store.now();
      const intent = { kind: 'expire-request', requestId: 'R-x' } as const;
      await store.transaction((tx) => tx.owe([{ kind: 'intend', key: 'bad', at, intent }]));
      await expect(
        store.ringNextTimer(async () => {
          throw new Error('work fails');
        }),
      ).rejects.toThrow('work fails');
      const { rows } = await sql<{ at: Date; failures: number }>`select at, failures from timer where key = 'bad'`.execute(
        database.current(),
      );
      expect(rows[0]?.failures).toBe(1);
      expect(rows[0]?.at.getTime()).toBeGreaterThan(at.getTime() + 30_000);
    });

    test('a key is claimed once, also by many at once', async () => {
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) => store.transaction((tx) => tx.claimOnce('one-key', `id-${index}`))),
      );
      expect(answers.filter((answer) => answer === undefined)).toHaveLength(1);
      expect(new Set(answers.filter((answer) => answer !== undefined)).size).toBe(1);
    });

    test('CR-1: a sealed part can be taken out once', async () => {
      await store.transaction((tx) => tx.putSealedParts('EA-1', [Buffer.from('first'), Buffer.from('second')]));
      const take = () => store.transaction((tx) => tx.takeSealedPart('EA-1:1'));
      const [a, b] = await Promise.all([take(), take()]);
      expect([a, b].filter((part) => part !== undefined).map((part) => Buffer.from(part ?? []).toString())).toEqual(['first']);
    });

    test('what Azure let us see once is kept, each part once, until it is forgotten', async () => {
      await store.sawInAzure([]);
      await store.sawInAzure(['diagnostic-settings:a', 'diagnostic-settings:b']);
      await store.sawInAzure(['diagnostic-settings:b', 'diagnostic-settings:c']);
      expect([...(await store.seenInAzure())].sort()).toEqual(['diagnostic-settings:a', 'diagnostic-settings:b', 'diagnostic-settings:c']);
      await store.forgetSeenInAzure();
      expect(await store.seenInAzure()).toEqual(new Set());
    });

    test('finds the accounts on whose record somebody stands, and no others', async () => {
      const parts = [
        { number: 1, custodian: { objectId: '0a-naming-1', personKey: 'E1', name: 'A' }, state: 'stored' as const, storedAt: new Date(0) },
      ];
      const account = anAccount({
        id: 'EA-NAMING1',
        requestId: 'R-NAMING1',
        objectId: '0b-naming',
        userPrincipalName: 'naming@x.example',
        parts,
      });
      await store.transaction(async (tx) => {
        await tx.insert('request', aRequest({ id: 'R-NAMING1', formId: 'F-NAMING1', state: 'applied' }));
        await tx.insert('account', account);
      });
      await expect(store.transaction((tx) => tx.accountsNaming(['0a-naming-1', 'E1-nobody']))).resolves.toEqual([account]);
      await expect(store.transaction((tx) => tx.accountsNaming(['nobody']))).resolves.toEqual([]);
    });

    test('GR-2: a retired account stays on the watch list as long as Entra could restore it, and a day longer', async () => {
      const tenantId = '33333333-3333-4333-8333-333333333333';
      const now = await store.now();
      const ago = (days: number) => new Date(now.getTime() - days * DAY);
      const put = (number: number, more: object) =>
        store.transaction(async (tx) => {
          const requestId = `R-GONE${number}`;
          await tx.insert('request', aRequest({ id: requestId, formId: `F-GONE${number}`, state: 'applied' }));
          const named = { objectId: `user-${number}`, userPrincipalName: `gone-${number}@contoso.onmicrosoft.com`, tenantId };
          const account = anAccount({ id: `EA-GONE${number}`, requestId, ...named });
          await tx.insert('account', account);
          await tx.save('account', { ...account, ...more, revision: 2 });
        });
      await put(1, {});
      await put(2, { state: 'retired', retiredAt: ago(30.9) });
      await put(3, { state: 'retired', retiredAt: ago(31.1) });
      expect((await store.watchedUsers(tenantId)).sort()).toEqual(['user-1', 'user-2']);
    });

    test('cards that had nowhere to go are sent when the conversation becomes known', async () => {
      const place = { kind: 'person', objectId: 'id-new' } as const;
      await store.transaction((tx) => tx.owe([{ kind: 'post', key: 'for-new', place, subject: 'request:R-1' }]));
      await settled();
      const before = jobs.length;
      await store.remember({ place, conversationId: 'c1', reference: { bot: { id: 'b' } } });
      await settled();
      expect(jobs.slice(before)).toEqual([{ kind: 'post', key: 'for-new' }]);
      expect(await store.conversation(place)).toEqual({ place, conversationId: 'c1', reference: { bot: { id: 'b' } } });
    });

    test('AL-6: that somebody is in has a queue of its own, also when it had nowhere to go', async () => {
      const first: Job[] = [];
      await outbox.work('first-card', 1, async (job) => void first.push(job));
      const place = { kind: 'person', objectId: 'id-first' } as const;
      await store.transaction((tx) => tx.owe([{ kind: 'post', key: 'first', place, subject: 'alert:AL-1', first: true }]));
      await settled();
      await store.remember({ place, conversationId: 'c9', reference: {} });
      await settled();
      expect(first).toEqual([
        { kind: 'post', key: 'first' },
        { kind: 'post', key: 'first' },
      ]);
      expect(await store.card('first')).toMatchObject({ urgent: true, first: true });
    });

    test('AL-2: what is not sent for two minutes is handed out again, to one, what matters most at the front', async () => {
      const place = { kind: 'person', objectId: 'id-late' } as const;
      const nowhere = { kind: 'person', objectId: 'id-nowhere' } as const;
      const card = { kind: 'post', place, subject: 'request:R-late' } as const;
      await store.transaction((tx) =>
        tx.owe([
          { ...card, key: 'late-new' },
          { ...card, key: 'late-old' },
          { ...card, key: 'late-urgent', urgent: true },
          { ...card, key: 'late-first', first: true },
          { ...card, key: 'late-sent', first: true },
          { ...card, key: 'late-sending' },
          { ...card, key: 'late-owed' },
          { ...card, key: 'late-nowhere', place: nowhere },
        ]),
      );
      await store.remember({ place, conversationId: 'c1', reference: {} });
      expect(await store.claimUnsent(10)).toEqual([]);
      const age = (minutes: number, keys: string) =>
        sql`update posted_card set since = now() - ${minutes} * interval '1 minute' where key like ${keys}`.execute(database.current());
      await age(3, 'late-%');
      await age(4, 'late-old');
      await age(1, 'late-new');
      await store.markSent('late-sent', 'c1', 'm1', 1);
      await store.markSending('late-sending', 'c1');
      await store.markOwed('late-owed');
      expect(await store.claimUnsent(2)).toEqual(['late-first', 'late-urgent']);
      expect(await store.claimUnsent(10)).toEqual(['late-old']);
      expect(await store.claimUnsent(10)).toEqual([]);
      await age(3, 'late-%');
      const both = await Promise.all([store.claimUnsent(10), store.claimUnsent(10)]);
      expect(both.flat().sort()).toEqual(['late-first', 'late-new', 'late-old', 'late-owed', 'late-sending', 'late-urgent']);
    });

    test('AL-2: a job is never given up, also in a queue that an earlier version made', async () => {
      await sql`update jobs.queue set retry_limit = 1000, retention_seconds = 1209600`.execute(database.current());
      const again = await openOutbox(database, quiet);
      await again.stop();
      const { rows } = await sql<{ limit: number; days: number }>`
        select retry_limit as limit, retention_seconds / 86400 as days from jobs.queue where name = 'run-plan' or name like '%card'`.execute(
        database.current(),
      );
      expect(rows).toEqual(Array.from({ length: 4 }, () => ({ limit: 2_000_000, days: 3_650 })));
    });

    test('GR-3: the wrapped tag key is kept once, and replaced only by whoever saw it', async () => {
      const kept = tagKeyOn(database);
      const wrapped = (name: string) => ({ keyId: `https://v.vault.azure.net/keys/k/${name}`, key: Buffer.from(name) });
      expect(await kept.read()).toBeUndefined();
      const first = await Promise.all([kept.keepFirst(wrapped('a')), kept.keepFirst(wrapped('b'))]);
      expect(first[0]).toEqual(first[1]);
      await kept.replace(wrapped('z'), wrapped('c'));
      expect(await kept.read()).toEqual(first[0]);
      await kept.replace(first[0], wrapped('c'));
      expect(await kept.read()).toEqual(wrapped('c'));
    });

    test('AU-7: a turn is seen for the first time once', async () => {
      expect([await store.firstSight('a|1'), await store.firstSight('a|1'), await store.firstSight('a|2')]).toEqual([true, false, true]);
    });
  });
}
