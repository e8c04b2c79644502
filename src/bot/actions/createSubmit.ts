import type { Door } from '../../app/dispatch.ts';
import type { TenantInfo } from '../../app/ports.ts';
import type { Rendered } from '../../cards/render.ts';
import { formDoneCard } from '../../cards/views/formDone.ts';
import type { Actor } from '../../core/people.ts';
import type { FieldFault, Refusal } from '../../core/refusal.ts';
import type { CreateForm, OpenFacts } from '../../core/request/open.ts';
import type { Result } from '../../core/result.ts';
import type { ActionDef, Pressed } from '../actionDef.ts';
import type { Asker } from '../commandDef.ts';
import { readCreateForm } from './createForm.ts';

export type FormValues = Partial<Record<Exclude<keyof CreateForm, 'formId'>, string>>;

interface Args {
  readonly form: CreateForm;
  /** Found while reading; the door never sees such a form. */
  readonly faults: readonly FieldFault[];
  /** As typed, to be put back into the form. */
  readonly values: FormValues;
}

interface Needs {
  readonly asker: Asker;
  readonly door: Door;
  tenant(tenantId: string): TenantInfo | undefined;
  openFacts(form: CreateForm, actor: Actor): Promise<Result<OpenFacts, Refusal>>;
  formAgain(formId: string, values: FormValues, faults: readonly FieldFault[]): Promise<Rendered>;
  /** The form was sent in: its message in the conversation is replaced, after the answer. */
  formIsDone(formId: string, done: Rendered): void;
}

export const createSubmit: ActionDef<Args, Needs> = {
  verb: 'create.submit',
  via: ['adaptiveCard/action'],
  parse: readCreateForm,
  async run({ form: typed, faults, values }, needs): Promise<Pressed> {
    const { asker, door } = needs;
    if (faults.length > 0) return again(needs, typed.formId, values, { code: 'bad-form', faults });
    const form = withoutDomain(typed, needs.tenant(typed.tenantId));
    const facts = await needs.openFacts(form, asker.actor);
    if (!facts.ok) return again(needs, form.formId, values, facts.error);
    const outcome = await door.dispatch(asker.actor, { kind: 'open-request', form, facts: facts.value });
    if (!outcome.ok) return again(needs, form.formId, values, outcome.error);
    const { request } = outcome.value;
    if (!request) throw new Error('the door opened a request and gave none back');
    const rendered = formDoneCard({ request });
    needs.formIsDone(form.formId, rendered);
    return { kind: 'card', rendered };
  },
};

async function again({ formAgain }: Needs, formId: string, values: FormValues, refusal: Refusal): Promise<Pressed> {
  if (refusal.code !== 'bad-form') return { kind: 'refused', refusal };
  return { kind: 'refused', refusal, rendered: await formAgain(formId, values, refusal.faults) };
}

/** People often give the whole user principal name; with the domain of the chosen tenant it means the same. */
export function withoutDomain(form: CreateForm, tenant: TenantInfo | undefined): CreateForm {
  const ending = tenant ? `@${tenant.initialDomain.toLowerCase()}` : '@';
  return tenant && form.userName.toLowerCase().endsWith(ending) ? { ...form, userName: form.userName.slice(0, -ending.length) } : form;
}
