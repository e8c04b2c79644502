import { asItStands } from './life.ts';
import type { EmergencyAccount, Part } from './types.ts';

/** What the tenant shows of an account, as far as its use depends on it. */
export interface SeenAccount {
  readonly accountId: string;
  readonly enabled: boolean;
  /** It holds Global Administrator. */
  readonly privileged: boolean;
}

/**
 * Whether an account can be used in an emergency, as far as the record knows: in service or being handed over, and what opens it is there.
 * Every part of a password is needed; each key opens it alone, and an old one does until its successor is in its place.
 */
export function isUsable(stored: EmergencyAccount, now: Date): boolean {
  const { state, parts, credential, left } = asItStands(stored);
  if (state !== 'handover' && state !== 'in-service') return false;
  if (left !== undefined) return false;
  return credential === 'passkey'
    ? parts.some(({ key, before }) => key !== undefined || before?.key !== undefined)
    : parts.length > 0 && parts.every((part) => isThere(part, now));
}

/** Stored, or in the hands of its custodian, or waiting to be shown to them. */
const isThere = ({ state, expiresAt }: Part, now: Date): boolean =>
  state === 'stored' || state === 'shown' || (state === 'ready' && (expiresAt === undefined || now < expiresAt));

/** How many accounts a tenant has left without one of them: what cannot be used is none. What the tenant was not asked for is believed. */
export const usableWithout = (accounts: readonly EmergencyAccount[], exceptId: string, seen: readonly SeenAccount[], now: Date): number =>
  accounts.filter(({ id, ...account }) => {
    const as = seen.find(({ accountId }) => accountId === id);
    return id !== exceptId && isUsable({ id, ...account }, now) && (as === undefined || (as.enabled && as.privileged));
  }).length;
