import type { Actor } from '../core/people.ts';
import type { Result } from '../core/result.ts';
import type { Said } from './needs.ts';

/** A command as a value: what it is called, how its argument is read, what it does with only what it needs. */
export interface CommandDef<Args, Needs> {
  readonly word: string;
  readonly usage: string;
  readonly summary: string;
  /** Pure. The error is a sentence for the person. */
  parse(rest: string): Result<Args, string>;
  run(args: Args, needs: Needs): Promise<Said>;
}

/** Who asks, and from where. */
export interface Asker {
  readonly actor: Actor;
  /** Teams user id, for the parts of a card that only this person sees. Identifies nobody. */
  readonly mri: string;
  /** In the channel, whoever may read it sees the answer. */
  readonly where: 'channel' | 'personal';
}

/** A command with its needs filled in. */
export interface Command {
  readonly word: string;
  readonly usage: string;
  readonly summary: string;
  answer(rest: string, asker: Asker): Promise<Said>;
}

/** Commands without an argument say so when one is given, instead of guessing. */
export const noArgument =
  (usage: string) =>
  (rest: string): Result<Record<never, never>, string> =>
    rest === '' ? { ok: true, value: {} } : { ok: false, error: `Please write only: ${usage}` };
