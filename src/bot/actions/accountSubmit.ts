import type { Door } from '../../app/dispatch.ts';
import type { Rendered } from '../../cards/render.ts';
import { formDoneCard, formDoneWords } from '../../cards/views/formDone.ts';
import type { Actor } from '../../core/people.ts';
import type { FieldFault, Refusal } from '../../core/refusal.ts';
import type { AccountFacts, AccountForm } from '../../core/request/openAccount.ts';
import type { Result } from '../../core/result.ts';
import type { FormPlace } from '../accountForms.ts';
import type { ActionDef, InvokeName, Pressed } from '../actionDef.ts';
import type { Asker } from '../commandDef.ts';
import { type AccountValues, type ReadAccountForm, readAccountForm } from './accountForm.ts';

interface Needs {
  readonly asker: Asker;
  readonly via: InvokeName;
  readonly door: Door;
  accountFacts(form: AccountForm, actor: Actor): Promise<Result<AccountFacts, Refusal>>;
  formAgain(
    form: AccountForm,
    values: AccountValues,
    faults: readonly FieldFault[],
    place: FormPlace,
    refusal?: Refusal,
  ): Promise<Rendered | undefined>;
  formIsDone(formId: string, done: Rendered): void;
}

/** What ends a form in a dialog: whatever was typed, it is not to be sent again. */
const OVER: ReadonlySet<Refusal['code']> = new Set<Refusal['code']>([
  'stranger',
  'missing-role',
  'not-found',
  'account-unsuitable',
  'account-busy',
]);

/** The form that asks something of an account was sent in: from its message, or from the dialog that a button opened. */
export const accountSubmit: ActionDef<ReadAccountForm, Needs> = {
  verb: 'account.submit',
  via: ['adaptiveCard/action', 'task/submit'],
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
    return { kind: 'card', rendered, closing: formDoneWords(request) };
  },
};

/** The form with what was typed, where a field is to blame. A dialog would close over everything else and take it along, so it stays as long as it can be sent. */
async function again({ formAgain, via }: Needs, form: AccountForm, values: AccountValues, refusal: Refusal): Promise<Pressed> {
  const inDialog = via === 'task/submit';
  const ofField = refusal.code === 'bad-form' || refusal.code === 'too-few-left';
  if (!ofField && (!inDialog || OVER.has(refusal.code))) return { kind: 'refused', refusal };
  const faults: readonly FieldFault[] =
    refusal.code === 'bad-form' ? refusal.faults : refusal.code === 'too-few-left' ? [{ field: 'fewer', problem: 'missing' }] : [];
  const rendered = await formAgain(form, values, faults, inDialog ? 'dialog' : 'message', ofField ? undefined : refusal);
  return rendered ? { kind: 'refused', refusal, rendered } : { kind: 'refused', refusal };
}
