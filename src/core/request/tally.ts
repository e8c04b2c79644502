import type { PersonRef } from '../people.ts';
import type { ChangeRequest, DecisionRow } from './types.ts';

/** Who counts towards the quorum and who does not, with the reason: the card shows exactly this value. */
export interface Tally {
  readonly need: number;
  readonly approvals: readonly DecisionRow[];
  readonly notCounted: readonly {
    readonly row: DecisionRow;
    readonly why: 'requester' | 'custodian' | 'other-plan' | 'repeated' | 'no-proof' | 'not-eligible-now';
  }[];
  readonly reached: boolean;
}

/**
 * Counts the approvals of a request.
 *
 * @param eligible object ids of approvers as read fresh under the execution lease (AP-4); left out at decision time, where each
 *   approver was verified when they clicked
 */
export function tally(request: ChangeRequest, eligible?: ReadonlySet<string>): Tally {
  const counted = new Map<string, DecisionRow>();
  const notCounted: Tally['notCounted'][number][] = [];
  for (const row of request.decisions) {
    if (row.kind !== 'approve') continue;
    const why = reasonAgainst(request, row, counted, eligible);
    if (why) notCounted.push({ row, why });
    else counted.set(row.person.personKey, row);
  }
  return { need: request.quorum, approvals: [...counted.values()], notCounted, reached: counted.size >= request.quorum };
}

function reasonAgainst(
  request: ChangeRequest,
  { person, planDigest, proof }: DecisionRow,
  counted: ReadonlyMap<string, DecisionRow>,
  eligible: ReadonlySet<string> | undefined,
): Tally['notCounted'][number]['why'] | undefined {
  if (person.personKey === request.requester.personKey) return 'requester';
  if (isCustodian(request, person)) return 'custodian';
  if (planDigest !== request.planDigest) return 'other-plan';
  if (counted.has(person.personKey)) return 'repeated';
  if (request.secondProof && !proof) return 'no-proof';
  if (request.annulled.includes(person.objectId)) return 'not-eligible-now';
  return eligible && !eligible.has(person.objectId) ? 'not-eligible-now' : undefined;
}

export const isCustodian = (request: ChangeRequest, person: PersonRef): boolean =>
  request.plan.custodians.some((custodian) => custodian.personKey === person.personKey);
