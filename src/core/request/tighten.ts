import type { OpenPolicy } from './opening.ts';
import type { ChangeRequest } from './types.ts';

/**
 * A request under the stricter of two rules: the one copied in when it was opened, and the one that holds now (AP-5). The larger quorum
 * counts; a second proof that either asks for is asked for (AU-9). The next decision on the request, or its run, writes that down.
 */
export function tightened(request: ChangeRequest, policy: Pick<OpenPolicy, 'quorum' | 'secondProof'>): ChangeRequest {
  const quorum = Math.max(request.quorum, policy.quorum);
  const secondProof = request.secondProof ?? policy.secondProof.includes(request.kind);
  return { ...request, quorum, ...(secondProof ? { secondProof } : {}) };
}
