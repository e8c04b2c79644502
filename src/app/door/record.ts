import { evidenceOf } from '../../core/drill/evidence.ts';
import { type Intent, subjectOf } from '../../core/intent.ts';
import type { Aggregates, Kind } from '../ports.ts';
import type { AuditExported } from './scene.ts';

const SEEN: ReadonlySet<Intent['kind']> = new Set<Intent['kind']>(['sign-in-seen', 'change-seen', 'signal-quarantined']);

/** What the audit entry of an accepted intent is about: what came into being, where something did. */
export function subjectAfter(intent: Intent, value: { readonly [K in Kind]?: Aggregates[K] }): string {
  if ((intent.kind === 'open-request' || intent.kind === 'open-account-request') && value.request) return `request:${value.request.id}`;
  if (intent.kind === 'start-drill' && value.drill) return `drill:${value.drill.id}`;
  if (SEEN.has(intent.kind) && value.alert) return `alert:${value.alert.id}`;
  return subjectOf(intent);
}

/** What an auditor needs beside actor, intent and subject. */
export function detailsOf(
  intent: Intent,
  value: { readonly account?: Aggregates['account']; readonly drill?: Aggregates['drill']; readonly exported?: AuditExported } = {},
): { details?: Record<string, string | number> } {
  switch (intent.kind) {
    case 'approve-request':
    case 'deny-request':
      return {
        details: {
          planDigest: intent.planDigest,
          ...(intent.signedIn ? { proof: 'oidc', signedInAt: intent.signedIn.at.toISOString() } : {}),
        },
      };
    case 'open-account-request':
      return { details: { operation: intent.form.operation } };
    case 'edit-request':
      return { details: { planDigest: intent.planDigest } };
    case 'begin-proof':
      return { details: { planDigest: intent.wanted.planDigest, decision: intent.wanted.decision } };
    case 'cannot-begin':
      return { details: { code: intent.code } };
    case 'begin-step':
    case 'finish-step':
      return { details: { step: intent.step, fence: intent.fence } };
    case 'fail-run':
      return { details: { step: intent.failure.step, fence: intent.fence, failure: intent.failure.code } };
    case 'reveal-part':
    case 'expire-part':
    case 'lose-part':
    case 'remind-custodian':
      return { details: { part: intent.partNumber } };
    case 'store-part':
      return { details: { part: intent.partNumber, location: intent.location, sealNumber: intent.sealNumber } };
    case 'sign-in-seen':
      return { details: { feed: intent.feed, errorCode: intent.event.errorCode, correlationId: intent.event.correlationId } };
    case 'change-seen': {
      const { correlationId, rowId } = intent.change;
      return { details: { feed: intent.feed, correlationId, ...(rowId === undefined ? {} : { rowId }) } };
    }
    case 'signal-quarantined':
      return { details: { feed: intent.feed, bytes: intent.bytes.length } };
    case 'seal-pass':
      return { details: { part: intent.partNumber, methodId: intent.pass.methodId, fence: intent.fence } };
    case 'record-key':
      return { details: { part: intent.partNumber, methodId: intent.key.methodId, fence: intent.fence } };
    case 'park-run':
    case 'note-write':
    case 'give-way':
      return { details: { step: intent.step, fence: intent.fence } };
    case 'watch-account':
      return { details: { objectId: intent.objectId, feed: intent.feed, fence: intent.fence } };
    case 'roster-read':
      return { details: { role: intent.role, holders: intent.holders.map(({ objectId }) => objectId).join(' ') } };
    case 'configuration-read':
      return { details: intent.configuration };
    case 'condition-began':
      return { details: { condition: intent.condition, cause: intent.cause.kind } };
    case 'condition-ended':
      return { details: { condition: intent.condition, ...(intent.replaced ? { replaced: 'by another' } : {}) } };
    case 'classify-alert':
      return { details: { as: intent.as } };
    case 'begin-audit-export':
      return { details: { from: intent.days.from ?? '', to: intent.days.to ?? '' } };
    case 'export-audit': {
      const { exported } = value;
      return exported ? { details: { from: exported.days.from ?? '', to: exported.days.to ?? '', bodies: exported.bodies } } : {};
    }
    case 'report-case-step':
      return { details: { step: intent.step, words: intent.words } };
    case 'issue-runbook':
      return value.account?.runbook ? { details: { digest: value.account.runbook.digest, by: value.account.runbook.by } } : {};
    case 'start-drill':
      return { details: { account: intent.accountId, minutes: intent.announced.minutes } };
    case 'stop-drill':
    case 'look-at-drill':
      return value.drill ? { details: evidenceOf(value.drill) } : {};
    case 'raise-alert':
      return { details: { cause: intent.cause.kind } };
    default:
      return {};
  }
}
