/** One line of the results. */
export interface Figure {
  readonly what: string;
  /** The goal it is held against, in words (`at most 150 ms`), and as the number `value` is compared with. */
  readonly goal?: { readonly words: string; readonly most: number };
  readonly value: number;
  /** The figure as people read it, with its spread. */
  readonly measured: string;
}

export interface Benchmark {
  readonly name: string;
  readonly title: string;
  run(surroundings: Surroundings): Promise<Figure[]>;
}

export interface Surroundings {
  /** A new, empty database on the run's own PostgreSQL server. */
  database(): Promise<string>;
}

export function verdictOf({ goal, value }: Figure): string {
  if (!goal) return '';
  if (value <= goal.most) return 'met';
  return `**missed** by ${(100 * (value / goal.most - 1)).toFixed(0)} %`;
}
