import { HOUR, later } from '../decision.ts';
import { digestOf } from '../digest.ts';
import type { Effect } from '../effect.ts';
import type { PersonRef } from '../people.ts';
import type { Refusal } from '../refusal.ts';
import { no, ok, type Result } from '../result.ts';
import type { ChangeRequest, Plan, RequestKind } from './types.ts';

export interface OpenPolicy {
  readonly quorum: number;
  readonly policyVersion: string;
  readonly requestExpiryHours: number;
  readonly openRequestsPerPerson: number;
  /** Opened or edited. */
  readonly requestsPerHour: number;
  /** Kinds of request whose every decision needs a second proof (AU-9). */
  readonly secondProof: readonly RequestKind[];
}

/**
 * Those who may decide: approvers who neither ask nor will hold a part (AP-2, CR-3), every account of theirs.
 *
 * @returns refusal `quorum-unreachable` when they are too few humans (AP-12)
 */
export function decidersOf(
  approvers: readonly PersonRef[],
  requester: PersonRef,
  custodians: readonly PersonRef[],
  quorum: number,
): Result<readonly PersonRef[], Refusal> {
  const barred = new Set([requester, ...custodians].map(({ personKey }) => personKey));
  const deciders = approvers.filter(({ personKey }) => !barred.has(personKey));
  const humans = new Set(deciders.map(({ personKey }) => personKey)).size;
  return humans < quorum ? no({ code: 'quorum-unreachable', need: quorum, have: humans }) : ok(deciders);
}

/** What somebody asked lately: their requests, of as long ago as one that may still be edited. */
export type Lately = readonly Pick<ChangeRequest, 'openedAt' | 'earlier'>[];

/**
 * Whether somebody has asked as often within the last hour as one person may (AP-12). Each opening and each edit is a card to every approver,
 * so both count, also of what was withdrawn since.
 *
 * @returns refusal `too-often`, with the instant from which there is room for one more
 */
export function tooOften(lately: Lately, limit: number, now: Date): Refusal | undefined {
  const asked = lately
    .flatMap(({ openedAt, earlier = [] }) => [openedAt, ...earlier.filter(({ why }) => why === 'edited').map(({ at }) => at)])
    .filter((at) => at > later(now, -HOUR))
    .sort((one, other) => other.getTime() - one.getTime());
  const oldest = asked[limit - 1];
  return oldest && { code: 'too-often', limit, from: later(oldest, HOUR) };
}

/** A plan and those who may decide on it. */
export interface Draft {
  readonly plan: Plan;
  readonly told: readonly PersonRef[];
}

export interface Opening {
  readonly plan: Plan;
  readonly formId: string;
  /** Everybody who may decide is told personally. */
  readonly told: readonly PersonRef[];
  readonly duplicateOf: string | undefined;
  readonly policy: OpenPolicy;
  readonly expiresAt: Date;
  readonly now: Date;
}

/** A new request with its plan, the cards owed for it and the timer of its expiry. Nothing is touched in the tenant. */
export function opened({ plan, formId, told, duplicateOf, policy, expiresAt, now }: Opening): {
  next: ChangeRequest;
  effects: readonly Effect[];
} {
  const id = plan.requestId;
  const next: ChangeRequest = {
    id,
    kind: plan.operation,
    state: 'pending',
    revision: 1,
    requester: plan.requester,
    reason: plan.reason,
    plan,
    planDigest: digestOf(plan),
    quorum: policy.quorum,
    ...(policy.secondProof.includes(plan.operation) ? { secondProof: true } : {}),
    decisions: [],
    asked: told,
    annulled: [],
    steps: plan.steps.map((step) => ({ id: step.id, state: 'waiting' })),
    fence: 0,
    openedAt: now,
    expiresAt,
    formId,
    ...(duplicateOf === undefined ? {} : { duplicateOf }),
  };
  const intent = { kind: 'expire-request', requestId: id } as const;
  return {
    next,
    effects: [
      { kind: 'post', key: `request:${id}:channel`, place: { kind: 'channel' }, subject: `request:${id}` },
      ...told.map(({ objectId }) => tell(id, objectId)),
      { kind: 'intend', key: `expire:${id}`, at: expiresAt, intent },
    ],
  };
}

/** The request's card in somebody's own chat. A later version is a card of its own, so that they hear of it. */
export const tell = (requestId: string, objectId: string, version = 1): Effect => ({
  kind: 'post',
  key: `request:${requestId}:${objectId}${version === 1 ? '' : `:v${version}`}`,
  place: { kind: 'person', objectId },
  subject: `request:${requestId}`,
});
