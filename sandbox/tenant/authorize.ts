import { createHash, randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PEOPLE, type PersonName, type SandboxTenant } from '../world.ts';
import { findApp } from './apps.ts';
import { type JsonObject, objectOf, textOf } from './json.ts';
import { findUser } from './membership.ts';
import type { UserRow } from './records.ts';
import { CODES, type Code } from './redeem.ts';
import { findTenant, type TenantState } from './state.ts';

/** Entra's own: a code is good for ten minutes. */
const CODE_MS = 600_000;
const STYLE =
  'body{font:16px/1.5 "Segoe UI",system-ui,sans-serif;margin:12vh auto;max-width:22rem;padding:0 1rem;color:#242424}' +
  'h1{font-size:1.4rem;font-weight:600}button{font:inherit;display:block;width:100%;text-align:left;padding:.55rem .8rem;margin:.4rem 0;' +
  'border:1px solid #d1d1d1;border-radius:4px;background:#fff;cursor:pointer}button:hover,button:focus{background:#f0f0f0}small{color:#616161}';
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; frame-ancestors 'none'`;

/** A well-formed request to sign somebody in. */
interface Asked {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly challenge: string;
  readonly state: string;
  readonly nonce: string | undefined;
  readonly contexts: readonly string[];
}

type Call = FastifyRequest<{ Params: { tenant: string } }>;

/**
 * Where people sign in. There are no passwords to know: whoever looks at the page says who they are, which is all a sandbox needs. Always
 * asks, as Entra does with `prompt=login`. A test posts the form itself; `claims` in it changes the id token, for hostile ones.
 */
export function registerAuthorize(server: FastifyInstance, state: TenantState): void {
  server.get('/:tenant/oauth2/v2.0/authorize', async (request: Call, reply) => {
    const tenant = findTenant(request.params.tenant);
    const asked = tenant ? readAsked(tenant, objectOf(request.query)) : 'There is no such tenant.';
    if (!tenant || typeof asked === 'string') return page(reply, 400, 'Sign-in is not possible', String(asked));
    const people = peopleOf(state, tenant).map(
      ([name, user]) =>
        `<button name="person" value="${name}">${html(user.properties.displayName ?? name)}<br><small>${html(user.properties.userPrincipalName)}</small></button>`,
    );
    return page(reply, 200, 'Sign in as', `<form method="post">${people.join('')}</form><small>Sandbox. Nothing here is real.</small>`);
  });

  server.post('/:tenant/oauth2/v2.0/authorize', async (request: Call, reply) => {
    const tenant = findTenant(request.params.tenant);
    const asked = tenant ? readAsked(tenant, objectOf(request.query)) : 'There is no such tenant.';
    if (!tenant || typeof asked === 'string') return page(reply, 400, 'Sign-in is not possible', String(asked));
    const form = objectOf(request.body);
    const user = peopleOf(state, tenant).find(([name]) => name === form.person)?.[1];
    if (!user) return page(reply, 400, 'Sign-in is not possible', 'AADSTS50034: The user account does not exist in the directory.');
    if (user.properties.accountEnabled !== true) {
      return page(reply, 400, 'Sign-in is not possible', 'AADSTS50057: The user account is disabled.');
    }
    const code: Code = {
      code: randomBytes(32).toString('base64url'),
      clientId: asked.clientId,
      redirectUri: asked.redirectUri,
      challenge: asked.challenge,
      expiresAtMs: Date.now() + CODE_MS,
      signIn: {
        tenantId: tenant.id,
        objectId: user.id,
        userPrincipalName: user.properties.userPrincipalName,
        contexts: asked.contexts,
        authenticatedAt: Math.floor(Date.now() / 1000),
        ...(asked.nonce === undefined ? {} : { nonce: asked.nonce }),
      },
      changes: parsed(textOf(form, 'claims')),
    };
    state.documents.put(CODES, code.code, code);
    const back = new URL(asked.redirectUri);
    back.searchParams.set('code', code.code);
    back.searchParams.set('state', asked.state);
    return reply.header('cache-control', 'no-store').redirect(back.href, 302);
  });
}

/** @returns what is wrong, in words, when the request is not one Entra would take from this app */
function readAsked(tenant: SandboxTenant, query: JsonObject): Asked | string {
  const app = findApp(textOf(query, 'client_id') ?? '', tenant);
  if (app?.name !== 'proof') return 'AADSTS700016: The application was not found in the directory.';
  const redirectUri = textOf(query, 'redirect_uri') ?? '';
  const url = URL.parse(redirectUri);
  const registered = url?.protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(url.hostname) && url.pathname === '/prove/callback';
  if (!registered) return 'AADSTS50011: The redirect URI is not one of those configured for the application.';
  if (query.response_type !== 'code') return 'AADSTS70005: response_type must be code.';
  if (!String(query.scope).split(' ').includes('openid')) return 'AADSTS70011: The scope must hold openid.';
  const [challenge, state] = [textOf(query, 'code_challenge'), textOf(query, 'state')];
  if (query.code_challenge_method !== 'S256' || !challenge) return 'AADSTS501491: A code_challenge with S256 is required.';
  if (!state) return 'AADSTS900144: The request must contain the parameter state.';
  const claims = objectOf(objectOf(parsed(textOf(query, 'claims'))).id_token);
  const context = textOf(objectOf(claims.acrs), 'value');
  return {
    clientId: app.appId,
    redirectUri,
    challenge,
    state,
    nonce: textOf(query, 'nonce'),
    contexts: context === undefined ? [] : [context],
  };
}

/** The sandbox's people who have an account in the tenant. */
function peopleOf(state: TenantState, tenant: SandboxTenant): [PersonName, UserRow][] {
  return (Object.keys(PEOPLE) as PersonName[]).flatMap((name): [PersonName, UserRow][] => {
    const user = findUser(state, tenant.id, PEOPLE[name].objectId);
    return user ? [[name, user]] : [];
  });
}

function parsed(text: string | undefined): JsonObject {
  if (text === undefined) return {};
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return {}; // what is no JSON asks for nothing
  }
}

const html = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

function page(reply: FastifyReply, status: number, title: string, body: string): FastifyReply {
  return reply
    .code(status)
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': POLICY,
      // Not `no-referrer`: the form would be sent with `Origin: null`, which this server refuses.
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    })
    .send(
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title} · sandbox</title>` +
        `<style>${STYLE}</style></head><body><h1>${title}</h1>${body}</body></html>`,
    );
}
