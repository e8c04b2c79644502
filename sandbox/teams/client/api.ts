export type Json = Record<string, unknown>;
export type Where = 'channel' | 'personal';

export interface Person {
  readonly name: string;
  readonly displayName: string;
  readonly userPrincipalName: string;
  readonly roles: readonly string[];
  readonly standing: 'member' | 'guest' | 'external';
}

export interface Tenant {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly initialDomain: string;
  readonly exclusionGroupId: string;
}

export interface World {
  readonly tenantUrl: string;
  readonly now: string;
  readonly team: string;
  readonly channel: { readonly id: string; readonly name: string };
  readonly tenants: readonly Tenant[];
  readonly people: readonly Person[];
}

export interface ShownMessage {
  readonly id: string;
  readonly at: string;
  readonly updatedAt: string | null;
  readonly from: string;
  readonly text: string;
  readonly card: Json | null;
  readonly replyToId: string | null;
  readonly threadId: string | null;
}

export interface Outcome {
  readonly status: number;
  readonly message?: string;
  readonly card?: Json;
  readonly dialog?: { readonly id: string; readonly title: string; readonly card: Json };
  readonly signInUrl?: string;
}

export interface SignIn {
  readonly result: 'success' | 'failure';
  readonly errorCode: number;
  readonly signInId: string;
}

/** A call that was refused, with the server's sentence. */
export class CallFailed extends Error {}

export const world = (): Promise<World> => call('GET', '/sandbox/page');

export const messages = (as: string, where: Where): Promise<ShownMessage[]> => call('GET', `/sandbox/messages?as=${as}&where=${where}`);

export const say = (as: string, where: Where, text: string, replyToId?: string): Promise<{ messageId: string; status?: number }> =>
  call('POST', '/sandbox/say', { as, where, text, ...(replyToId !== undefined && { replyToId }) });

/** @param data what the button carries: tells two buttons of one verb apart */
export const press = (as: string, messageId: string, verb: string, inputs: Json, data: Json): Promise<Outcome> =>
  call('POST', '/sandbox/press', { as, messageId, verb, inputs, data });

export const submitDialog = (as: string, id: string, verb: string | undefined, inputs: Json): Promise<Outcome> =>
  call('POST', '/sandbox/dialog', { as, id, ...(verb !== undefined && { verb }), inputs });

export const closeDialog = (as: string, id: string): Promise<void> => call('POST', '/sandbox/dialog/close', { as, id });

export const signIn = (tenantUrl: string, attempt: Json): Promise<SignIn> => call('POST', `${tenantUrl}/sandbox/sign-ins`, attempt);

/** What a person does at the tenant's own page: signs in with a pass and registers a method. */
export const registerMethod = (tenantUrl: string, registration: Json): Promise<{ ok: true }> =>
  call('POST', `${tenantUrl}/sandbox/directory`, { do: 'register-method', ...registration });

/** What an administrator does to an account by hand, past the bot. */
export const byHand = (tenantUrl: string, deed: Json): Promise<{ ok: true }> => call('POST', `${tenantUrl}/sandbox/directory`, deed);

/** Lets something fail: in the tenant, or in Teams where `url` is empty. */
/** What whoever holds rights in Azure does to what watches the accounts from there. */
export const azureByHand = (tenantUrl: string, deed: Json): Promise<unknown> => call('POST', `${tenantUrl}/sandbox/azure`, deed);

export const letFail = (url: string, fault: Json): Promise<unknown> => call('POST', `${url}/sandbox/faults`, fault);

export const healAll = (tenantUrl: string): Promise<unknown> =>
  Promise.all([call('DELETE', `${tenantUrl}/sandbox/faults`), call('DELETE', '/sandbox/faults')]);

export const moveClock = (tenantUrl: string, advance: string): Promise<{ now: string }> =>
  call('POST', `${tenantUrl}/sandbox/clock`, { advance });

async function call<T>(method: string, url: string, body?: Json): Promise<T> {
  const sent = body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  let response: Response;
  try {
    response = await fetch(url, { method, ...sent });
  } catch {
    throw new CallFailed('The sandbox does not answer. Is it still running?');
  }
  const text = await response.text();
  const answer: unknown = text === '' ? undefined : JSON.parse(text);
  if (!response.ok) throw new CallFailed(sentence(answer) ?? `The sandbox answered ${response.status}.`);
  return answer as T;
}

function sentence(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return undefined;
  const { error } = answer;
  if (typeof error === 'string') return error;
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : undefined;
}
