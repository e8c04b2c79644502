import type { TenantInfo } from '../../app/ports.ts';
import { words } from '../../cards/refusals.ts';
import { type StatusInput, statusCard } from '../../cards/views/status.ts';
import { tenantStatusCard } from '../../cards/views/tenantStatus.ts';
import { ok } from '../../core/result.ts';
import type { TenantReport } from '../../core/tenant/report.ts';
import type { Asker, CommandDef } from '../commandDef.ts';
import { card, say } from '../needs.ts';
import { noTenantCalled, readable, tenantCalled } from '../reading.ts';

interface Needs {
  readonly asker: Asker;
  readonly tenants: readonly TenantInfo[];
  status(): Promise<StatusInput>;
  capabilities(tenantId: string): Promise<TenantReport>;
}

export const status: CommandDef<{ readonly tenant: string }, Needs> = {
  word: 'status',
  usage: 'status [tenant]',
  summary: 'Feeds and how fresh they are, jobs, database, what the tenants can do, and what this installation cannot guarantee.',
  parse: (rest) => ok({ tenant: rest }),
  async run({ tenant }, needs) {
    const allowed = readable(needs.asker.actor, needs.tenants, () => []);
    if (!allowed.ok) return say(words(allowed.error));
    if (tenant === '') return card(statusCard(await needs.status()));
    const found = tenantCalled(allowed.value, tenant);
    if (found) return card(tenantStatusCard(found, await needs.capabilities(found.id)));
    return say(noTenantCalled(allowed.value, tenant, 'status'));
  },
};
