import type { Rendered } from '../cards/render.ts';
import type { Actor } from '../core/people.ts';
import type { Refusal } from '../core/refusal.ts';
import type { Result } from '../core/result.ts';
import type { Asker } from './commandDef.ts';

export type InvokeName = 'adaptiveCard/action' | 'task/fetch' | 'task/submit';

/** What the person who pressed gets. `closing`: the sentence that takes the place of a dialog, where the press came from one. */
export type Pressed =
  | { readonly kind: 'card'; readonly rendered: Rendered; readonly closing?: string }
  | { readonly kind: 'dialog'; readonly title: string; readonly rendered: Rendered }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly rendered?: Rendered };

/** A button as a value. */
export interface ActionDef<Args, Needs> {
  readonly verb: string;
  readonly via: readonly InvokeName[];
  /** The answer shows something once and is never kept, nor given again. */
  readonly once?: true;
  /** Pure and strict: of what comes back with a press nothing is believed but an id, a digest and what people typed (AP-10). */
  parse(data: Readonly<Record<string, unknown>>): Result<Args, Refusal>;
  run(args: Args, needs: Needs): Promise<Pressed>;
}

/** One press. */
export interface Press extends Asker {
  readonly actor: Actor;
  /** From a card, or from a dialog: what is refused there comes back into it. */
  readonly via: InvokeName;
  /** Set when the time to answer is over: nothing that must be seen may begin then. */
  readonly signal: AbortSignal;
}

/** A button with its needs filled in. */
export interface Action {
  readonly verb: string;
  readonly via: readonly InvokeName[];
  readonly once?: true;
  press(data: Readonly<Record<string, unknown>>, press: Press): Promise<Pressed>;
}
