/** A line that holds a promise, and the test that must turn red without it. */
export interface Removal {
  readonly promise: string;
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly line: string;
  /** What is left in its place; nothing unless it says so. */
  readonly left?: string;
  readonly test: string;
  /** The test needs those before it in its file; otherwise only those are run whose titles have the promise. */
  readonly wholeFile?: true;
}

/** Several lines of one file that hold one promise, shown by one test file. `[line, what is left]` */
export function lines(
  promise: string,
  file: string,
  test: string,
  ...each: readonly (string | readonly [line: string, left: string])[]
): readonly Removal[] {
  return each.map((one) => {
    const [line, left] = typeof one === 'string' ? [one, ''] : one;
    return { promise, file, line, left, test };
  });
}
