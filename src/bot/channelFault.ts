/** A card that did not reach Teams, or may not have. */
export class ChannelFault extends Error {
  override readonly name = 'ChannelFault';
  /** HTTP status; 0 when there was no answer at all. */
  readonly status: number;
  /** Teams' own words on when to try again. */
  readonly retryAfterMs: number | undefined;
  /** Teams may have done it all the same: sending again may repeat it (AL-2). */
  readonly ambiguous: boolean;

  constructor(
    message: string,
    more: { readonly status: number; readonly ambiguous: boolean; readonly retryAfterMs?: number; readonly cause?: unknown },
  ) {
    super(message, more.cause === undefined ? {} : { cause: more.cause });
    this.status = more.status;
    this.retryAfterMs = more.retryAfterMs;
    this.ambiguous = more.ambiguous;
  }
}
