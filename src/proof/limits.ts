import { REQUEST_KINDS, type RequestKind } from '../core/request/types.ts';

/** What stays unproven, for `status` to say. */
export function proofLimits(secondProof: readonly RequestKind[]): string[] {
  const bare = REQUEST_KINDS.filter((kind) => !secondProof.includes(kind));
  if (bare.length === 0) return [];
  const which = secondProof.length === 0 ? 'Approvals' : `Approvals of some kinds (${bare.join(', ')})`;
  return [`${which} rest on the Teams sign-in alone: without a second proof, a stolen channel token speaks for a person until it expires.`];
}
