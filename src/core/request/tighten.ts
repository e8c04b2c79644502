import type { ChangeRequest } from './types.ts';

/** A request under the larger of two quorums: the one copied in when it was opened, and the one that holds now (AP-5). */
export const tightened = (request: ChangeRequest, quorum: number): ChangeRequest =>
  quorum > request.quorum ? { ...request, quorum } : request;
