import type { PersonName } from '../../sandbox/world.ts';

/** A page as the browser shows it at the end. */
export interface ProofPage {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

/** A browser of one person who gives the second proof: keeps cookies, follows no redirect by itself. */
export class ProofBrowser {
  readonly #cookies = new Map<string, string>();

  async open(url: string): Promise<ProofPage & { readonly location: string | null }> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { redirect: 'manual', headers: cookie === '' ? {} : { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return { status: response.status, text: await response.text(), headers: response.headers, location: response.headers.get('location') };
  }

  /** Opens the link and signs in. @returns the address the login page sends the browser back to */
  async signIn(url: string | undefined, person: PersonName, claims: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const { location } = await this.open(url ?? '');
    const body = new URLSearchParams({ person, claims: JSON.stringify(claims) });
    const answer = await fetch(location ?? '', { method: 'POST', body, redirect: 'manual' });
    return answer.headers.get('location') ?? `no way back: ${answer.status} ${await answer.text()}`;
  }

  async prove(url: string | undefined, person: PersonName, claims: Readonly<Record<string, unknown>> = {}): Promise<ProofPage> {
    return this.open(await this.signIn(url, person, claims));
  }
}
