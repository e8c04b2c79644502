/**
 * Why sealed parts or the marker's key cannot be had: the vault does not answer (`away`), it refuses our identity (`denied`), or the key is
 * gone or the stored bytes were changed, so that nobody can open them (`shut`).
 */
export type CustodyTrouble = 'away' | 'denied' | 'shut';

const WORDS: Readonly<Record<CustodyTrouble, string>> = {
  away: 'The key vault did not answer. It is tried again; if it goes on, an administrator should look at the vault and the network.',
  denied:
    'The key vault refused the identity of Breakglass. An administrator must allow it to get, wrap and unwrap with the key (docs/deploying.md).',
  shut: 'The key that something was sealed under is gone, or what is stored was changed: nobody can open it any more.',
};

/** A fault of the port Custody. Its message may be shown to people; what the vault said is in `cause`. */
export class CustodyFault extends Error {
  override readonly name = 'CustodyFault';
  readonly why: CustodyTrouble;
  readonly code: string;
  /** Another try later can help. */
  readonly passing: boolean;

  constructor(why: CustodyTrouble, cause: unknown) {
    super(WORDS[why], { cause });
    this.why = why;
    this.code = { away: 'VaultAway', denied: 'VaultDenied', shut: 'KeyGone' }[why];
    this.passing = why !== 'shut';
  }
}
