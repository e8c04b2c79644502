import { type AuditDays, isWithin } from '../core/audit/days.ts';
import { type EntryBody, readBody } from '../core/audit/entry.ts';
import { type ExportHeader, entryLine, headerLine } from '../core/audit/exportFile.ts';
import { type AuditFlaw, judgeRow } from '../core/audit/judgeRow.ts';
import { append, EMPTY_TREE, rootOf } from '../core/audit/tree.ts';
import type { Reads } from './ports.ts';

/** Rows in memory at a time: a few hundred kB, and short enough for what waits behind it on the embedded database. */
const PAGE = 500;

type Log = Pick<Reads, 'auditHead' | 'auditRows'>;

/** What the log is like now, computed from its rows. */
export interface AuditCheck {
  readonly size: number;
  readonly root: string;
  /** Entries that were computed: all of them, unless there was not the time or one is wrong. */
  readonly checked: number;
  readonly flaw?: AuditFlaw;
  /** Entries of the days asked for, among those that were computed. */
  readonly within: number;
  readonly newest?: EntryBody;
}

/**
 * Computes the log from its rows: every entry's bytes against its leaf and its columns, and all leaves against the root of the head (DA-1).
 *
 * @param withinMs how long that may take; a log for which it is too short is computed as far as it goes
 */
export async function checkAudit(store: Log, days: AuditDays, withinMs: number): Promise<AuditCheck> {
  const until = performance.now() + withinMs;
  const { size, root } = await store.auditHead();
  const [last] = size === 0 ? [] : await store.auditRows(size - 1, 1);
  const newest = last && readBody(last.body.toString('utf8'));
  const known = { size, root, ...(newest ? { newest } : {}) };
  let tree = EMPTY_TREE;
  let within = 0;
  while (tree.size < size) {
    const rows = await store.auditRows(tree.size, Math.min(PAGE, size - tree.size));
    for (const row of rows.length > 0 ? rows : [undefined]) {
      const judged = judgeRow(row, tree.size + 1);
      if ('flaw' in judged) return { ...known, within, checked: tree.size, flaw: judged.flaw };
      if (isWithin(days, judged.entry.at)) within += 1;
      if (row) tree = append(tree, row.leaf);
    }
    if (tree.size < size && performance.now() > until) return { ...known, within, checked: tree.size };
  }
  const whole = rootOf(tree).toString('base64') === root;
  return { ...known, within, checked: size, ...(whole ? {} : { flaw: { words: 'The entries do not have the root of the head' } }) };
}

/** The lines of an export, some hundred at a time: what is in memory does not grow with the log. */
export async function* exportLines(store: Pick<Reads, 'auditRows'>, header: ExportHeader): AsyncGenerator<string> {
  yield `${headerLine(header)}\n`;
  for (let after = 0; after < header.size; after += PAGE) {
    const rows = await store.auditRows(after, Math.min(PAGE, header.size - after));
    yield rows
      .map(({ seq, leaf, body: bytes }) => {
        const body = bytes.toString('utf8');
        // By its own words and not by the column, which is not hashed. What cannot be read is not left out.
        const at = seq === header.size ? undefined : readBody(body)?.at;
        const told = at === undefined || isWithin(header, at);
        return `${entryLine({ seq, leaf: leaf.toString('base64'), ...(told ? { body } : {}) })}\n`;
      })
      .join('');
  }
}
