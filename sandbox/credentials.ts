/** Fetches real tokens of the sandbox's login server with a client secret, as an `@azure/identity` class would. Cached until near expiry. */
export function loopbackCredential(tenantUrl: string, tenantId: string, clientId: string, secret: string) {
  const cache = new Map<string, { token: string; expiresOnTimestamp: number }>();
  return {
    async getToken(scope: string | string[]): Promise<{ token: string; expiresOnTimestamp: number }> {
      const wanted = typeof scope === 'string' ? scope : scope.join(' ');
      const known = cache.get(wanted);
      if (known && known.expiresOnTimestamp - Date.now() > 300_000) return known;
      const response = await fetch(`${tenantUrl}/${tenantId}/oauth2/v2.0/token`, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: secret, scope: wanted }),
        signal: AbortSignal.timeout(5_000),
      });
      if (!response.ok) throw new Error(`the sandbox login server answered ${response.status}`);
      const { access_token: token, expires_in: seconds } = (await response.json()) as { access_token: string; expires_in: number };
      const fresh = { token, expiresOnTimestamp: Date.now() + seconds * 1000 };
      cache.set(wanted, fresh);
      return fresh;
    },
  };
}
