import type { TokenSource } from '../graph/client.ts';
import { type Finding, failed, ok } from './finding.ts';

/** What the codes of Entra's token service mean for an installation (Learn, reference-error-codes). Its own words may name accounts. */
const HINTS: Readonly<Record<string, string>> = {
  AADSTS700016: 'The app is not known in that tenant: consent to it there, or correct clientId.',
  AADSTS7000215: 'The client secret is wrong or has ended: make a new one.',
  AADSTS7000222: 'The client secret has ended: make a new one.',
  AADSTS700027: 'The certificate is not registered on the app, or has ended: upload it.',
  AADSTS70021: 'No federated credential of the app fits: check issuer, subject and audience.',
  AADSTS700213: 'No federated credential of the app fits: the subject is the object id of the managed identity.',
  AADSTS700211: 'No federated credential of the app fits: check its issuer.',
  AADSTS700212: 'No federated credential of the app fits: check its audience against the table of clouds.',
  AADSTS90002: 'There is no such tenant in this cloud: check the tenant id and BREAKGLASS_CLOUD.',
  AADSTS53003: 'A Conditional Access policy for workload identities blocks it.',
  CredentialUnavailableError: 'There is no such managed identity on this machine: run this on the host, and assign the identity to it.',
  AggregateAuthenticationError: 'There is no such managed identity on this machine: run this on the host, and assign the identity to it.',
};
const PATIENCE_MS = 20_000;

/** Fetches one token and forgets it. Of a failure only the code is shown. */
export async function tokenFinding(step: string, scope: string, source: () => TokenSource): Promise<Finding> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('no answer in time'), { name: 'TimeoutError' })), PATIENCE_MS);
  });
  try {
    const token = await Promise.race([source().getToken(scope), late]);
    return token ? ok(step, 'a token was given.') : failed(step, 'no token was given.', 'Check the credential in the tenants file.');
  } catch (error) {
    const code = codeOf(error);
    return failed(step, `no token (${code}).`, HINTS[code] ?? 'Check the credential, and whether this machine reaches the login server.');
  } finally {
    clearTimeout(timer);
  }
}

/** What an error is called where its words may not be shown. */
export function codeOf(error: unknown): string {
  const { code, name, message } = Object(error) as { readonly code?: unknown; readonly name?: string; readonly message?: string };
  const system = typeof code === 'string' && /^[A-Z_]+$/.test(code) ? code : (name ?? 'unknown');
  return /AADSTS\d+/.exec(message ?? '')?.[0] ?? system;
}
