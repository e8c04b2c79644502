import type { AuditDays } from '../../src/core/audit/days.ts';
import { EXPORT_INTENT, entryLine, headerLine } from '../../src/core/audit/exportFile.ts';
import { append, EMPTY_TREE, leafHash, rootOf } from '../../src/core/audit/tree.ts';
import type { KeptHead } from '../../src/core/audit/verifyExport.ts';
import { canonicalJson } from '../../src/core/digest.ts';

/** A log of that many entries, one a day from 1 November 2026; each with somebody's text. */
export const aLog = (length: number, text: (seq: number) => string = (seq) => `entry ${seq}`): string[] =>
  Array.from({ length }, (_, index) => {
    const at = new Date(Date.UTC(2026, 10, index + 1, 9)).toISOString();
    return canonicalJson({ seq: index + 1, at, actor: 'a-person', intent: 'open-request', subject: text(index + 1), salt: 'AAAA' });
  });

/** Texts of a log that ends with the entry of its export. */
export function exported(log: readonly string[], { from, to }: AuditDays = {}): string[] {
  const within = log.filter((body) => {
    const day = String(JSON.parse(body).at).slice(0, 10);
    return (from === undefined || day >= from) && (to === undefined || day <= to);
  });
  const details = { from: from ?? '', to: to ?? '', bodies: within.length + 1 };
  const own = {
    seq: log.length + 1,
    at: '2026-12-31T12:00:00.000Z',
    actor: 'cy',
    intent: EXPORT_INTENT,
    subject: 'audit',
    details,
    salt: 'BBBB',
  };
  return [...log, canonicalJson(own)];
}

export function headOf(log: readonly string[]): KeptHead {
  const tree = log.reduce((head, body) => append(head, leafHash(Buffer.from(body))), EMPTY_TREE);
  return { size: tree.size, root: rootOf(tree).toString('base64') };
}

/** The lines of an export, as the product writes them. @param log as `exported` gives it */
export function linesOfExport(log: readonly string[], days: AuditDays = {}): string[] {
  const own = JSON.parse(log.at(-1) ?? '{}');
  const header = headerLine({ ...headOf(log), ...days, bodies: own.details.bodies, exportedAt: own.at, exportedBy: own.actor });
  return [
    header,
    ...log.map((body, index) => {
      const day = String(JSON.parse(body).at).slice(0, 10);
      const told = index === log.length - 1 || ((days.from ?? day) <= day && day <= (days.to ?? day));
      return entryLine({ seq: index + 1, leaf: leafHash(Buffer.from(body)).toString('base64'), ...(told ? { body } : {}) });
    }),
  ];
}
