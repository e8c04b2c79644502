import type { RequestKind } from '../core/request/types.ts';

/** The word a request of that kind is asked for with: a repair has none, it is asked of a finding. */
export const askedWith = (kind: RequestKind): string => (kind === 'repair' ? 'posture' : kind);
