import { losePart, storePart } from '../core/account/custody.ts';
import { remindRunbook } from '../core/account/runbook.ts';
import { remindCustodian } from '../core/account/unconfirmed.ts';
import { askAgain } from '../core/alert/classify.ts';
import { acknowledge, escalate } from '../core/alert/raise.ts';
import { stopDrill } from '../core/drill/run.ts';
import { type Intent, subjectOf } from '../core/intent.ts';
import { type Actor, actorId } from '../core/people.ts';
import { approve, deny, expire } from '../core/request/decide.ts';
import { cannotBegin, failRun, finishRun, giveWay, noteWrite, parkRun, resumeRun, retry } from '../core/request/run.ts';
import { ok } from '../core/result.ts';
import { completeValidation, remind } from '../core/validation/schedule.ts';
import { atMost } from './atMost.ts';
import { expireSealed, handOutParts, reveal, seal, watch } from './door/accounts.ts';
import { quarantined, raiseOnce, recounted, seen } from './door/alerts.ts';
import { beginAuditExport, exportAudit } from './door/auditExport.ts';
import { keepingBooks } from './door/bookkeeping.ts';
import { classifyUse, lookAtCase, reportCaseStep, tellCase } from './door/cases.ts';
import { changeSeen } from './door/changes.ts';
import { concludeRequest } from './door/conclude.ts';
import { beat, began, deliveryChecked, ended, inHand } from './door/conditions.ts';
import { conclude, look, noteOnDrills, noteUnreadOnDrills, nudgeDrill, start } from './door/drills.ts';
import { finishStep, lookForEvidence } from './door/evidence.ts';
import { editRequest, open, openOnAccount } from './door/opening.ts';
import { recordKey, sealPass, tellCustodian } from './door/passkeys.ts';
import { detailsOf, subjectAfter } from './door/record.ts';
import { begin, beginProof, beginStep, decideOn, giveUp, undoFailed } from './door/requests.ts';
import { beginRunbookLink, issueRunbookFor } from './door/runbook.ts';
import { change, type DoorNeeds, type Outcome, type Scene } from './door/scene.ts';
import { configurationRead, rosterRead } from './door/settings.ts';

export type { DoorNeeds, Outcome } from './door/scene.ts';

export interface Door {
  dispatch(actor: Actor, intent: Intent): Promise<Outcome>;
}

/** Which intents the outside may not send: they belong to timers, the worker and the feeds. */
export const SYSTEM_ONLY: ReadonlySet<Intent['kind']> = new Set<Intent['kind']>([
  'expire-request',
  'undo-request',
  'begin-run',
  'cannot-begin',
  'begin-step',
  'finish-step',
  'look-for-evidence',
  'note-write',
  'give-way',
  'fail-run',
  'finish-run',
  'watch-account',
  'seal-parts',
  'hand-out-parts',
  'seal-pass',
  'record-key',
  'park-run',
  'resume-run',
  'conclude-request',
  'request-in-hand',
  'expire-part',
  'remind-custodian',
  'sign-in-seen',
  'change-seen',
  'signal-quarantined',
  'raise-alert',
  'escalate-alert',
  'ask-classification',
  'check-delivery',
  'recount-alert',
  'condition-began',
  'condition-ended',
  'beat',
  'look-at-case',
  'look-at-drill',
  'conclude-drill',
  'remind-validation',
  'remind-runbook',
  'roster-read',
  'configuration-read',
]);

/** Neither history nor news: that a heartbeat stays away is (`condition-began`), and each attempt that is counted has its own entry. */
const UNRECORDED: ReadonlySet<Intent['kind']> = new Set<Intent['kind']>(['beat', 'recount-alert']);

/** What brings news to people does not wait for the audit log: where it cannot be written the entry is owed (AL-10). All else does. */
const ALERTING: ReadonlySet<Intent['kind']> = new Set<Intent['kind']>([
  'sign-in-seen',
  'change-seen',
  'signal-quarantined',
  'raise-alert',
  'escalate-alert',
  'check-delivery',
  'condition-began',
  'condition-ended',
]);

/**
 * Signals that are taken in at the same time. A card takes a dozen statements and a press a few, each behind whatever is under way: a flood
 * of signals would hold up the cards of those that were taken in before. What waits here is no slower for it, as the database is the limit.
 */
const SIGNALS_AT_ONCE = 4;

/**
 * The one door. Nothing else changes state; so nothing changes without a lock, an audit entry and its effects, all in one transaction.
 * A refusal is recorded too. A repeat of something already done (`nothing-to-do`) is neither history nor news.
 */
export function door(needs: DoorNeeds): Door {
  const intake = atMost(SIGNALS_AT_ONCE);
  const inOneTransaction: Door['dispatch'] = (actor, intent) =>
    needs.store.transaction(async (tx) => {
      const now = await tx.now();
      if (SYSTEM_ONLY.has(intent.kind) && actor.kind !== 'system') throw new TypeError(`${intent.kind} is not a person's to ask for`);
      const books = keepingBooks(tx, now);
      const outcome = books.complete(await decide({ ...needs, tx: books.tx, actor, now }, intent));
      if (!UNRECORDED.has(intent.kind) && (outcome.ok || outcome.error.code !== 'nothing-to-do')) {
        // Last in the transaction: it locks the head of the audit log until the commit.
        const entry = {
          at: now,
          actorId: actorId(actor),
          intent: intent.kind,
          subject: outcome.ok ? subjectAfter(intent, outcome.value) : subjectOf(intent),
          ...(outcome.ok ? {} : { refusal: outcome.error }),
          ...detailsOf(intent, outcome.ok ? outcome.value : {}),
        };
        if (ALERTING.has(intent.kind)) await tx.recordOrOwe(entry);
        else {
          const head = await tx.record(entry);
          if (outcome.ok && outcome.value.exported) return ok({ ...outcome.value, exported: { ...outcome.value.exported, head, at: now } });
        }
      }
      return outcome;
    });
  return {
    dispatch: (actor, intent) =>
      actor.kind === 'system' && actor.part === 'feed' ? intake(() => inOneTransaction(actor, intent)) : inOneTransaction(actor, intent),
  };
}

async function decide(scene: Scene, intent: Intent): Promise<Outcome> {
  const { actor, now, policy } = scene;
  switch (intent.kind) {
    case 'open-request':
      return open(scene, intent);
    case 'open-account-request':
      return openOnAccount(scene, intent);
    case 'edit-request':
      return editRequest(scene, intent);
    case 'approve-request':
      return decideOn(scene, intent, (request, proof) => approve(request, actor, intent.planDigest, now, proof));
    case 'deny-request':
      return decideOn(scene, intent, (request, proof) => deny(request, actor, intent.planDigest, intent.reason, now, proof));
    case 'begin-proof':
      return beginProof(scene, intent);
    case 'withdraw-request':
      return giveUp(scene, intent.requestId);
    case 'retry-request':
      return change(scene, 'request', intent.requestId, (request) => retry(request, actor, now));
    case 'expire-request':
      return change(scene, 'request', intent.requestId, (request) => expire(request, now));
    case 'undo-request':
      return undoFailed(scene, intent.requestId);
    case 'begin-run':
      return begin(scene, intent);
    case 'cannot-begin':
      return change(scene, 'request', intent.requestId, (request) => cannotBegin(request, intent, now));
    case 'begin-step':
      return beginStep(scene, intent);
    case 'finish-step':
      return finishStep(scene, intent);
    case 'look-for-evidence':
      return lookForEvidence(scene, intent);
    case 'note-write':
      return change(scene, 'request', intent.requestId, (request) => noteWrite(request, intent.fence, intent.step));
    case 'give-way':
      return change(scene, 'request', intent.requestId, (request) => giveWay(request, intent.fence, intent.step, intent.unsent, now));
    case 'fail-run':
      return tellCustodian(
        scene,
        intent,
        await change(scene, 'request', intent.requestId, (request) => failRun(request, intent.fence, intent.failure, now, intent.last)),
      );
    case 'finish-run':
      return tellCase(scene, await change(scene, 'request', intent.requestId, (request) => finishRun(request, intent.fence, now)));
    case 'watch-account':
      return watch(scene, intent);
    case 'seal-parts':
      return seal(scene, intent);
    case 'hand-out-parts':
      return handOutParts(scene, intent);
    case 'seal-pass':
      return sealPass(scene, intent);
    case 'record-key':
      return recordKey(scene, intent);
    case 'park-run':
      return change(scene, 'request', intent.requestId, (request) => parkRun(request, intent.fence, intent, now));
    case 'resume-run':
      return change(scene, 'request', intent.requestId, resumeRun);
    case 'conclude-request':
      return concludeRequest(scene, intent.requestId);
    case 'request-in-hand':
      return inHand(scene, intent);
    case 'reveal-part':
      return reveal(scene, intent);
    case 'store-part':
      return change(scene, 'account', intent.accountId, (account) => storePart(account, intent.partNumber, actor, intent, now));
    case 'lose-part':
      return change(scene, 'account', intent.accountId, (account) => losePart(account, intent.partNumber, actor, now));
    case 'remind-custodian':
      return change(scene, 'account', intent.accountId, (account) => remindCustodian(account, intent.partNumber, now));
    case 'expire-part':
      return expireSealed(scene, intent);
    case 'sign-in-seen':
      return noteOnDrills(scene, intent, await seen(scene, intent));
    case 'change-seen':
      return changeSeen(scene, intent);
    case 'signal-quarantined':
      return noteUnreadOnDrills(scene, intent.feed, await quarantined(scene, intent));
    case 'raise-alert':
      return intent.cause.kind === 'unreadable-signal'
        ? noteUnreadOnDrills(scene, intent.cause.feed, await raiseOnce(scene, intent))
        : raiseOnce(scene, intent);
    case 'acknowledge-alert':
      return nudgeDrill(scene, await change(scene, 'alert', intent.alertId, (alert) => acknowledge(alert, actor, now)));
    case 'escalate-alert':
      return change(scene, 'alert', intent.alertId, (alert) => escalate(alert, now));
    case 'classify-alert':
      return nudgeDrill(scene, await classifyUse(scene, intent));
    case 'recount-alert':
      return recounted(scene, intent.alertId);
    case 'check-delivery':
      return deliveryChecked(scene, intent);
    case 'condition-began':
      return began(scene, intent);
    case 'condition-ended':
      return ended(scene, intent);
    case 'beat':
      return beat(scene);
    case 'ask-classification':
      return change(scene, 'alert', intent.alertId, (alert) => askAgain(alert, now));
    case 'report-case-step':
      return reportCaseStep(scene, intent);
    case 'look-at-case':
      return lookAtCase(scene, intent.caseId);
    case 'start-drill':
      return start(scene, intent);
    case 'stop-drill':
      return change(scene, 'drill', intent.drillId, (drill) => stopDrill(drill, actor, now));
    case 'look-at-drill':
      return look(scene, intent.drillId);
    case 'conclude-drill':
      return conclude(scene, intent);
    case 'configuration-read':
      return configurationRead(scene, intent.configuration);
    case 'roster-read':
      return rosterRead(scene, intent);
    case 'remind-validation':
      return change(scene, 'account', intent.accountId, (account) => remind(account, now));
    case 'begin-runbook':
      return beginRunbookLink(scene, intent);
    case 'issue-runbook':
      return issueRunbookFor(scene, intent);
    case 'begin-audit-export':
      return beginAuditExport(scene, intent);
    case 'export-audit':
      return exportAudit(scene, intent);
    case 'remind-runbook':
      return change(scene, 'account', intent.accountId, (account) => remindRunbook(account, now));
    case 'complete-validation':
      return change(scene, 'account', intent.accountId, (account) =>
        completeValidation(account, actor, intent.report, policy.validationDays, now),
      );
  }
}
