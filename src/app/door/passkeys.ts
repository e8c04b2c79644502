import { keysBegun } from '../../core/account/life.ts';
import { keyRefused, keyRegistered, passIssued } from '../../core/account/passkeys.ts';
import { partKey, WHY_REFUSED } from '../../core/account/types.ts';
import { replacedBy, subjectOfStep } from '../../core/request/types.ts';
import { no } from '../../core/result.ts';
import { accountOf, underLease } from './lease.ts';
import { change, type Outcome, type Scene, type Wanted } from './scene.ts';

/** The pass of the custodian who is next, sealed: it takes the place of any that was made before. */
export async function sealPass(scene: Scene, intent: Wanted<'seal-pass'>): Promise<Outcome> {
  const { tx } = scene;
  const { requestId, partNumber, sealed, expiresAt } = intent;
  const held = await underLease(scene, intent);
  if (!held.ok) return held;
  const { request, accountId } = held.value;
  const custodian = request.plan.custodians[partNumber - 1];
  if (!custodian) return no({ code: 'not-found', what: 'part' });
  const pass = { ...intent.pass, requestId };
  const { plan } = request;
  const outcome = await change(scene, 'account', accountId, (account) => {
    if (account.state === 'retired') return no({ code: 'not-found', what: 'account' });
    const first = replacedBy(plan) !== undefined && account.held?.requestId !== requestId;
    // One change to the row, whatever it holds: its revision rises by one.
    const ready = first ? { ...keysBegun(account, plan.custodians, requestId), revision: account.revision } : account;
    return passIssued(ready, partNumber, custodian, pass, expiresAt);
  });
  if (outcome.ok) await tx.putSealedPart(partKey(accountId, partNumber), sealed);
  return outcome;
}

export async function recordKey(scene: Scene, { partNumber, key, ...lease }: Wanted<'record-key'>): Promise<Outcome> {
  const held = await underLease(scene, lease);
  return held.ok ? change(scene, 'account', held.value.accountId, (account) => keyRegistered(account, partNumber, key)) : held;
}

/** A run stopped because nothing came of a pass: its custodian hears why, as well as the channel. */
export async function tellCustodian(scene: Scene, { requestId, failure }: Wanted<'fail-run'>, outcome: Outcome): Promise<Outcome> {
  const why = WHY_REFUSED.find((code) => code === failure.code);
  const request = outcome.ok ? outcome.value.request : undefined;
  if (why === undefined || request?.state !== 'failed') return outcome;
  const accountId = await accountOf(scene, request);
  if (accountId === undefined) return outcome;
  await change(scene, 'account', accountId, (account) =>
    keyRefused(account, Number(subjectOfStep(failure.step)), requestId, why, scene.now),
  );
  return outcome;
}
