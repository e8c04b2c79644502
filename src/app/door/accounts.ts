import { expirePart, revealPart } from '../../core/account/custody.ts';
import { partsBegun, partsHandedOut, replacedEffects, replaceParts, watchAccount } from '../../core/account/life.ts';
import { partKey } from '../../core/account/types.ts';
import { replacedBy } from '../../core/request/types.ts';
import { no, ok } from '../../core/result.ts';
import { change, type Outcome, type Scene, type Wanted } from './scene.ts';

/** The account row stands before the role does; found again when the step is run twice. */
export async function watch(scene: Scene, intent: Wanted<'watch-account'>): Promise<Outcome> {
  const { tx, now, random } = scene;
  const request = await tx.lock('request', intent.requestId);
  if (!request) return no({ code: 'not-found', what: 'request' });
  if (request.state !== 'approved' || request.fence !== intent.fence) return no({ code: 'stale-lease' });
  const { plan } = request;
  const known = 'accountId' in plan.account ? await tx.lock('account', plan.account.accountId) : await tx.accountOfRequest(request.id);
  if (known) return ok({ account: known });
  if (plan.operation !== 'create') return no({ code: 'not-found', what: 'account' });
  const account = watchAccount(plan, random.id('EA'), intent.objectId, intent.feed, now);
  await tx.insert('account', account);
  return ok({ account });
}

/** The parts of a request's password, sealed. Of an account that has one already, the old parts count for nothing from here on. */
export async function seal({ tx }: Scene, intent: Wanted<'seal-parts'>): Promise<Outcome> {
  const request = await tx.lock('request', intent.requestId);
  if (!request) return no({ code: 'not-found', what: 'request' });
  if (request.state !== 'approved' || request.fence !== intent.fence) return no({ code: 'stale-lease' });
  const { plan } = request;
  const id = 'accountId' in plan.account ? plan.account.accountId : (await tx.accountOfRequest(request.id))?.id;
  const account = id === undefined ? undefined : await tx.lock('account', id);
  if (!account || account.state === 'retired') return no({ code: 'not-found', what: 'account' });
  if (replacedBy(plan) === 'passkey') {
    const begun = partsBegun(account, plan.custodians, request.id);
    if (begun !== account) {
      await tx.save('account', begun);
      await tx.owe(replacedEffects(begun));
    }
    await tx.putSealedParts(account.id, intent.sealed);
    return ok({ account: begun });
  }
  const mine = account.sealedFor === request.id || account.requestId === request.id;
  if (!mine) {
    await tx.save('account', replaceParts(account, plan.custodians, request.id));
    for (const { number } of account.parts) await tx.takeSealedPart(partKey(account.id, number));
    await tx.owe(replacedEffects(account));
  }
  await tx.putSealedParts(account.id, intent.sealed);
  return ok({ account });
}

/** The parts that were sealed become ready, while what they are to replace still opens the account. */
export async function handOutParts(scene: Scene, { requestId, fence }: Wanted<'hand-out-parts'>): Promise<Outcome> {
  const request = await scene.tx.lock('request', requestId);
  if (!request) return no({ code: 'not-found', what: 'request' });
  if (request.state !== 'approved' || request.fence !== fence) return no({ code: 'stale-lease' });
  const { account } = request.plan;
  if (!('accountId' in account)) return no({ code: 'not-found', what: 'account' });
  return change(scene, 'account', account.accountId, (row) => partsHandedOut(row, scene.policy, scene.now));
}

/** "Shown" and the destruction of the stored part are one transaction; the part leaves the process only after it committed (CR-2). */
export async function reveal(scene: Scene, intent: Wanted<'reveal-part'>): Promise<Outcome> {
  const outcome = await change(scene, 'account', intent.accountId, (account) =>
    revealPart(account, intent.partNumber, scene.actor, scene.now),
  );
  if (!outcome.ok) return outcome;
  const sealed = await scene.tx.takeSealedPart(partKey(intent.accountId, intent.partNumber));
  if (!sealed) throw new Error(`part ${intent.partNumber} of ${intent.accountId} is ready but its sealed content is gone`);
  return ok({ ...outcome.value, sealed });
}

export async function expireSealed(scene: Scene, intent: Wanted<'expire-part'>): Promise<Outcome> {
  const outcome = await change(scene, 'account', intent.accountId, (account) => expirePart(account, intent.partNumber, scene.now));
  if (outcome.ok) await scene.tx.takeSealedPart(partKey(intent.accountId, intent.partNumber));
  return outcome;
}
