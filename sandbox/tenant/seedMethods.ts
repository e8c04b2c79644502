import type { SandboxTenant } from '../world.ts';
import type { JsonObject } from './json.ts';
import type { MethodRow, UserRow } from './records.ts';
import { madeMethod } from './registerMethod.ts';
import { administratorOf, furtherAdministrator, staffMember } from './seedUsers.ts';

const SINCE = '2025-03-10T09:00:00Z';
const AUTHENTICATOR = { method: 'microsoftAuthenticator' };
const PHONE = { method: 'phone' };

/** Administrators as one meets them: one with two keys, one with a passkey that is synced, others with an app or a text message. */
function methodsByUser(tenant: SandboxTenant): Readonly<Record<string, readonly JsonObject[]>> {
  const [hana, iris, jonas, kira] = [administratorOf(tenant).id, ...[1, 2, 3].map((number) => furtherAdministrator(tenant, number))];
  const staff = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [staffMember(tenant, index), index % 3 === 0 ? [AUTHENTICATOR, PHONE] : [AUTHENTICATOR]]),
  );
  const key = { method: 'fido2', model: 'YubiKey 5C NFC' };
  return {
    ...staff,
    [String(hana)]: [
      { ...key, displayName: 'Key on the ring' },
      { ...key, displayName: 'Key in the safe' },
      { method: 'windowsHelloForBusiness', displayName: 'PAW-HANA' },
    ],
    [String(iris)]: [{ method: 'fido2', deviceBound: false }, AUTHENTICATOR],
    [String(jonas)]: [AUTHENTICATOR, { method: 'softwareOath' }, PHONE],
    [String(kira)]: [PHONE, { method: 'email' }],
  };
}

/** Methods people of a tenant have when it starts. */
export function seedMethodsOf(tenant: SandboxTenant, users: readonly UserRow[]): readonly MethodRow[] {
  const wanted = methodsByUser(tenant);
  return users.flatMap((user) => (wanted[user.id] ?? []).map((body) => madeMethod(user, SINCE, body)));
}
