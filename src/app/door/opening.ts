import { type SeenAccount, usableWithout } from '../../core/account/usable.ts';
import { HOUR, later, personOf } from '../../core/decision.ts';
import type { Refusal } from '../../core/refusal.ts';
import { edit } from '../../core/request/edit.ts';
import { type CreateForm, draftCreate, openCreate } from '../../core/request/open.ts';
import { type AccountForm, draftAccount, openAccount } from '../../core/request/openAccount.ts';
import { type Draft, type Lately, tooOften } from '../../core/request/opening.ts';
import { OPEN_STATES } from '../../core/request/types.ts';
import { no, ok, type Result } from '../../core/result.ts';
import type { Aggregates } from '../ports.ts';
import { change, type Outcome, type Scene, type Wanted } from './scene.ts';

export async function open(scene: Scene, intent: Wanted<'open-request'>): Promise<Outcome> {
  const { tx, actor, now, random, policy } = scene;
  const { facts } = intent;
  const asked = await askedSoFar(scene);
  const { form, sameForm } = await sentIn(tx, intent.form, actor);
  const sameName = facts.tenant && (await tx.claimOfName(`${form.userName}@${facts.tenant.initialDomain}`));
  const sameTenant = facts.tenant && (await tx.openRequestFor(facts.tenant.id));
  const state = {
    ...asked,
    ...(sameForm ? { sameForm } : {}),
    ...(sameName ? { sameName } : {}),
    ...(sameTenant ? { sameTenant } : {}),
  };
  return keep(tx, openCreate(actor, form, facts, state, policy, random.id('R'), now), sameForm);
}

/** What limits how much this person may ask (AP-12). Counted in their turn, so that of two that they ask at once the second counts the first. */
async function askedSoFar(scene: Scene): Promise<{ readonly openByRequester: number; readonly lately: Lately }> {
  const { tx, actor } = scene;
  const personKey = actor.kind === 'person' ? actor.person.personKey : '';
  await tx.turnOf(personKey);
  return { openByRequester: await tx.openRequestsBy(personKey), lately: await lately(scene, personKey) };
}

/** What this person asked, of as long ago as a request may still wait and be edited. */
const lately = ({ tx, now, policy }: Scene, personKey: string): Promise<Lately> =>
  tx.requestsSince(personKey, later(now, -policy.requestExpiryHours * HOUR));

/** The account's row is locked before it is looked for others: of two requests asked of it at once, one is open when the other is judged. */
export async function openOnAccount(scene: Scene, intent: Wanted<'open-account-request'>): Promise<Outcome> {
  const { tx, actor, now, random, policy } = scene;
  const { facts } = intent;
  const asked = await askedSoFar(scene);
  const known = await accountState(scene, intent.form.accountId, facts.others);
  const { form, sameForm } = await sentIn(tx, intent.form, actor);
  const busy = await tx.openRequestOfAccount(form.accountId);
  const state = {
    ...known,
    ...asked,
    ...(sameForm ? { sameForm } : {}),
    ...(busy ? { busy } : {}),
  };
  return keep(tx, openAccount(actor, form, facts, state, policy, random.id('R'), now), sameForm);
}

/**
 * The form under the name it is kept by, and the request that came of it. A form stands in a channel, so others send it in as well: theirs
 * is a form of their own. And a finding may be there again when the request to mend it is over: its button asks anew.
 */
async function sentIn<F extends CreateForm | AccountForm>(
  tx: Scene['tx'],
  form: F,
  actor: Scene['actor'],
): Promise<{ form: F; sameForm: Aggregates['request'] | undefined }> {
  const own = actor.kind === 'person' ? actor.person.objectId : '';
  let { formId } = form;
  let sameForm = await tx.requestOfForm(formId);
  if (sameForm && sameForm.requester.objectId !== own) {
    formId = `${formId}:${own}`;
    sameForm = await tx.requestOfForm(formId);
  }
  const asksAnew = 'operation' in form && form.operation === 'repair';
  while (asksAnew && sameForm && !OPEN_STATES.includes(sameForm.state)) {
    formId = `${form.formId}:${sameForm.id}`;
    sameForm = await tx.requestOfForm(formId);
  }
  return { form: { ...form, formId }, sameForm };
}

async function keep(
  tx: Scene['tx'],
  decision: ReturnType<typeof openCreate>,
  sameForm: Aggregates['request'] | undefined,
): Promise<Outcome> {
  if (!decision.ok) return decision;
  const { next: request, effects } = decision.value;
  if (request.id !== sameForm?.id) {
    await tx.insert('request', request);
    await tx.owe(effects);
  }
  return ok({ request });
}

async function accountState({ tx }: Scene, accountId: string, seen: readonly SeenAccount[] = []) {
  const account = await tx.lock('account', accountId);
  const othersInTenant = account ? usableWithout(await tx.accountsOf(account.tenantId), account.id, seen) : 0;
  return { ...(account ? { account } : {}), othersInTenant };
}

/** The form once more, judged as for a new request, under the larger quorum of then and now (AP-5) and the expiry of then (AP-7). */
export async function editRequest(scene: Scene, intent: Wanted<'edit-request'>): Promise<Outcome> {
  const { tx, actor, now } = scene;
  const request = await tx.lock('request', intent.requestId);
  if (!request) return no({ code: 'not-found', what: 'request' });
  // Said before the form is judged: whose request it is not learns nothing about it.
  const person = personOf(actor);
  if (!person.ok) return person;
  if (person.value.personKey !== request.requester.personKey) return no({ code: 'not-requester' });
  await tx.turnOf(person.value.personKey); // before the account, as everywhere
  const draft = await draftAgain(scene, request, intent.wanted);
  if (!draft.ok) return draft;
  const { plan, told } = draft.value;
  const often = tooOften(await lately(scene, person.value.personKey), scene.policy.requestsPerHour, now);
  return change(scene, 'request', request.id, (current) => {
    const edited = edit(current, actor, intent.planDigest, plan, told, now);
    return edited.ok && often ? no(often) : edited;
  });
}

async function draftAgain(
  scene: Scene,
  request: Aggregates['request'],
  wanted: Wanted<'edit-request'>['wanted'],
): Promise<Result<Draft, Refusal>> {
  const { tx, policy } = scene;
  const frame = {
    requestId: request.id,
    version: request.plan.version + 1,
    requester: request.requester,
    quorum: Math.max(request.quorum, policy.quorum),
    policyVersion: policy.policyVersion,
    expiresAt: request.expiresAt,
  };
  if ('accountForm' in wanted) {
    const { accountForm, accountFacts } = wanted;
    const { plan } = request;
    // It stays the same kind of request, on the same account.
    const same =
      'accountId' in plan.account && plan.account.accountId === accountForm.accountId && plan.operation === accountForm.operation;
    return same
      ? draftAccount(accountForm, accountFacts, frame, await accountState(scene, accountForm.accountId, accountFacts.others))
      : no({ code: 'plan-changed' });
  }
  const { form, facts } = wanted;
  const { plan } = request;
  if (plan.operation !== 'create') return no({ code: 'plan-changed' });
  const sameName = facts.tenant && (await tx.claimOfName(`${form.userName}@${facts.tenant.initialDomain}`));
  return draftCreate(form, facts, frame, sameName ? { sameName } : {});
}
