import { setTimeout as sleep } from 'node:timers/promises';
import { judgeTenant } from '../core/tenant/judge.ts';
import type { TenantReport } from '../core/tenant/report.ts';
import type { Reads, Tenants } from './ports.ts';

export interface CapabilitiesNeeds {
  readonly tenants: Pick<Tenants, 'reader'>;
  readonly store: Pick<Reads, 'accounts' | 'now'>;
  /** Called with what could not be read; people only hear that it could not. */
  readonly failed: (what: string, error: unknown) => void;
}

/** More accounts than any installation keeps. */
const ALL_ACCOUNTS = 1_000;
/** `status` is asked for when something is wrong: it is answered although a tenant is not. */
const PATIENCE_MS = 8_000;

/**
 * Asks a tenant, now, everything Breakglass may ever ask it.
 *
 * @param patienceMs how long to wait, in real time; whatever comes after is lost
 * @throws StoreFault only; a tenant that cannot be asked is so in the report
 */
export async function gatherCapabilities(
  { tenants, store, failed }: CapabilitiesNeeds,
  tenantId: string,
  patienceMs: number = PATIENCE_MS,
): Promise<TenantReport> {
  const [all, askedAt] = await Promise.all([store.accounts(ALL_ACCOUNTS), store.now()]);
  const accounts = all.filter((account) => account.tenantId === tenantId && account.state !== 'retired');
  const asking = tenants
    .reader(tenantId)
    .probe(
      accounts.map(({ objectId }) => objectId),
      askedAt,
    )
    .then(
      (probe): TenantReport => ({ askedAt, capabilities: judgeTenant(probe) }),
      (error: unknown): TenantReport => {
        failed(`tenant ${tenantId}`, error);
        return { askedAt, why: 'It could not be asked. The log says why.' };
      },
    );
  const tired = new AbortController();
  const late = sleep(patienceMs, undefined, { signal: tired.signal }).then(
    (): TenantReport => ({ askedAt, why: `It did not answer within ${Math.round(patienceMs / 1000)} seconds.` }),
    () => asking, // answered in time: nobody waits for this one any more
  );
  const report = await Promise.race([asking, late]);
  tired.abort();
  return report;
}
