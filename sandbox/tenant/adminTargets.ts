import { denied } from './graphFault.ts';
import type { GraphCall } from './graphRoute.ts';
import { rolesOf } from './membership.ts';
import { ROLES } from './roleDefinitions.ts';
import type { TenantState } from './state.ts';

const HIGH: readonly string[] = [ROLES.globalAdministrator, ROLES.privilegedAuthenticationAdministrator];

/**
 * Sensitive actions on an administrator (enable, password, delete, restore) need more than a permission: the caller's service principal
 * must itself be Privileged Authentication Administrator or Global Administrator (Learn, users: sensitive actions). Throws 403 Authorization_RequestDenied.
 */
export function requireRoleFor(state: TenantState, call: GraphCall, targetId: string): void {
  if (rolesOf(state, call.tenant.id, targetId).size === 0) return;
  const own = rolesOf(state, call.tenant.id, call.caller.servicePrincipalId);
  if (!HIGH.some((role) => own.has(role))) throw denied();
}
