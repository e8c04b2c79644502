import { isObject } from './json.ts';

const SECRET = /^(password|newPassword|currentPassword|temporaryAccessPass|client_secret|access_token)$/i;

/** The same body with every password replaced: what is recorded may be read by anybody. */
export function masked(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(masked);
  if (!isObject(body)) return body ?? null;
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, SECRET.test(name) && value !== null ? '[masked]' : masked(value)]),
  );
}
