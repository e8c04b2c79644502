import { createHash, createHmac, randomBytes } from 'node:crypto';

/** 256 random bits, as they stand in an address. */
const TICKET = /^[\w-]{43}$/;

export const newTicket = (): string => randomBytes(32).toString('base64url');
/** What is kept of a ticket, and what the door knows it by. */
export const ticketHash = (ticket: string): string => createHash('sha256').update(ticket).digest('hex');

/** What ties an answer of the sign-in page to the browser and the ticket it was begun for. */
export interface Binding {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** One sign-in begun in one browser: the ticket and a secret only that browser keeps. */
export interface Begun {
  readonly ticket: string;
  readonly secret: string;
}

export const begin = (ticket: string): Begun => ({ ticket, secret: randomBytes(32).toString('base64url') });

/** All three follow from ticket and secret, so that nothing is kept here: any replica can take the answer, also after a restart. */
export function bindingOf({ ticket, secret }: Begun): Binding {
  const derive = (what: keyof Binding): string => createHmac('sha256', secret).update(`${what}:${ticket}`).digest('base64url');
  return { state: derive('state'), nonce: derive('nonce'), verifier: derive('verifier') };
}

/**
 * The cookie of a sign-in under way. `__Host-`: no other host, no subdomain and no page over http can have set it. Browsers take that
 * prefix over https only; over http, which is the sandbox's, it has a plain name.
 */
export function cookieFor(origin: string): {
  set(begun: Begun, seconds: number): string;
  clear: string;
  read(header: string | undefined): Begun | undefined;
} {
  const secure = origin.startsWith('https:');
  const name = secure ? '__Host-breakglass-proof' : 'breakglass-proof';
  const attributes = `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  return {
    set: ({ ticket, secret }, seconds) => `${name}=${ticket}.${secret}; Max-Age=${seconds}; ${attributes}`,
    clear: `${name}=; Max-Age=0; ${attributes}`,
    read(header) {
      const values = (header ?? '').split(';').flatMap((pair) => {
        const [key, value] = pair.trim().split('=', 2);
        return key === name && value !== undefined ? [value] : [];
      });
      const [ticket = '', secret = '', ...more] = (values.length === 1 ? (values[0] ?? '') : '').split('.');
      return more.length === 0 && TICKET.test(ticket) && TICKET.test(secret) ? { ticket, secret } : undefined;
    },
  };
}
