import { DAY, later } from '../decision.ts';
import { no, ok, type Result } from '../result.ts';

/** Days in UTC, the first and the last of what is asked for, `2026-11-01`; all from the beginning, or up to now, where one is left out. */
export interface AuditDays {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** @returns the error as a sentence for whoever asked */
export function parseDays(words: readonly string[]): Result<AuditDays, string> {
  const [from, to, ...more] = words;
  if (more.length > 0) return no('Two days are the most: the first and the last. For example: audit 2026-11-01 2026-11-30');
  if ([from, to].some((word) => word !== undefined && !isDay(word)))
    return no('A day is a year, a month and a day in UTC, and one that exists. For example: audit 2026-11-01 2026-11-30');
  const days = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  return areDays(days) ? ok(days) : no('The first day comes first. For example: audit 2026-11-01 2026-11-30');
}

export const areDays = ({ from, to }: AuditDays): boolean =>
  [from, to].every((day) => day === undefined || isDay(day)) && (from === undefined || to === undefined || from <= to);

export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/** From the first instant of the days to the one after the last. */
export const boundsOf = ({ from, to }: AuditDays): { readonly since?: Date; readonly before?: Date } => ({
  ...(from === undefined ? {} : { since: new Date(`${from}T00:00:00Z`) }),
  ...(to === undefined ? {} : { before: later(new Date(`${to}T00:00:00Z`), DAY) }),
});

/** @param at as an entry has it: ISO 8601, UTC */
export function isWithin({ from, to }: AuditDays, at: string): boolean {
  const day = at.slice(0, 10);
  return (from === undefined || day >= from) && (to === undefined || day <= to);
}
