import type { AuditDays } from '../core/audit/days.ts';
import { type AuditCheck, checkAudit } from './auditLog.ts';
import type { Door } from './dispatch.ts';
import type { Log } from './log.ts';
import type { Store } from './ports.ts';

/** Under the time that Teams waits for an answer to a message. */
const WITHIN_MS = 8_000;
const CHANGED = 'audit-changed';
const WATCH = { kind: 'system', part: 'worker' } as const;

/** Computes the log from its rows. That something in it was changed is an alert, once; and so is that all of it is well again. */
export async function checkAndTell(
  { store, door, log }: { readonly store: Store; readonly door: Door; readonly log: Log },
  days: AuditDays,
): Promise<AuditCheck> {
  const found = await checkAudit(store, days, WITHIN_MS);
  const { size, root, checked, flaw } = found;
  if (flaw) {
    log.error('audit.changed', { size, root, seq: flaw.seq, what: flaw.words });
    await door.dispatch(WATCH, { kind: 'condition-began', condition: CHANGED, cause: { kind: CHANGED, flaw } });
  } else if (checked === size && (await store.conditions()).has(CHANGED)) {
    await door.dispatch(WATCH, { kind: 'condition-ended', condition: CHANGED });
  }
  return found;
}
