import { createHash } from 'node:crypto';
import type { SandboxTenant } from '../world.ts';
import { type ClientSecrets, findApp } from './apps.ts';
import { type JsonObject, textOf } from './json.ts';
import { bad, type LoginRefusal, sameSecret } from './loginRefusal.ts';
import type { TenantState } from './state.ts';
import { type SignIn, TOKEN_SECONDS, type TokenAuthority } from './tokens.ts';

/** An authorization code that was given out and not yet redeemed. */
export interface Code {
  readonly code: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly challenge: string;
  /** Real milliseconds. */
  readonly expiresAtMs: number;
  readonly signIn: SignIn;
  readonly changes: JsonObject;
}

/** The token endpoint's answer. */
export interface Redeemed {
  readonly token_type: 'Bearer';
  readonly scope: string;
  readonly expires_in: number;
  readonly ext_expires_in: number;
  readonly access_token: string;
  readonly id_token: string;
}

export const CODES = 'tenant.codes';

/** `grant_type=authorization_code`: once, for the app and address it was made for, by whoever knows both secret and verifier. */
export async function redeemCode(
  { documents }: TenantState,
  tokens: TokenAuthority,
  tenant: SandboxTenant,
  form: JsonObject,
  secrets: ClientSecrets,
): Promise<LoginRefusal | Redeemed> {
  const app = findApp(textOf(form, 'client_id') ?? '', tenant);
  if (!app || app.name === 'identity' || app.name === 'azureMonitor')
    return bad('unauthorized_client', 700016, 'The application was not found in the directory.');
  if (!sameSecret(textOf(form, 'client_secret') ?? '', secrets[app.name])) {
    return bad('invalid_client', 7000215, `Invalid client secret provided for app '${app.appId}'.`, 401);
  }
  const kept = documents.get<Code>(CODES, textOf(form, 'code') ?? '');
  if (kept) documents.remove(CODES, kept.code);
  if (kept?.clientId !== app.appId || kept.signIn.tenantId !== tenant.id || kept.expiresAtMs < Date.now()) {
    return bad('invalid_grant', 54005, 'OAuth2 Authorization code was already redeemed, please retry with a new valid code.');
  }
  if (kept.redirectUri !== form.redirect_uri) return bad('invalid_grant', 50011, 'The redirect URI is not the one of the request.');
  const challenge = createHash('sha256')
    .update(textOf(form, 'code_verifier') ?? '')
    .digest('base64url');
  if (challenge !== kept.challenge) return bad('invalid_grant', 501481, 'The Code_Verifier does not match the code_challenge supplied.');
  const idToken = await tokens.issueIdToken(app, kept.signIn, kept.changes);
  return {
    token_type: 'Bearer',
    scope: 'openid profile',
    expires_in: TOKEN_SECONDS,
    ext_expires_in: TOKEN_SECONDS,
    access_token: await tokens.issue(app, tenant.id),
    id_token: idToken,
  };
}
