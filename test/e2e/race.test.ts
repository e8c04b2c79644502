import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import type { ChangeRequest } from '../../src/core/request/types.ts';
import { person } from '../support/builders.ts';
import { DEEP, figure, often } from '../support/deep.ts';
import { ANN2 } from '../support/installation/machine.ts';
import { leaks } from '../support/needles.ts';
import { testDatabaseUrl } from '../support/postgres.ts';
import { type Replicas, startReplicas } from '../support/race/replicas.ts';
import { APPROVERS, effectsOn, setApprover } from '../support/race/sharedTenant.ts';
import { setUp } from '../support/setUp.ts';

const TRIALS = often(8, 5_000);
/** Enough for either to be first at some time. */
const MANY = TRIALS >= 500;
const LIMIT_MS = DEEP ? 3_600_000 : 360_000;
const [ANN, BOB, CY] = [person('ann').name, person('bob').name, person('cy').name];
const suite = testDatabaseUrl === undefined ? describe.skip : describe;

suite('three replicas, one PostgreSQL server, things done at the same instant', () => {
  const all = setUp(
    () => startReplicas(3, testDatabaseUrl ?? ''),
    (made) => made.stop(),
  );
  let replicas: Replicas;
  let number = 0;
  /** What two approvals and their run take on this machine: the other side of a race comes within about that time. */
  let tookMs = 0;
  beforeAll(async () => {
    replicas = all();
    for (let index = 0; index < 3; index += 1) {
      const { id: requestId, planDigest } = await ask();
      const started = Date.now();
      for (const who of [ANN, BOB]) await replicas.do(0, { does: 'approve', who, runs: true, requestId, planDigest });
      tookMs = Date.now() - started;
    }
  });

  const ask = (expiresAt?: Date): Promise<ChangeRequest> => {
    number += 1;
    return replicas.pending(`R-RACE${number}`, expiresAt);
  };
  const tenantLog = ({ id }: { id: string }) => effectsOn(replicas.database, `user-${id}`);
  /** How often the tenant was asked to do it, whether or not it refused a repeat. */
  async function effects(request: { id: string }): Promise<number> {
    const { done, repeats } = await tenantLog(request);
    return done + repeats;
  }
  /** Hands the run to a replica, and as often to the next as it asks to be tried again: at least once is how jobs are delivered. */
  async function carryOut({ id: requestId, planDigest }: ChangeRequest): Promise<void> {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      if ((await replicas.do(attempt % 3, { does: 'run', requestId, planDigest })) === 'ok') return;
    }
  }
  /** A few milliseconds, spread over the trials: whoever is first must not always be the same. */
  const spread = (trial: number, width: number): number => Math.round((((trial * 7) % 24) / 24) * width);
  const soon = (): number => Date.now() + 4;

  /** How one trial ended, and how often its effect was counted. */
  type Trial = readonly [outcome: string, times: number];
  /** So many trials of one race; what came out of them is counted, and told by `npm run test:deep`. */
  async function race(name: string, trial: (index: number) => Promise<Trial>): Promise<Map<string, number>> {
    const outcomes = new Map<string, number>();
    const byTimes = [0, 0, 0];
    for (let index = 0; index < TRIALS; index += 1) {
      const [outcome, times] = await trial(index);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      const at = Math.min(times, 2);
      byTimes[at] = (byTimes[at] ?? 0) + 1;
    }
    const [never = 0, once = 0, more = 0] = byTimes;
    const told = [...outcomes].map(([outcome, count]) => `${count} × ${outcome}`).join(', ');
    figure(`${name}, ${TRIALS} trials: once in ${once}, never in ${never}, more often in ${more} (${told})`);
    return outcomes;
  }

  test(
    'AP-8: two approvers at once complete the quorum exactly once, and the plan is carried out exactly once',
    async () => {
      await race('two at once', async () => {
        const request = await ask();
        const common = { does: 'approve', requestId: request.id, planDigest: request.planDigest, at: soon() } as const;
        const codes = await Promise.all([replicas.do(0, { ...common, who: ANN }), replicas.do(1, { ...common, who: BOB })]);
        const owed = await replicas.runsOwed(request.id);
        await carryOut(request);
        await carryOut(request); // a job may be delivered again
        const { state } = await replicas.request(request.id);
        expect([request.id, codes, owed, await effects(request), state]).toEqual([request.id, ['ok', 'ok'], 1, 1, 'applied']);
        return ['carried out', await effects(request)];
      });
    },
    LIMIT_MS,
  );

  test(
    'AP-8: three approvers at once complete the quorum exactly once, and the plan is carried out exactly once',
    async () => {
      await race('three at once', async () => {
        const request = await ask();
        const common = { does: 'approve', requestId: request.id, planDigest: request.planDigest, at: soon() } as const;
        const codes = await Promise.all([ANN, BOB, CY].map((who, replica) => replicas.do(replica, { ...common, who })));
        const owed = await replicas.runsOwed(request.id);
        await carryOut(request);
        expect([request.id, codes.sort(), owed, await effects(request)]).toEqual([request.id, ['closed', 'ok', 'ok'], 1, 1]);
        return ['carried out', await effects(request)];
      });
    },
    LIMIT_MS,
  );

  /**
   * As often as a run took the lease the fence rose, and from then on nothing is recorded under an older one; told in the order in which it was
   * recorded. @returns how many runs took it, and how many requests were finished
   */
  async function leases({ id }: ChangeRequest): Promise<{ readonly taken: number; readonly finished: number }> {
    const accepted = (await replicas.history(id)).filter(({ refusal }) => refusal === undefined);
    let taken = 0;
    for (const { intent, details } of accepted) {
      if (intent === 'begin-run') taken += 1;
      else if (details?.fence !== undefined) expect([id, intent, details.fence]).toEqual([id, intent, taken]);
    }
    return { taken, finished: accepted.filter(({ intent }) => intent === 'finish-run').length };
  }

  test(
    'AP-8 AP-9: three workers that carry out one plan at once: it is done once, by the one that took the lease last, and the others are refused',
    async () => {
      const outcomes = await race('three runs at once', async (trial) => {
        const request = await ask();
        const { id: requestId, planDigest } = request;
        for (const who of [ANN, BOB]) await replicas.do(trial % 3, { does: 'approve', who, requestId, planDigest });
        expect([requestId, await replicas.runsOwed(requestId)]).toEqual([requestId, 1]);
        const at = soon();
        // Every second time all in one millisecond, else one after the other within the time a run takes.
        const apart = trial % 2 === 0 ? 0 : spread(trial, tookMs);
        const codes = await Promise.all(
          [0, 1, 2].map((replica) => replicas.do((replica + trial) % 3, { does: 'run', requestId, planDigest, at: at + replica * apart })),
        );
        const { state } = await replicas.request(requestId);
        const { taken, finished } = await leases(request);
        const { done, repeats } = await tenantLog(request);
        expect([requestId, codes, state, done, finished]).toEqual([requestId, codes, 'applied', 1, 1]);
        // Whoever lost the lease comes back later, or finds it closed; whoever came when it was carried out has nothing to do.
        const refused = codes.filter((code) => code !== 'ok');
        expect([requestId, refused]).toEqual([requestId, refused.map((code) => (code === 'again: closed' ? code : 'again: stale-lease'))]);
        expect([requestId, refused.length < taken]).toEqual([requestId, true]);
        return [`${refused.length} refused, ${repeats} repeats refused by the tenant`, done];
      });
      if (MANY) expect(outcomes.size).toBeGreaterThan(1);
    },
    LIMIT_MS,
  );

  test(
    'AP-8 ID-3: the same human at once on two replicas, also with a second account, counts once',
    async () => {
      await race('one human twice', async (trial) => {
        const request = await ask();
        const common = { does: 'approve', requestId: request.id, planDigest: request.planDigest, at: soon() } as const;
        const second = trial % 2 === 0 ? ANN : ANN2.name;
        const codes = await Promise.all([replicas.do(0, { ...common, who: ANN }), replicas.do(1, { ...common, who: second })]);
        expect([request.id, codes.sort(), await replicas.runsOwed(request.id)]).toEqual([request.id, ['already-decided', 'ok'], 0]);
        return ['not carried out', await effects(request)];
      });
    },
    LIMIT_MS,
  );

  /** Ann has approved; Bob's approval completes the quorum and is carried out at once, unless the other one is first. */
  async function against(request: ChangeRequest, other: Parameters<Replicas['do']>[1], bobAt: number): Promise<[string, string]> {
    const { id: requestId, planDigest } = request;
    await replicas.do(2, { does: 'approve', who: ANN, requestId, planDigest });
    return Promise.all([
      replicas.do(0, { does: 'approve', who: BOB, runs: true, requestId, planDigest, at: bobAt }),
      replicas.do(1, other),
    ]);
  }

  test(
    'AP-3 AP-8: an edit against the completing approval: one of the two versions is carried out, once, and only by approvals of its own',
    async () => {
      const outcomes = await race('approve with edit', async (trial) => {
        const request = await ask();
        const { id: requestId, planDigest, plan } = request;
        const accountId = 'accountId' in plan.account ? plan.account.accountId : '';
        const observed = {
          userPrincipalName: plan.account.userPrincipalName,
          enabled: true,
          privileged: true,
          excluded: true,
          restricted: false,
          ours: true,
        };
        const tenant = { ...TENANTS.contoso, name: TENANTS.contoso.displayName };
        const accountForm = {
          formId: request.formId,
          operation: 'disable',
          accountId,
          reason: 'Another.',
          custodians: [],
          leaving: '',
          fewer: true,
        } as const;
        const wanted = { accountForm, accountFacts: { tenant, observed, custodians: [], approvers: APPROVERS } };
        const at = soon() + 4;
        const edit = { does: 'edit', wanted, requestId, planDigest, at: at - 4 + spread(trial, 8) } as const;
        const [approved, edited] = await against(request, edit, at);
        if (edited === 'ok') {
          expect([requestId, approved, await effects(request)]).toEqual([requestId, 'plan-changed', 0]);
          const next = await replicas.request(requestId);
          expect([requestId, next.state, next.plan.version]).toEqual([requestId, 'pending', 2]);
          for (const who of [ANN, BOB]) await replicas.do(2, { does: 'approve', who, requestId, planDigest: next.planDigest });
          await carryOut(next);
        } else expect([requestId, approved, edited]).toEqual([requestId, 'ok', 'closed']);
        await carryOut(request);
        const { state } = await replicas.request(requestId);
        expect([requestId, state, await effects(request), await replicas.runsOwed(requestId)]).toEqual([requestId, 'applied', 1, 1]);
        return [edited === 'ok' ? 'edited first' : 'approved first', await effects(request)];
      });
      if (MANY) expect(outcomes.size).toBe(2);
    },
    LIMIT_MS,
  );

  test(
    'AP-6 AP-8: a denial against the completing approval: either it is denied and nothing is done, or it came too late and all is done, once',
    async () => {
      const outcomes = await race('approve with deny', async (trial) => {
        const request = await ask();
        const { id: requestId, planDigest } = request;
        const at = soon() + 2;
        const deny = { does: 'deny', who: CY, requestId, planDigest, at: at - 2 + spread(trial, 2 * tookMs) } as const;
        const [, denied] = await against(request, deny, at);
        await carryOut(request);
        const { state } = await replicas.request(requestId);
        const wanted = denied === 'ok' ? ['denied', 0] : ['applied', 1];
        expect([requestId, denied, state, await effects(request)]).toEqual([requestId, denied, ...wanted]);
        if (state === 'applied') expect([requestId, await replicas.runsOwed(requestId)]).toEqual([requestId, 1]);
        return [state, await effects(request)];
      });
      if (MANY) expect(outcomes.size).toBe(2);
    },
    LIMIT_MS,
  );

  test(
    'AP-7 AP-8: the expiry against the completing approval: what began in time is done, once; what did not is never done',
    async () => {
      const outcomes = await race('approve with expiry', async (trial) => {
        const expiresAt = new Date(Date.now() + 60 + 2 * tookMs);
        const request = await ask(expiresAt);
        const { id: requestId, planDigest } = request;
        const at = expiresAt.getTime();
        const expire = { does: 'expire', requestId, planDigest, at } as const;
        await against(request, expire, at + 4 - spread(trial, 2 * tookMs));
        await carryOut(request);
        await replicas.do(1, expire);
        const { state, begunAt } = await replicas.request(requestId);
        const inTime = begunAt !== undefined && begunAt < expiresAt;
        expect([requestId, state, await effects(request)]).toEqual([requestId, inTime ? 'applied' : 'expired', inTime ? 1 : 0]);
        if (inTime) expect([requestId, await replicas.runsOwed(requestId)]).toEqual([requestId, 1]);
        return [state, await effects(request)];
      });
      if (MANY) expect(outcomes.size).toBe(2);
    },
    LIMIT_MS,
  );

  test(
    'AP-4 AP-8: an approver who loses the right while their approval is carried out: it is done once, or waits until they have it again',
    async () => {
      const bob = person('bob').objectId;
      const outcomes = await race('approve with revoke', async (trial) => {
        const request = await ask();
        const { id: requestId, planDigest } = request;
        const at = soon() + 2;
        const revoke = { does: 'revoke', requestId, planDigest, at: at - 2 + spread(trial, 2 * tookMs) } as const;
        const [approved] = await against(request, revoke, at);
        await carryOut(request);
        const { state, annulled } = await replicas.request(requestId);
        const done = state === 'applied';
        // He was none any more when he pressed, or when it was to begin.
        expect([requestId, state, annulled.length, await effects(request)]).toEqual([
          requestId,
          done ? 'applied' : 'pending',
          done || approved !== 'ok' ? 0 : 1,
          done ? 1 : 0,
        ]);
        // One for the approval that counted, one for the approval that came when it did not any more.
        const owed = approved === 'ok' ? 1 : 0;
        expect([requestId, await replicas.runsOwed(requestId)]).toEqual([requestId, owed]);
        await setApprover(replicas.database, bob, true);
        await replicas.do(0, { does: 'approve', who: BOB, requestId, planDigest });
        await carryOut(request);
        expect([requestId, (await replicas.request(requestId)).state, await effects(request)]).toEqual([requestId, 'applied', 1]);
        expect([requestId, await replicas.runsOwed(requestId)]).toEqual([requestId, done ? owed : owed + 1]);
        return [done ? 'done at once' : 'done when he had it again', await effects(request)];
      });
      if (MANY) expect(outcomes.size).toBe(2);
    },
    LIMIT_MS,
  );

  test(
    'CR-1: two openings of one part, or one pass, at once: one of the two answers shows it, and the other nothing of it',
    async () => {
      await race('two reveals at once', async (trial) => {
        const requestId = `R-PART${trial}`;
        const secret = randomBytes(15).toString('base64url');
        const kind = trial % 2 === 0 ? 'part' : 'pass';
        const accountId = await replicas.waitingPart(requestId, kind, secret);
        const reveal = { does: 'reveal', accountId, requestId, planDigest: '', at: soon() } as const;
        const answers = await Promise.all([replicas.do(0, reveal), replicas.do(1, reveal)]);
        const shown = answers.filter((answer) => answer.includes(secret));
        const others = answers.filter((answer) => !answer.includes(secret));
        expect([accountId, shown.length, others.length]).toEqual([accountId, 1, 1]);
        expect([accountId, JSON.parse(others[0] ?? '')]).toMatchObject([accountId, { kind: 'refused', refusal: { code: 'part-shown' } }]);
        expect([accountId, leaks([secret], new Map([['refusal', Buffer.from(others[0] ?? '')]]))]).toEqual([accountId, []]);
        return [`a ${kind} shown`, shown.length];
      });
    },
    LIMIT_MS,
  );
});
