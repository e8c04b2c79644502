import type { Door } from '../app/dispatch.ts';
import type { Log } from '../app/log.ts';
import type { Store } from '../app/ports.ts';

const WATCH = { kind: 'system', part: 'worker' } as const;
const AUDIT_FAILING = 'audit';
const AT_ONCE = 200;

/** Writes the audit entries that alerts did not wait for. While that fails, people hear of it; when nothing is owed any more, that too (AL-10). */
export async function payAudit(store: Store, door: Door, log: Log): Promise<void> {
  const owed = await store.auditOwed();
  if (owed > 0) {
    log.error('audit.owed', { owed });
    try {
      while ((await store.payAudit(AT_ONCE)) === AT_ONCE);
    } catch (error) {
      log.error('audit.failing', { owed, error });
      await door.dispatch(WATCH, { kind: 'condition-began', condition: AUDIT_FAILING, cause: { kind: 'audit-failing', owed } });
      return;
    }
  }
  if ((await store.conditions()).has(AUDIT_FAILING)) await door.dispatch(WATCH, { kind: 'condition-ended', condition: AUDIT_FAILING });
}
