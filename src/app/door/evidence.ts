import { later, MINUTE } from '../../core/decision.ts';
import type { Effect } from '../../core/effect.ts';
import { activityWords, isMissing } from '../../core/request/expected.ts';
import { recordStep } from '../../core/request/run.ts';
import type { ExpectedWrite } from '../../core/request/types.ts';
import { no, ok } from '../../core/result.ts';
import { change, type Outcome, type Scene, type Wanted } from './scene.ts';

/** A step is proven. What the tenant's audit log must say of it is looked for when the log has had its time. */
export async function finishStep(scene: Scene, intent: Wanted<'finish-step'>): Promise<Outcome> {
  const { tx, now, policy } = scene;
  const { requestId, fence, step, evidence, acts = 0, unsent = 0 } = intent;
  const outcome = await change(scene, 'request', requestId, (request) =>
    recordStep(request, fence, step, { state: 'done', evidence, settled: { acts, unsent } }, now),
  );
  const request = outcome.ok ? outcome.value.request : undefined;
  if (!request) return outcome;
  const phase = { step, ...(request.state === 'undoing' ? { undo: true as const } : {}) };
  if (policy.evidenceMinutes > 0 && isMissing(request.expected ?? [], phase))
    await tx.owe([lookLater(requestId, phase, policy.evidenceMinutes, now)]);
  return outcome;
}

type Phase = Pick<ExpectedWrite, 'step' | 'undo'>;

const lookLater = (requestId: string, phase: Phase, minutes: number, now: Date): Effect => ({
  kind: 'intend',
  key: `evidence:${requestId}:${phase.undo ? 'undo:' : ''}${phase.step}`,
  at: later(now, minutes * MINUTE),
  intent: { kind: 'look-for-evidence', requestId, ...phase },
});

const FEED = 'graph-directory-audits';
/** How long a log that was not read far enough is given before it is asked again: it is read every minute. */
const BEHIND_MINUTES = 10;
const MOST_BEHIND_MINUTES = 24 * 60;

/**
 * A write of ours that the tenant's audit log does not tell of within the time it takes is an alert: the log loses rows, or the write never
 * was. Only where the log is read, and was read since; of a log that is behind, silence tells already (SI-1).
 */
export async function lookForEvidence(scene: Scene, { requestId, step, undo }: Wanted<'look-for-evidence'>): Promise<Outcome> {
  const { tx, now, policy, store } = scene;
  const request = await tx.lock('request', requestId);
  if (!request) return no({ code: 'not-found', what: 'request' });
  const phase = { step, ...(undo ? { undo } : {}) };
  const row = isMissing(request.expected ?? [], phase);
  const { tenant, account } = request.plan;
  // Before it was on the watch list nobody asked for rows about it.
  const known = 'accountId' in account ? account.accountId : (await tx.accountOfRequest(requestId))?.id;
  const feed = (await store.feeds()).find((each) => each.tenantId === tenant.id && each.feed === FEED);
  if (!row?.untilAt || known === undefined || feed?.readUpTo === undefined) return no({ code: 'nothing-to-do' });
  if (feed.readUpTo < later(row.untilAt, policy.evidenceMinutes * MINUTE - MINUTE)) {
    // Not for ever: that a log stands still, silence tells. Nothing was decided, so nothing is written into the audit log.
    if (now < later(row.untilAt, (policy.evidenceMinutes + MOST_BEHIND_MINUTES) * MINUTE))
      await tx.owe([lookLater(requestId, phase, BEHIND_MINUTES, now)]);
    return no({ code: 'nothing-to-do' });
  }
  const expected = (request.expected ?? []).map((each) => (each === row ? { ...each, missedAt: now } : each));
  const next = { ...request, expected, revision: request.revision + 1 };
  await tx.save('request', next);
  const { title = step } = [...request.plan.steps, ...request.plan.undo].find(({ id }) => id === step) ?? {};
  const dedupe = `evidence:${requestId}:${undo ? 'undo:' : ''}${step}:${row.untilAt.toISOString()}`;
  const cause = { kind: 'evidence-missing', requestId, step: title, activity: activityWords(step), doneAt: row.untilAt } as const;
  await tx.owe([
    { kind: 'intend', key: dedupe, at: now, intent: { kind: 'raise-alert', dedupe, tenantId: tenant.id, accountId: known, cause } },
  ]);
  return ok({ request: next });
}
