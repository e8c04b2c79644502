import type { AuditDays } from './days.ts';

/** A link to an export, good for one use and a few minutes. Only the hash of its ticket is kept. */
export interface AuditTicket {
  readonly hash: string;
  /** Who asked. The link works for whoever has it, but in this person's name, and only while they are an auditor. */
  readonly objectId: string;
  readonly days: AuditDays;
  readonly expiresAt: Date;
}

export const AUDIT_LINK_MINUTES = 5;
