import type { SandboxTenant } from '../world.ts';
import { GraphFault } from './graphFault.ts';
import type { TenantState } from './state.ts';

const SETTING = 'signInReports';

/** Whether a tenant offers its sign-in reports: with P1 or P2, and a B2C tenant unless the switch `sign-in-reports` says otherwise. */
export function offersSignIns(state: TenantState, tenant: SandboxTenant): boolean {
  const changed = state.policySettings.get(`${tenant.id}/${SETTING}`)?.properties.offered;
  return typeof changed === 'boolean' ? changed : tenant.kind !== 'free';
}

export function setSignInReports(state: TenantState, tenant: SandboxTenant, offered: boolean): void {
  const id = `${tenant.id}/${SETTING}`;
  state.policySettings.put(id, { id, properties: { offered } });
}

export const NOT_PREMIUM = {
  code: 'Authentication_RequestFromNonPremiumTenantOrB2CTenant',
  message: "Tenant is not a B2C tenant and doesn't have premium license",
} as const;

/** The licence gate of sign-ins and of `signInActivity`. Throws 403. */
export function requireSignIns(state: TenantState, tenant: SandboxTenant): void {
  if (!offersSignIns(state, tenant)) throw new GraphFault(403, NOT_PREMIUM.code, NOT_PREMIUM.message);
}
