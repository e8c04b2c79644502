/** What one step of the examination came to. `todo` says what to do about it; no field ever holds a secret. */
export interface Finding {
  readonly step: string;
  readonly state: 'ok' | 'warning' | 'failed' | 'skipped';
  readonly words: string;
  readonly todo?: string;
}

/** Problems of settings come with and without a full stop. */
export const sentence = (at: string, problem: string): string => `${at} ${problem.replace(/\.$/, '')}.`;

export const ok = (step: string, words: string): Finding => ({ step, state: 'ok', words });
export const failed = (step: string, words: string, todo: string): Finding => ({ step, state: 'failed', words, todo });
export const warning = (step: string, words: string, todo: string): Finding => ({ step, state: 'warning', words, todo });
export const skipped = (step: string, words: string): Finding => ({ step, state: 'skipped', words });

const MARKS = { ok: 'ok      ', warning: 'warning ', failed: 'FAILED  ', skipped: 'skipped ' } as const;

/** One line, and one more with what to do. */
export const lineOf = ({ step, state, words, todo }: Finding): string =>
  `${MARKS[state]} ${step}: ${words}\n${todo === undefined ? '' : `          ${todo}\n`}`;
