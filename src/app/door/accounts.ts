import { expirePart, revealPart } from '../../core/account/custody.ts';
import { partsBegun, partsHandedOut, replacedEffects, replaceParts, watchAccount } from '../../core/account/life.ts';
import { partKey } from '../../core/account/types.ts';
import { replacedBy } from '../../core/request/types.ts';
import { no, ok } from '../../core/result.ts';
import type { Aggregates } from '../ports.ts';
import { accountOf, leased, underLease } from './lease.ts';
import { change, type Outcome, type Scene, type Wanted } from './scene.ts';

/** The account row stands before the role does; found again when the step is run twice. */
export async function watch(scene: Scene, intent: Wanted<'watch-account'>): Promise<Outcome> {
  const { tx, now, random } = scene;
  const held = await leased(scene, intent);
  if (!held.ok) return held;
  const { plan } = held.value;
  const known = await found(scene, held.value);
  if (known) return ok({ account: known });
  if (plan.operation !== 'create') return no({ code: 'not-found', what: 'account' });
  const account = watchAccount(plan, random.id('EA'), intent.objectId, intent.feed, now);
  await tx.insert('account', account);
  return ok({ account });
}

async function found(scene: Scene, request: Aggregates['request']): Promise<Aggregates['account'] | undefined> {
  const id = await accountOf(scene, request);
  return id === undefined ? undefined : scene.tx.lock('account', id);
}

/** The parts of a request's password, sealed. Of an account that has one already, the old parts count for nothing from here on. */
export async function seal(scene: Scene, intent: Wanted<'seal-parts'>): Promise<Outcome> {
  const { tx } = scene;
  const held = await leased(scene, intent);
  if (!held.ok) return held;
  const request = held.value;
  const { plan } = request;
  const account = await found(scene, request);
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
export async function handOutParts(scene: Scene, intent: Wanted<'hand-out-parts'>): Promise<Outcome> {
  const held = await underLease(scene, intent);
  return held.ok ? change(scene, 'account', held.value.accountId, (account) => partsHandedOut(account, scene.policy, scene.now)) : held;
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
