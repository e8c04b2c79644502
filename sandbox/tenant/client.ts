import { APPS } from '../world.ts';
import { type JsonObject, objectOf } from './json.ts';
import type { TenantServer } from './server.ts';

export interface ClientAnswer {
  readonly status: number;
  readonly body: JsonObject;
  readonly headers: Headers;
}

type GraphApp = 'reader' | 'changer' | 'policyKeeper';

/** A token of the login server for Graph, by client secret. */
export async function graphToken(server: TenantServer, app: GraphApp, tenantId: string): Promise<string> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: APPS[app],
    client_secret: server.secrets[app],
    scope: 'https://graph.microsoft.com/.default',
  });
  const answer = await fetch(`${server.url}/${tenantId}/oauth2/v2.0/token`, { method: 'POST', body: form });
  if (!answer.ok) throw new Error(`No token: ${await answer.text()}`);
  return String(objectOf(await answer.json()).access_token);
}

/** One call to the tenant server over HTTP, JSON in and out. */
export async function call(
  server: TenantServer,
  method: string,
  path: string,
  options: { readonly token?: string; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<ClientAnswer> {
  const answer = await fetch(server.url + path, {
    method,
    headers: {
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
      ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === '' ? {} : (JSON.parse(text) as JsonObject) };
}

/** Graph as one app of one tenant sees it; `path` is what follows `/v1.0`, or a whole nextLink. */
export async function graphClient(server: TenantServer, app: GraphApp, tenantId: string) {
  const token = await graphToken(server, app, tenantId);
  return (method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<ClientAnswer> =>
    call(server, method, `/v1.0${path.replace('https://graph.microsoft.com/v1.0', '')}`, {
      token,
      ...(body === undefined ? {} : { body }),
      ...(headers === undefined ? {} : { headers }),
    });
}
