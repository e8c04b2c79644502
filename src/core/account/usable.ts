import { asItStands } from './life.ts';
import type { EmergencyAccount } from './types.ts';

/** What the tenant shows of an account, as far as its use depends on it. */
export interface SeenAccount {
  readonly accountId: string;
  readonly enabled: boolean;
  /** It holds Global Administrator. */
  readonly privileged: boolean;
}

/**
 * Whether an account can be used in an emergency now, as far as the record knows: it is enabled, and what opens it is kept.
 * Every part of a password must be stored: one that waits to be shown, or was seen and not confirmed, may come to nothing. Each key opens it
 * alone, and an old one does until its successor is in its place.
 */
export function isUsable(stored: EmergencyAccount): boolean {
  const { state, parts, credential, left } = asItStands(stored);
  if (state !== 'handover' && state !== 'in-service') return false;
  if (left !== undefined) return false;
  return credential === 'passkey'
    ? parts.some(({ key, before }) => key !== undefined || before?.key !== undefined)
    : parts.length > 0 && parts.every((part) => part.state === 'stored');
}

/** How many accounts a tenant has left without one of them: what cannot be used is none. What the tenant was not asked for is believed. */
export const usableWithout = (accounts: readonly EmergencyAccount[], exceptId: string, seen: readonly SeenAccount[]): number =>
  accounts.filter(({ id, ...account }) => {
    const as = seen.find(({ accountId }) => accountId === id);
    return id !== exceptId && isUsable({ id, ...account }) && (as === undefined || (as.enabled && as.privileged));
  }).length;
