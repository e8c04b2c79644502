import { type ServiceClientCredentials, ServiceClientCredentialsFactory } from 'botframework-connector';

/** A credential as `@azure/identity` has it; in the sandbox one that asks the sandbox's own token endpoint. */
export interface TokenCredential {
  getToken(scope: string): Promise<{ readonly token: string; readonly expiresOnTimestamp: number } | null>;
}

const RENEW_BEFORE_MS = 5 * 60_000;

/**
 * Outbound identity of the bot. One token is fetched at a time and kept until shortly before it ends: botframework-connector 4.23.3
 * fetches once for every call that waits, and always when a token lives less than five minutes.
 */
export class BotCredentials extends ServiceClientCredentialsFactory {
  readonly #appId: string;
  readonly #credential: TokenCredential;
  readonly #mayReceive: (url: unknown) => boolean;
  readonly #tokens = new Map<string, { readonly value: Promise<string>; renewAt: number }>();

  /** @param mayReceive says whether an address may get a token; asked for every single call (AU-4) */
  constructor(appId: string, credential: TokenCredential, mayReceive: (url: unknown) => boolean) {
    super();
    if (appId === '') throw new TypeError('the bot needs an app id');
    this.#appId = appId;
    this.#credential = credential;
    this.#mayReceive = mayReceive;
  }

  override async isValidAppId(appId: string): Promise<boolean> {
    return appId === this.#appId;
  }

  override async isAuthenticationDisabled(): Promise<boolean> {
    return false;
  }

  override async createCredentials(appId: string, audience: string | undefined): Promise<ServiceClientCredentials> {
    if (appId !== this.#appId || !audience) throw new Error('credentials were asked for somebody else');
    return {
      signRequest: async (request) => {
        if (!this.#mayReceive(request.url)) throw new Error('the address is not one the bot may send its token to');
        request.headers.set('authorization', `Bearer ${await this.#token(`${audience}/.default`)}`);
        return request;
      },
    };
  }

  #token(scope: string): Promise<string> {
    const known = this.#tokens.get(scope);
    if (known && Date.now() < known.renewAt) return known.value;
    const entry = { value: this.#fetch(scope, (expiresAt) => renew(expiresAt)), renewAt: Number.POSITIVE_INFINITY };
    const renew = (expiresAt: number): void => {
      const life = expiresAt - Date.now();
      entry.renewAt = expiresAt - Math.min(RENEW_BEFORE_MS, life / 2);
    };
    this.#tokens.set(scope, entry);
    // A failed fetch is not kept; those who wait for it see the failure themselves.
    entry.value.catch(() => this.#tokens.get(scope) === entry && this.#tokens.delete(scope));
    return entry.value;
  }

  async #fetch(scope: string, renew: (expiresAt: number) => void): Promise<string> {
    const found = await this.#credential.getToken(scope);
    if (!found) throw new Error('the identity service gave no token');
    renew(found.expiresOnTimestamp);
    return found.token;
  }
}
