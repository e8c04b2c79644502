import type { Intent } from '../../../src/core/intent.ts';

/** What a replica is to do, at what millisecond. `who` is a person's name. */
export type Task = { readonly id: number; readonly at: number; readonly requestId: string; readonly planDigest: string } & (
  | { readonly does: 'approve'; readonly who: string; readonly runs?: boolean }
  | { readonly does: 'deny'; readonly who: string }
  | { readonly does: 'edit'; readonly wanted: Extract<Intent, { kind: 'edit-request' }>['wanted'] }
  | { readonly does: 'expire' | 'revoke' | 'run' }
  /** Dana presses the button that shows part 1 of that account; the answer is all that leaves for her. */
  | { readonly does: 'reveal'; readonly accountId: string }
);
