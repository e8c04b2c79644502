import type { Plan } from './types.ts';

/** The name of a request in one line: what is asked, of what. A request that leaves a tenant with too few accounts says so here (design.md 6.9). */
export function titleOf(plan: Plan): string {
  const { userPrincipalName } = plan.account;
  switch (plan.operation) {
    case 'create':
      return `New emergency access account ${userPrincipalName}`;
    case 'rotate':
      if (plan.replaces === 'split-password') return `Security keys in place of the password of ${userPrincipalName}`;
      if (plan.replaces === 'passkey') return `A password in parts in place of the security keys of ${userPrincipalName}`;
      return plan.credential.kind === 'passkey' ? `New security keys for ${userPrincipalName}` : `New password for ${userPrincipalName}`;
    case 'handover':
      return `Hand a ${plan.credential.kind === 'passkey' ? 'key' : 'part'} of ${userPrincipalName} to somebody else`;
    case 'disable':
      return leaving(`Disable ${userPrincipalName}`, plan.tenant.name, plan.accountsLeft);
    case 'enable':
      return `Enable ${userPrincipalName}`;
    case 'exclude':
      return `Exclude ${userPrincipalName} from Conditional Access`;
    case 'repair':
      return `Repair of “${plan.finding?.title ?? 'a finding'}”: ${plan.finding?.about ?? userPrincipalName}`;
    case 'retire':
      return leaving(`Retire ${userPrincipalName}`, plan.tenant.name, plan.accountsLeft);
  }
}

/** The same, and in which tenant, where that does not stand in it. */
export const titleIn = (plan: Plan): string => inTenant(plan, titleOf(plan));

/** The same beside the name of the account, which does not stand in it then. */
export const titleBesideName = (plan: Plan): string => inTenant(plan, withoutName(plan));

function withoutName(plan: Plan): string {
  switch (plan.operation) {
    case 'create':
      return 'New account';
    case 'rotate':
      if (plan.replaces === 'split-password') return 'Security keys in place of its password';
      if (plan.replaces === 'passkey') return 'A password in parts in place of its security keys';
      return plan.credential.kind === 'passkey' ? 'New security keys' : 'New password';
    case 'handover':
      return `Hand a ${plan.credential.kind === 'passkey' ? 'key' : 'part'} to somebody else`;
    case 'disable':
      return leaving('Disable', plan.tenant.name, plan.accountsLeft);
    case 'enable':
      return 'Enable';
    case 'exclude':
      return 'Exclude from Conditional Access';
    case 'repair':
      return `Repair of “${plan.finding?.title ?? 'a finding'}”`;
    case 'retire':
      return leaving('Retire', plan.tenant.name, plan.accountsLeft);
  }
}

function inTenant(plan: Plan, title: string): string {
  const named = (plan.operation === 'disable' || plan.operation === 'retire') && (plan.accountsLeft ?? 2) < 2;
  return named ? title : `${title} in ${plan.tenant.name}`;
}

const leaving = (what: string, tenant: string, left = 2): string =>
  left < 2 ? `${what} and leave ${tenant} with ${left === 0 ? 'no account' : 'one account'}` : what;
