import type { Door } from '../../app/dispatch.ts';
import { formDoneCard } from '../../cards/views/formDone.ts';
import { personWith } from '../../core/decision.ts';
import type { Actor } from '../../core/people.ts';
import { PROFILES } from '../../core/posture/profiles.ts';
import type { Refusal } from '../../core/refusal.ts';
import type { AccountFacts, AccountForm } from '../../core/request/openAccount.ts';
import { no, ok, type Result } from '../../core/result.ts';
import type { ActionDef, Pressed } from '../actionDef.ts';
import type { Asker } from '../commandDef.ts';
import { idFrom } from '../input.ts';

interface Args {
  readonly formId: string;
  readonly accountId: string;
  readonly check: string;
  /** Check and what it is about, as posture keys it. */
  readonly finding: string;
}

interface Needs {
  readonly asker: Asker;
  readonly door: Door;
  accountFacts(form: AccountForm, actor: Actor): Promise<Result<AccountFacts, Refusal>>;
}

/** Asks for the repair of one finding. Of the card nothing is believed but which finding was on it: the tenant is read again. */
export const postureRepair: ActionDef<Args, Needs> = {
  verb: 'posture.repair',
  // In a dialog, so that the report stays where it is; cards from before have a button of the other kind.
  via: ['task/fetch', 'adaptiveCard/action'],
  parse(data) {
    const id = idFrom(data, 'form');
    if (!id.ok) return id;
    const [formId = '', accountId = '', check = '', about = '', ...rest] = id.value.split(':');
    const whole = formId !== '' && accountId !== '' && check !== '' && about !== '' && rest.length === 0;
    return whole ? ok({ formId, accountId, check, finding: `${check}:${about}` }) : no({ code: 'not-found', what: 'form' });
  },
  async run({ formId, accountId, check, finding }, { asker, door, accountFacts }): Promise<Pressed> {
    const requester = personWith(asker.actor, 'requester');
    if (!requester.ok) return { kind: 'refused', refusal: requester.error };
    const fault = PROFILES.flatMap(({ checks }) => checks).find(({ id }) => id === check)?.fault;
    if (fault === undefined) return { kind: 'refused', refusal: { code: 'not-found', what: 'form' } };
    const reason = `Posture found: ${fault}.`;
    const form: AccountForm = { formId, operation: 'repair', accountId, reason, custodians: [], leaving: '', fewer: false, finding };
    const facts = await accountFacts(form, asker.actor);
    if (!facts.ok) return { kind: 'refused', refusal: facts.error };
    const outcome = await door.dispatch(asker.actor, { kind: 'open-account-request', form, facts: facts.value });
    if (!outcome.ok) return { kind: 'refused', refusal: outcome.error };
    const { request } = outcome.value;
    if (!request) throw new Error('the door opened a request and gave none back');
    return { kind: 'dialog', title: 'Repair requested', rendered: formDoneCard({ request }) };
  },
};
