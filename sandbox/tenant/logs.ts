import type { LogCategory, LogRow } from './records.ts';
import type { TenantState } from './state.ts';
import type { Table } from './table.ts';

/** Writes a row of a log, inside the transaction of what it tells. */
export function writeRow(state: TenantState, category: LogCategory, row: LogRow): void {
  if (category === 'SignInLogs') state.signIns.put(row.id, row);
  if (category === 'AuditLogs') state.audits.put(row.id, row);
  for (const ship of state.shippers) ship(category, row);
}

/** Days a log is kept: 7 without a P1 or P2 licence and in B2C, else 30 (Learn, reference-reports-data-retention). */
export const retentionDays = (kind: 'workforce' | 'b2c' | 'free'): number => (kind === 'workforce' ? 30 : 7);

export interface LogView {
  readonly table: Table<LogRow>;
  readonly tenantId: string;
  /** Name of the entry's instant. */
  readonly instant: 'createdDateTime' | 'activityDateTime';
  readonly now: Date;
  readonly days: number;
}

/** Entries that have arrived and are not too old, newest first. */
export function readableEntries({ table, tenantId, instant, now, days }: LogView): readonly LogRow['entry'][] {
  const oldest = now.getTime() - days * 24 * 3_600_000;
  const arrived = Date.now();
  const at = (entry: LogRow['entry']): number => Date.parse(String(entry[instant]));
  return table
    .all()
    .filter((row) => row.tenantId === tenantId && row.availableAtMs <= arrived && at(row.entry) >= oldest)
    .map((row) => row.entry)
    .reverse()
    .sort((a, b) => at(b) - at(a));
}
