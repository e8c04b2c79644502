import { classify } from '../../core/alert/classify.ts';
import { aboutOf, joinCase, openCase } from '../../core/case/open.ts';
import { lookAt, reportStep } from '../../core/case/steps.ts';
import type { UseCase } from '../../core/case/types.ts';
import type { PersonRef } from '../../core/people.ts';
import { no, ok } from '../../core/result.ts';
import type { Aggregates } from '../ports.ts';
import { change, type Outcome, type Scene, type Wanted } from './scene.ts';

/** What a use was decides whether it is worked up: real use and misuse join the account's open case, or open one, in the same transaction. */
export async function classifyUse(scene: Scene, { alertId, as }: Wanted<'classify-alert'>): Promise<Outcome> {
  const { tx, actor, now } = scene;
  const alert = await tx.lock('alert', alertId);
  if (!alert) return no({ code: 'not-found', what: 'alert' });
  const decision = classify(alert, actor, as, now);
  if (!decision.ok) return decision;
  const { next, effects } = decision.value;
  const useCase = as === 'drill' ? undefined : await worked(scene, next, as, next.classified?.by);
  const saved = useCase ? { ...next, caseId: useCase.id } : next;
  await tx.save('alert', saved);
  await tx.owe(effects);
  return ok({ alert: saved, ...(useCase ? { case: useCase } : {}) });
}

async function worked(scene: Scene, alert: Aggregates['alert'], kind: UseCase['kind'], by: PersonRef | undefined): Promise<UseCase> {
  const { tx, now, random } = scene;
  const account = alert.accountId === undefined ? undefined : await tx.lock('account', alert.accountId);
  const use = { alert, kind, ...(by ? { by } : {}), ...(account ? { account } : {}) };
  const known = await openCaseOf(scene, alert);
  if (!known) {
    const opened = openCase(use, random.id('C'), now);
    await tx.insert('case', opened.next);
    await tx.owe(opened.effects);
    return opened.next;
  }
  const joined = joinCase(known, use, now);
  if (!joined.ok) throw new Error(`a case refused a use: ${joined.error.code}`);
  await tx.save('case', joined.value.next);
  await tx.owe(joined.value.effects);
  return joined.value.next;
}

/** Somebody is in while a case of the account is open: that belongs to it, before anybody has said so. @returns the alert as it is then */
export async function joinOpenCase(scene: Scene, alert: Aggregates['alert']): Promise<Aggregates['alert']> {
  const known = await openCaseOf(scene, alert);
  return known ? { ...alert, caseId: (await worked(scene, alert, known.kind, undefined)).id } : alert;
}

async function openCaseOf({ tx }: Scene, alert: Aggregates['alert']): Promise<UseCase | undefined> {
  const id = await tx.openCaseAbout(aboutOf(alert));
  const locked = id === undefined ? undefined : await tx.lock('case', id);
  return locked?.state === 'open' ? locked : undefined; // closed while we waited for it: this use opens its own
}

export const reportCaseStep = (scene: Scene, { caseId, step, words }: Wanted<'report-case-step'>): Promise<Outcome> =>
  change(scene, 'case', caseId, (useCase) => reportStep(useCase, scene.actor, step, words, scene.now));

/** Judged by the requests that were carried out since the last use. */
export async function lookAtCase(scene: Scene, caseId: string): Promise<Outcome> {
  const useCase = await scene.tx.lock('case', caseId);
  if (!useCase) return no({ code: 'not-found', what: 'case' });
  const { tenantId, account, usedAt } = useCase;
  const replaced =
    tenantId === undefined || account === undefined ? undefined : await scene.tx.credentialReplaced(tenantId, account, usedAt);
  return change(scene, 'case', caseId, (value) => lookAt(value, replaced, scene.now));
}

/** A request was carried out: the case of its account looks at once whether that was the new credential it waits for. */
export async function tellCase(scene: Scene, outcome: Outcome): Promise<Outcome> {
  const request = outcome.ok ? outcome.value.request : undefined;
  if (!request || request.kind === 'create') return outcome;
  const caseId = await scene.tx.openCaseOfName(request.plan.tenant.id, request.plan.account.userPrincipalName);
  if (caseId === undefined) return outcome;
  await scene.tx.owe([{ kind: 'intend', key: `case:${caseId}`, at: scene.now, intent: { kind: 'look-at-case', caseId } }]);
  return outcome;
}
