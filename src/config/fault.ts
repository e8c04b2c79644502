/** One thing wrong with the configuration: where (a setting's name, or a file and a path in it) and what, never the value. */
export interface ConfigProblem {
  readonly at: string;
  readonly problem: string;
}

/** Stops the start before anything listens. Holds every problem at once, so that an operator mends them in one go. */
export class ConfigFault extends Error {
  override readonly name = 'ConfigFault';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(`The configuration cannot be used:\n${problems.map(({ at, problem }) => `  ${at}: ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** The candidate a person most likely meant, or undefined if none is close. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance <= Math.ceil(name.length / 3) && (!best || distance < best.distance)) best = { name: candidate, distance };
  }
  return best?.name;
}

/** Levenshtein distance: insertions, deletions and replacements of one character. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, left] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, right] of [...b].entries()) {
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (left === right ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
