import { handOver, partsInsteadGivenUp, partsInsteadStored, retired, switched } from '../../core/account/life.ts';
import { keysInsteadGivenUp, keysStored, keysWithdrawn } from '../../core/account/passkeys.ts';
import type { EmergencyAccount } from '../../core/account/types.ts';
import { partKey } from '../../core/account/types.ts';
import type { Decision } from '../../core/decision.ts';
import { type ChangeRequest, oldIsGone, type RequestKind, replacedBy } from '../../core/request/types.ts';
import { no } from '../../core/result.ts';
import { change, type Outcome, type Scene } from './scene.ts';

/** What follows for the account when a plan was carried out, or taken back. Harmless twice. */
export async function concludeRequest(scene: Scene, requestId: string): Promise<Outcome> {
  const { tx } = scene;
  const request = await scene.tx.lock('request', requestId);
  if (!request) return no({ code: 'not-found', what: 'request' });
  const { plan } = request;
  const id = 'accountId' in plan.account ? plan.account.accountId : (await tx.accountOfRequest(requestId))?.id;
  if (id === undefined) return no({ code: 'nothing-to-do' }); // given up before there was an account
  const outcome = await change(scene, 'account', id, (account) =>
    'credential' in plan && plan.credential.kind === 'passkey'
      ? followKeys(scene, request, plan.credential.keys, account)
      : replacedBy(plan) === 'passkey'
        ? followPassword(request, account)
        : follow(scene, request.kind, request.state, account),
  );
  if (outcome.ok && outcome.value.account?.state === 'retired') {
    for (const { number } of outcome.value.account.parts) await tx.takeSealedPart(partKey(id, number));
  }
  return outcome;
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

function follow({ policy, now }: Scene, kind: RequestKind, state: string, account: EmergencyAccount): Decision<EmergencyAccount> {
  if (state === 'undone') return kind === 'create' ? retired(account, now) : no({ code: 'nothing-to-do' });
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
