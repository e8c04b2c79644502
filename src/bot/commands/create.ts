import type { TenantInfo } from '../../app/ports.ts';
import { words } from '../../cards/refusals.ts';
import type { Rendered } from '../../cards/render.ts';
import { personWith } from '../../core/decision.ts';
import type { Actor } from '../../core/people.ts';
import { ok } from '../../core/result.ts';
import type { Asker, CommandDef } from '../commandDef.ts';
import { type Said, say } from '../needs.ts';
import { noTenantCalled, tenantCalled } from '../reading.ts';

interface Needs {
  readonly asker: Asker;
  readonly tenants: readonly TenantInfo[];
  newForm(actor: Actor, tenantId?: string): Promise<{ readonly formId: string; readonly rendered: Rendered }>;
}

export const create: CommandDef<{ readonly tenant: string }, Needs> = {
  word: 'create',
  usage: 'create [tenant]',
  summary: 'Ask for a new emergency access account.',
  parse: (tenant) => ok({ tenant }),
  async run({ tenant }, { asker: { actor }, tenants, newForm }): Promise<Said> {
    const requester = personWith(actor, 'requester');
    if (!requester.ok) return say(words(requester.error));
    if (tenant === '') return { kind: 'card', ...(await newForm(actor)) };
    const found = tenantCalled(tenants, tenant);
    if (found) return { kind: 'card', ...(await newForm(actor, found.id)) };
    return say(noTenantCalled(tenants, tenant, 'create'));
  },
};
