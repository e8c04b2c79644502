import type { TenantInfo } from '../../app/ports.ts';
import { words } from '../../cards/refusals.ts';
import type { Rendered } from '../../cards/render.ts';
import { personWith } from '../../core/decision.ts';
import type { Actor } from '../../core/people.ts';
import type { Refusal } from '../../core/refusal.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Asker, CommandDef } from '../commandDef.ts';
import { type Said, say } from '../needs.ts';
import { noTenantCalled, tenantCalled } from '../reading.ts';

interface Needs {
  readonly asker: Asker;
  readonly tenants: readonly TenantInfo[];
  newForm(actor: Actor, tenantId?: string): Promise<Result<{ readonly formId: string; readonly rendered: Rendered }, Refusal>>;
}

export const create: CommandDef<{ readonly tenant: string }, Needs> = {
  word: 'create',
  usage: 'create [tenant]',
  summary: 'Ask for a new emergency access account.',
  parse: (tenant) => ok({ tenant }),
  async run({ tenant }, { asker: { actor }, tenants, newForm }): Promise<Said> {
    const requester = personWith(actor, 'requester');
    if (!requester.ok) return say(words(requester.error));
    const found = tenantCalled(tenants, tenant);
    if (tenant !== '' && !found) return say(noTenantCalled(tenants, tenant, 'create'));
    const form = await newForm(actor, found?.id);
    return form.ok ? { kind: 'card', ...form.value } : say(words(form.error));
  },
};
