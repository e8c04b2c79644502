import type { AuditDays } from './days.ts';

/**
 * An export of the audit log: a line of JSON that says what it is, then one an entry, from the first to the entry of the export itself. Every
 * entry has its leaf, so that the root can be computed; those of the days asked for, and the last, have their text besides.
 */
export interface ExportHeader extends AuditDays {
  /** Entries in all, and so lines that follow. */
  readonly size: number;
  /** Root of the tree over all their leaves, base64. */
  readonly root: string;
  /** Entries whose text is there. */
  readonly bodies: number;
  readonly exportedAt: string;
  /** As the audit log names who did something: an object id, or a part of Breakglass. */
  readonly exportedBy: string;
}

export interface ExportEntry {
  readonly seq: number;
  /** SHA-256, base64. */
  readonly leaf: string;
  /** The entry's bytes as they were hashed, read as UTF-8. */
  readonly body?: string;
}

export const EXPORT_FORMAT = 'breakglass-audit';
export const EXPORT_VERSION = 1;
/** The entry that an export leaves, and ends with. */
export const EXPORT_INTENT = 'export-audit';

export const headerLine = ({ size, root, from, to, bodies, exportedAt, exportedBy }: ExportHeader): string =>
  ascii({
    format: EXPORT_FORMAT,
    version: EXPORT_VERSION,
    size,
    root,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    bodies,
    exportedAt,
    exportedBy,
  });

export const entryLine = ({ seq, leaf, body }: ExportEntry): string => ascii({ seq, leaf, ...(body === undefined ? {} : { body }) });

/** Entries hold text of anybody: in ASCII nothing of it acts on a terminal or hides from whoever reads the file (CM-7). */
const ascii = (value: object): string =>
  JSON.stringify(value).replace(/[\u007f-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
