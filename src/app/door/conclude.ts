import { handOver, leftHalfWay, overcome, partsInsteadGivenUp, partsInsteadStored, retired, switched } from '../../core/account/life.ts';
import { keysInsteadGivenUp, keysStored, keysWithdrawn } from '../../core/account/passkeys.ts';
import type { EmergencyAccount } from '../../core/account/types.ts';
import { partKey } from '../../core/account/types.ts';
import { mend } from '../../core/alert/mend.ts';
import type { Decision } from '../../core/decision.ts';
import { whatStays } from '../../core/request/stays.ts';
import { type ChangeRequest, oldIsGone, replacedBy } from '../../core/request/types.ts';
import { no, ok } from '../../core/result.ts';
import { accountOf } from './lease.ts';
import { change, type Outcome, type Scene } from './scene.ts';

/** What follows for the account when a plan was carried out, or taken back. Harmless twice. */
export async function concludeRequest(scene: Scene, requestId: string): Promise<Outcome> {
  const { tx } = scene;
  const request = await tx.lock('request', requestId);
  if (!request) return no({ code: 'not-found', what: 'request' });
  const { plan } = request;
  const id = await accountOf(scene, request);
  if (id === undefined) return no({ code: 'nothing-to-do' }); // given up before there was an account
  const outcome = await change(scene, 'account', id, (account) => {
    const followed =
      'credential' in plan && plan.credential.kind === 'passkey'
        ? followKeys(scene, request, plan.credential.keys, account)
        : replacedBy(plan) === 'passkey'
          ? followPassword(request, account)
          : follow(scene, request, account);
    return request.state === 'applied' ? overcome(followed, account) : followed;
  });
  const account = outcome.ok ? outcome.value.account : undefined;
  if (account?.state === 'retired') for (const { number } of account.parts) await tx.takeSealedPart(partKey(id, number));
  const any = await mended(scene, request, id);
  return any && !outcome.ok ? ok({}) : outcome;
}

/** Alerts that told of what opens the account, or that nothing does, end with what the request made of that. */
async function mended(scene: Scene, request: ChangeRequest, accountId: string): Promise<boolean> {
  const { tx, now } = scene;
  const account = await tx.lock('account', accountId);
  if (!account) return false;
  let any = false;
  for (const alertId of await tx.credentialAlerts(accountId)) {
    const { ok: ended } = await change(scene, 'alert', alertId, (alert) => mend(alert, request, account, now));
    any ||= ended;
  }
  return any;
}

function followKeys({ policy, now }: Scene, request: ChangeRequest, keys: number, account: EmergencyAccount): Decision<EmergencyAccount> {
  if (request.state === 'applied') return keysStored(account, keys, policy, now);
  if (request.state !== 'undone') return no({ code: 'nothing-to-do' });
  if (request.kind === 'create') return retired(account, now);
  const gone = oldIsGone(request);
  return replacedBy(request.plan) === undefined
    ? keysWithdrawn(account, request.id, keys, gone, now)
    : keysInsteadGivenUp(account, request.id, gone, now);
}

function followPassword(request: ChangeRequest, account: EmergencyAccount): Decision<EmergencyAccount> {
  if (request.state === 'applied') return partsInsteadStored(account);
  return request.state === 'undone' ? partsInsteadGivenUp(account, request.id, oldIsGone(request)) : no({ code: 'nothing-to-do' });
}

function follow({ policy, now }: Scene, request: ChangeRequest, account: EmergencyAccount): Decision<EmergencyAccount> {
  const { kind, state } = request;
  if (state === 'undone' && kind === 'create') return retired(account, now);
  // Taken back it was read back as disabled, whatever it was before.
  if (state === 'undone' && kind === 'enable') return switched(account, 'disable', now);
  if (state === 'undone' || state === 'withdrawn') return leftHalfWay(account, request.id, whatStays(request), now);
  if (state !== 'applied') return no({ code: 'nothing-to-do' });
  switch (kind) {
    case 'create':
    case 'rotate':
    case 'handover':
      return handOver(account, policy, now);
    case 'disable':
    case 'enable':
      return switched(account, kind, now);
    case 'retire':
      return retired(account, now);
    case 'exclude':
    case 'repair':
      return no({ code: 'nothing-to-do' });
  }
}
