import { no, ok, type Result } from '../../core/result.ts';
import type { Aggregates } from '../ports.ts';
import type { Outcome, Scene } from './scene.ts';

type Request = Aggregates['request'];
type Held<T> = Result<T, Extract<Outcome, { ok: false }>['error']>;

/** The request, for a run that holds the newest lease on it: what an older one writes counts for nothing (AP-9). */
export async function leased(
  { tx }: Scene,
  { requestId, fence }: { readonly requestId: string; readonly fence: number },
): Promise<Held<Request>> {
  const request = await tx.lock('request', requestId);
  if (!request) return no({ code: 'not-found', what: 'request' });
  return request.state === 'approved' && request.fence === fence ? ok(request) : no({ code: 'stale-lease' });
}

/** The account that a request is about; of a new one from the instant that it is watched. */
export async function accountOf({ tx }: Scene, { id, plan: { account } }: Request): Promise<string | undefined> {
  return 'accountId' in account ? account.accountId : (await tx.accountOfRequest(id))?.id;
}

/** Both of them, where the account is there to be changed. */
export async function underLease(
  scene: Scene,
  lease: { readonly requestId: string; readonly fence: number },
): Promise<Held<{ readonly request: Request; readonly accountId: string }>> {
  const request = await leased(scene, lease);
  if (!request.ok) return request;
  const accountId = await accountOf(scene, request.value);
  return accountId === undefined ? no({ code: 'not-found', what: 'account' }) : ok({ request: request.value, accountId });
}
