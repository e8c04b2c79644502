import type { Rendered } from '../../src/cards/render.ts';

/** One card in one state: a golden file, a picture, and a case of every test that holds for all cards. */
export interface Example {
  readonly card: string;
  readonly state: string;
  readonly rendered: Rendered;
  /** Also drawn in the dark theme and at the width of a phone. */
  readonly main?: true;
  /** Also drawn with everything opened that is folded. */
  readonly folds?: true;
}
