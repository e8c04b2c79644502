import type { Door } from '../../app/dispatch.ts';
import type { Rendered } from '../../cards/render.ts';
import { formDoneCard } from '../../cards/views/formDone.ts';
import type { Actor } from '../../core/people.ts';
import type { FieldFault, Refusal } from '../../core/refusal.ts';
import type { AccountFacts, AccountForm } from '../../core/request/openAccount.ts';
import type { Result } from '../../core/result.ts';
import type { ActionDef, Pressed } from '../actionDef.ts';
import type { Asker } from '../commandDef.ts';
import { type AccountValues, type ReadAccountForm, readAccountForm } from './accountForm.ts';

interface Needs {
  readonly asker: Asker;
  readonly door: Door;
  accountFacts(form: AccountForm, actor: Actor): Promise<Result<AccountFacts, Refusal>>;
  formAgain(form: AccountForm, values: AccountValues, faults: readonly FieldFault[]): Promise<Rendered | undefined>;
  formIsDone(formId: string, done: Rendered): void;
}

/** The form that asks something of an account was sent in. */
export const accountSubmit: ActionDef<ReadAccountForm, Needs> = {
  verb: 'account.submit',
  via: ['adaptiveCard/action'],
  parse: readAccountForm,
  async run({ form, faults, values }, needs): Promise<Pressed> {
    const { asker, door } = needs;
    if (faults.length > 0) return again(needs, form, values, { code: 'bad-form', faults });
    const facts = await needs.accountFacts(form, asker.actor);
    if (!facts.ok) return again(needs, form, values, facts.error);
    const outcome = await door.dispatch(asker.actor, { kind: 'open-account-request', form, facts: facts.value });
    if (!outcome.ok) return again(needs, form, values, outcome.error);
    const { request } = outcome.value;
    if (!request) throw new Error('the door opened a request and gave none back');
    const rendered = formDoneCard({ request });
    needs.formIsDone(form.formId, rendered);
    return { kind: 'card', rendered };
  },
};

async function again({ formAgain }: Needs, form: AccountForm, values: AccountValues, refusal: Refusal): Promise<Pressed> {
  if (refusal.code !== 'bad-form' && refusal.code !== 'too-few-left') return { kind: 'refused', refusal };
  const faults: readonly FieldFault[] = refusal.code === 'bad-form' ? refusal.faults : [{ field: 'fewer', problem: 'missing' }];
  const rendered = await formAgain(form, values, faults);
  return rendered ? { kind: 'refused', refusal, rendered } : { kind: 'refused', refusal };
}
