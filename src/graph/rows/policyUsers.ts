import type { PolicyUsers } from '../../core/request/types.ts';
import { GraphFault } from '../faults.ts';

/** Fields of `conditions.users`, and of what stands in two of them (v1.0 metadata, 2026-08-20). */
const LISTS = ['includeUsers', 'excludeUsers', 'includeGroups', 'excludeGroups', 'includeRoles', 'excludeRoles'];
const GUESTS = ['includeGuestsOrExternalUsers', 'excludeGuestsOrExternalUsers'];
const OF_GUESTS = ['guestOrExternalUserTypes', 'externalTenants'];
const OF_TENANTS = ['@odata.type', 'membershipKind', 'members'];

type Row = Readonly<Record<string, unknown>>;

/**
 * Whom a policy is for, fit to be written back: all eight fields as they were read, and none of what Graph answers beside them, which it
 * refuses in a PATCH.
 *
 * @throws GraphFault `Incomplete` where Graph hid a value it takes us to be too old for: written back it would be lost (graph facts, section 2)
 */
export function policyUsersFrom(row: Row): PolicyUsers {
  const tenants = (value: unknown): unknown => (isRow(value) ? picked(value, OF_TENANTS, (each) => each) : value);
  const guests = (value: unknown): unknown => (isRow(value) ? picked(value, OF_GUESTS, tenants) : (value ?? null));
  const users = { ...picked(row, LISTS, (value) => value ?? []), ...picked(row, GUESTS, guests) };
  if (JSON.stringify(users).includes('unknownFutureValue')) {
    const detail = 'a condition of the policy is newer than this program';
    throw new GraphFault('reading whom a policy is for', { status: 200, code: 'Incomplete', detail });
  }
  return users;
}

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);

const picked = (row: Row, names: readonly string[], each: (value: unknown) => unknown): Row =>
  Object.fromEntries(names.flatMap((name) => (name in row ? [[name, each(row[name])]] : [])));
