import { TENANTS } from '../../../sandbox/world.ts';
import { tenantStatusCard } from '../../../src/cards/views/tenantStatus.ts';
import { CAPABILITIES, type Capability, type CapabilityName, finding, type Verdict } from '../../../src/core/tenant/capability.ts';
import type { TenantReport } from '../../../src/core/tenant/report.ts';
import { NOON } from '../../support/builders.ts';
import type { Example } from '../example.ts';

const THERE: { readonly [N in CapabilityName]: string } = {
  'tenant-kind': 'Contoso, AAD, Entra ID P2.',
  'initial-domain': 'contoso.onmicrosoft.com is managed.',
  'password-lifetime': 'Passwords do not expire.',
  'sign-in-log': 'It answered.',
  'directory-audits': 'It answered.',
  'conditional-access': '13 policies read.',
  'what-if': 'It answered.',
  'authentication-methods': 'It answered.',
  passkeys: 'Allowed for everybody.',
  'temporary-access-pass': 'Allowed for everybody.',
  pim: 'It answered.',
  'restricted-units': '1 restricted unit.',
  'change-notifications': 'Graph has them for tenants of this type; Breakglass asks at intervals all the same.',
  'exclusion-group': 'CA exclusion - emergency access, a static security group.',
  'exclusion-group-guard': 'Protected, no owners, no outsiders.',
  'reader-permissions': 'It holds everything it needs.',
  'reader-restraint': 'It holds nothing that writes.',
  'changer-permissions': 'It holds everything it needs.',
  'changer-restraint': 'It holds nothing it does not need.',
  'changer-role': 'Privileged Authentication Administrator.',
};

/** Everything there, but for what is named. */
const report = (but: Partial<Record<CapabilityName, readonly [Verdict, string]>> = {}): TenantReport => ({
  askedAt: NOON,
  capabilities: (Object.keys(CAPABILITIES) as CapabilityName[]).map((name): Capability => {
    const [verdict, evidence] = but[name] ?? (['yes', THERE[name]] as const);
    return finding(name, verdict, evidence);
  }),
});

const NO_GUARD = ['no', 'CA exclusion - emergency access: it is neither role-assignable nor in a restricted unit.'] as const;
const NO_PIM = ['no', 'The tenant refuses it for want of a licence (AadPremiumLicenseRequired).'] as const;

export const WELL = report();
export const FREE = report({
  'tenant-kind': ['yes', 'Northwind, AAD, no Entra ID licence.'],
  'initial-domain': ['yes', 'northwind.onmicrosoft.com is managed.'],
  'conditional-access': ['yes', '0 policies read.'],
  'restricted-units': ['yes', '0 restricted units.'],
  'sign-in-log': ['no', 'The tenant has neither P1 nor P2.'],
  'what-if': ['unknown', 'There is no account yet that it could be asked about.'],
  pim: NO_PIM,
  'exclusion-group-guard': NO_GUARD,
});
export const B2C = report({
  'tenant-kind': ['yes', 'Fabrikam customers (B2C), AAD B2C.'],
  'initial-domain': ['yes', 'fabrikamb2c.onmicrosoft.com is managed.'],
  'sign-in-log': ['unknown', 'It was refused for want of a licence. A B2C tenant should have it: ask again later.'],
  pim: NO_PIM,
  'change-notifications': ['no', 'Graph has none for B2C tenants.'],
  'exclusion-group-guard': NO_GUARD,
  'changer-permissions': ['no', 'Missing: User.DeleteRestore.All (for DELETE /users/{id}).'],
  'changer-restraint': ['no', 'Too much: Directory.ReadWrite.All, directory role Privileged Role Administrator.'],
});
export const SILENT: TenantReport = { askedAt: NOON, why: 'It did not answer within 8 seconds.' };

export const TENANT_STATUSES: readonly Example[] = [
  { card: 'tenantStatus', state: 'good', rendered: tenantStatusCard(TENANTS.contoso, WELL) },
  { card: 'tenantStatus', state: 'free', rendered: tenantStatusCard(TENANTS.northwind, FREE), main: true },
  { card: 'tenantStatus', state: 'b2c', rendered: tenantStatusCard(TENANTS['fabrikam-b2c'], B2C) },
  { card: 'tenantStatus', state: 'no-answer', rendered: tenantStatusCard(TENANTS.contoso, SILENT) },
];
