import type { Door } from '../../app/dispatch.ts';
import type { Reads, TenantInfo } from '../../app/ports.ts';
import type { Rendered } from '../../cards/render.ts';
import { CHANGE_REQUEST } from '../../cards/views/createForm.ts';
import { requestCard } from '../../cards/views/request.ts';
import { personOf } from '../../core/decision.ts';
import type { Actor } from '../../core/people.ts';
import type { FieldFault, Refusal } from '../../core/refusal.ts';
import { stateAt } from '../../core/request/decide.ts';
import type { CreateForm, OpenFacts } from '../../core/request/open.ts';
import type { AccountFacts, AccountForm } from '../../core/request/openAccount.ts';
import type { ChangeRequest } from '../../core/request/types.ts';
import { no, ok, type Result } from '../../core/result.ts';
import type { AccountForms } from '../accountForms.ts';
import type { ActionDef, Pressed } from '../actionDef.ts';
import type { Asker } from '../commandDef.ts';
import type { Forms } from '../forms.ts';
import { type Data, digestFrom, idFrom } from '../input.ts';
import { viewerOf } from '../viewer.ts';
import { readAccountFields } from './accountForm.ts';
import { readCreateFields } from './createForm.ts';
import { withoutDomain } from './createSubmit.ts';

interface Which {
  readonly requestId: string;
  readonly planDigest: string;
}

interface Needs {
  readonly asker: Asker;
  readonly door: Door;
  readonly store: Pick<Reads, 'get' | 'now'>;
  readonly forms: Pick<Forms, 'edit'>;
  readonly accountForms: Pick<AccountForms, 'edit'>;
  tenant(tenantId: string): TenantInfo | undefined;
  openFacts(form: CreateForm, actor: Actor): Promise<Result<OpenFacts, Refusal>>;
  accountFacts(form: AccountForm, actor: Actor): Promise<Result<AccountFacts, Refusal>>;
}

function whichFrom(data: Data): Result<Which, Refusal> {
  const id = idFrom(data, 'request');
  if (!id.ok) return id;
  const digest = digestFrom(data);
  return digest.ok ? ok({ requestId: id.value, planDigest: digest.value }) : digest;
}

/**
 * The requester opens the form of their request that waits: in a dialog, because the card is drawn anew whenever somebody decides, and would take
 * what is being typed with it. Nothing is decided here; the door judges what is sent in.
 */
export const requestEdit: ActionDef<Which, Needs> = {
  verb: 'request.edit',
  via: ['task/fetch'],
  parse: whichFrom,
  async run(which, needs): Promise<Pressed> {
    const request = await ownPending(which, needs);
    if (!request.ok) return { kind: 'refused', refusal: request.error };
    const rendered = await formOf(request.value, needs);
    return rendered
      ? { kind: 'dialog', title: CHANGE_REQUEST, rendered }
      : { kind: 'refused', refusal: { code: 'not-found', what: 'account' } };
  },
};

/** What ends the form: whatever was typed, it is not to be sent again. */
const OVER: ReadonlySet<Refusal['code']> = new Set<Refusal['code']>([
  'closed',
  'not-requester',
  'stranger',
  'not-found',
  'too-many-versions',
]);

/** The changed form was sent in. */
export const requestResubmit: ActionDef<Which & { readonly data: Data }, Needs> = {
  verb: 'request.resubmit',
  via: ['task/submit'],
  parse(data) {
    const which = whichFrom(data);
    return which.ok ? ok({ ...which.value, data }) : which;
  },
  async run({ data, ...which }, needs): Promise<Pressed> {
    const { asker, door, store } = needs;
    const request = await ownPending(which, needs);
    if (!request.ok)
      return request.error.code === 'plan-changed' ? overtaken(which, data, needs) : { kind: 'refused', refusal: request.error };
    const wanted = await wantedFrom(request.value, data, needs);
    if (!wanted.ok) return { kind: 'refused', ...wanted.error };
    const outcome = await door.dispatch(asker.actor, { kind: 'edit-request', ...which, wanted: wanted.value.wanted });
    if (outcome.ok && outcome.value.request) {
      const rendered = requestCard(outcome.value.request, await store.now(), viewerOf(asker));
      return { kind: 'card', rendered, closing: 'Your request is changed. Whoever approved it before decides anew.' };
    }
    const refusal: Refusal = outcome.ok ? { code: 'nothing-to-do' } : outcome.error;
    if (refusal.code === 'plan-changed') return overtaken(which, data, needs);
    return { kind: 'refused', ...(await wanted.value.refused(refusal)) };
  },
};

/** The plan was drawn up anew while the form was open: it comes back for the plan as it is now, with what was typed. */
async function overtaken(which: Which, data: Data, needs: Needs): Promise<Pressed> {
  const refusal: Refusal = { code: 'plan-changed' };
  const request = await needs.store.get('request', which.requestId);
  const current = request && (await ownPending({ ...which, planDigest: request.planDigest }, needs));
  if (!current?.ok) return { kind: 'refused', refusal: current ? current.error : refusal };
  const rendered = await typedAgain(current.value, data, needs)([{ field: 'plan', problem: 'overtaken' }]);
  return rendered ? { kind: 'refused', refusal, rendered } : { kind: 'refused', refusal };
}

/** Draws the form of a request with what was sent in, and what is wrong with it. */
function typedAgain(request: ChangeRequest, data: Data, { asker, forms, accountForms }: Needs) {
  const { plan } = request;
  return async (wrong: readonly FieldFault[], refusal?: Refusal): Promise<Rendered | undefined> => {
    if (plan.operation === 'create')
      return forms.edit(asker.actor, request, plan, readCreateFields(data, request.formId).values, wrong, refusal);
    const which = { formId: request.formId, operation: plan.operation, accountId: plan.account.accountId };
    return accountForms.edit(asker.actor, request, plan, readAccountFields(data, which).values, wrong, refusal);
  };
}

/** The form stays, with what was typed and why it was not taken, for as long as another one could be. */
async function refusedWith(refusal: Refusal, again: ReturnType<typeof typedAgain>): Promise<Bad> {
  if (OVER.has(refusal.code)) return { refusal };
  const rendered =
    refusal.code === 'bad-form'
      ? await again(refusal.faults)
      : refusal.code === 'too-few-left'
        ? await again([{ field: 'fewer', problem: 'missing' }])
        : await again([], refusal);
  return rendered ? { refusal, rendered } : { refusal };
}

/** Courtesy: the door says the same again. */
async function ownPending({ requestId, planDigest }: Which, { asker, store }: Needs): Promise<Result<ChangeRequest, Refusal>> {
  const request = await store.get('request', requestId);
  if (!request) return no({ code: 'not-found', what: 'request' });
  const person = personOf(asker.actor);
  if (!person.ok) return person;
  if (person.value.personKey !== request.requester.personKey) return no({ code: 'not-requester' });
  const state = stateAt(request, await store.now());
  if (state !== 'pending') return no({ code: 'closed', state });
  return planDigest === request.planDigest ? ok(request) : no({ code: 'plan-changed' });
}

async function formOf(request: ChangeRequest, { asker, forms, accountForms }: Needs): Promise<Rendered | undefined> {
  const { plan } = request;
  return plan.operation === 'create' ? forms.edit(asker.actor, request, plan) : accountForms.edit(asker.actor, request, plan);
}

type Wanted = Parameters<Door['dispatch']>[1] extends infer I ? (I extends { kind: 'edit-request'; wanted: infer W } ? W : never) : never;
interface Read {
  readonly wanted: Wanted;
  refused(refusal: Refusal): Promise<Bad>;
}
type Bad = { readonly refusal: Refusal; readonly rendered?: Rendered };

/** What was sent in, with what it has to be judged by; or the form again with what is wrong with it. */
async function wantedFrom(request: ChangeRequest, data: Data, needs: Needs): Promise<Result<Read, Bad>> {
  const { asker } = needs;
  const { plan } = request;
  const refused = (refusal: Refusal): Promise<Bad> => refusedWith(refusal, typedAgain(request, data, needs));
  if (plan.operation === 'create') {
    const { form: typed, faults } = readCreateFields(data, request.formId);
    if (faults.length > 0) return no(await refused({ code: 'bad-form', faults }));
    const form = withoutDomain(typed, needs.tenant(typed.tenantId));
    const facts = await needs.openFacts(form, asker.actor);
    return facts.ok ? ok({ wanted: { form, facts: facts.value }, refused }) : no(await refused(facts.error));
  }
  const which = { formId: request.formId, operation: plan.operation, accountId: plan.account.accountId };
  const { form: typed, faults } = readAccountFields(data, which);
  const finding = 'finding' in plan ? plan.finding?.key : undefined;
  const form = finding === undefined ? typed : { ...typed, finding };
  if (faults.length > 0) return no(await refused({ code: 'bad-form', faults }));
  const facts = await needs.accountFacts(form, asker.actor);
  return facts.ok ? ok({ wanted: { accountForm: form, accountFacts: facts.value }, refused }) : no(await refused(facts.error));
}
