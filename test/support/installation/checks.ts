import { partKey } from '../../../src/core/account/types.ts';
import { partContext } from '../../../src/custody/keyFile.ts';
import type { Machine } from './machine.ts';
import { fingerprint } from './memoryTenant.ts';

/** GR-2: users of ours that are enabled or privileged although no account on the watch list speaks of them. Looked at after every durable event. */
export function unwatched({ tenant, store }: Machine): string[] {
  const watched = new Set([...store.rows.account.values()].map(({ objectId }) => objectId));
  return [...tenant.users.values()]
    .filter(({ objectId, enabled }) => (enabled || tenant.administrators.has(objectId)) && !watched.has(objectId))
    .map(({ objectId }) => objectId);
}

/** The tenant as anybody would find it: what two runs of one plan must have in common, however they went. Passwords differ. */
export const tenantAsFound = ({ tenant }: Machine): object => ({
  users: [...tenant.users.values()].map(({ password: _password, passwordChangedAt: _at, ...user }) => user),
  bin: [...tenant.bin].sort(),
  members: [...tenant.members].sort(),
  administrators: [...tenant.administrators].sort(),
  unit: [...tenant.unit].sort(),
  policies: [...tenant.policies],
});

/** Writes that may happen again when nobody knows whether they did: who sees the password twice set never saw the first one. */
const REPEATABLE = ['setPassword', 'revokeSessions', 'issuePass'];

/** Writes of the log by call and subject, those that may be repeated once each. */
export function writesOnce({ tenant }: Machine): string[] {
  const lines = tenant.writes.map(({ call, about }) => `${call} ${about.join(' ')}`);
  return lines.filter((line, index) => !REPEATABLE.some((call) => line.startsWith(call)) || lines.indexOf(line) === index);
}

/** Names of accounts whose sealed parts, put together, are not the password in force; or that are to be handed over, and have none. */
export async function brokenCredentials({ store, tenant, custody }: Machine): Promise<string[]> {
  const broken: string[] = [];
  for (const account of store.rows.account.values()) {
    const sealed = account.parts.map(({ number, custodian }) => ({ key: partKey(account.id, number), custodian }));
    const held = sealed.filter(({ key }) => store.rows.sealed.has(key));
    if (held.length === 0 && account.state !== 'handover') continue; // nothing is to be handed over
    const parts = await Promise.all(
      held.map(({ key, custodian }) => custody.open(store.rows.sealed.get(key) ?? Buffer.of(), partContext(key, custodian.objectId))),
    );
    if (fingerprint(Buffer.concat(parts)) !== tenant.users.get(account.objectId)?.password) broken.push(account.id);
  }
  return broken;
}

/** What a creation that was taken back has left anywhere: user, role, membership, sealed part. Empty is as it must be (GR-5). */
export function residue({ tenant, store }: Machine, requestId: string): string[] {
  const account = [...store.rows.account.values()].find((row) => row.requestId === requestId);
  const ours = [...tenant.users.values()]
    .filter(({ marker }) => marker.startsWith(`breakglass:${requestId}:`))
    .map(({ objectId }) => objectId);
  const gone = [...tenant.bin];
  const sets = { members: tenant.members, administrators: tenant.administrators, unit: tenant.unit };
  return [
    ...ours.map((objectId) => `user ${objectId}`),
    ...Object.entries(sets).flatMap(([name, set]) => gone.filter((objectId) => set.has(objectId)).map((objectId) => `${name} ${objectId}`)),
    ...(account && account.state !== 'retired' ? [`account ${account.id} is ${account.state}`] : []),
    ...(account?.parts ?? [])
      .filter(({ number }) => store.rows.sealed.has(partKey(account?.id ?? '', number)))
      .map(({ number }) => `part ${number}`),
  ];
}
