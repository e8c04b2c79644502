import type { AuditFlaw } from '../../core/audit/judgeRow.ts';

/** What is wrong with the log, as a line of a card. */
export const flawWords = ({ seq, words }: AuditFlaw): string => (seq === undefined ? words : `Entry ${seq} ${words}`);

/** As `npm run audit:verify -- FILE --head` takes it. */
export const headText = ({ size, root }: { readonly size: number; readonly root: string }): string => `${size}:${root}`;
