/**
 * Where an administrator works when Teams and Breakglass are gone. Learn, "Safelist the Azure portal URLs" and "National clouds" (2026-03), Microsoft 365
 * endpoints for US Government and 21Vianet (2026-05).
 */
export interface Portal {
  readonly name: string;
  /** To be typed: without `https://`. */
  readonly address: string;
  readonly use: string;
}

export type PaperCloud = 'global' | 'usgov' | 'dod' | 'china';
export type TenantKind = 'workforce' | 'b2c' | 'free';

const HOSTS: Readonly<
  Record<PaperCloud, { readonly entra: string; readonly azure: string; readonly admin: string; readonly shell: string }>
> = {
  global: { entra: 'entra.microsoft.com', azure: 'portal.azure.com', admin: 'admin.microsoft.com', shell: '' },
  usgov: { entra: 'entra.microsoft.us', azure: 'portal.azure.us', admin: 'portal.office365.us', shell: ' -Environment USGov' },
  dod: { entra: 'entra.microsoft.us', azure: 'portal.azure.us', admin: 'portal.apps.mil', shell: ' -Environment USGovDoD' },
  china: {
    entra: 'entra.microsoftonline.cn',
    azure: 'portal.azure.cn',
    admin: 'portal.partner.microsoftonline.cn',
    shell: ' -Environment China',
  },
};

/** @param tenantId goes into the addresses: without it a portal opens the tenant somebody used last */
export function portalsOf(cloud: PaperCloud, kind: TenantKind, tenantId: string): readonly Portal[] {
  const { entra, azure, admin, shell } = HOSTS[cloud];
  const b2c = kind === 'b2c';
  return [
    { name: 'Entra admin center', address: `${entra}/${tenantId}`, use: 'users, roles, Conditional Access' },
    { name: 'Azure portal', address: `${azure}/${tenantId}`, use: b2c ? 'then search for Azure AD B2C' : 'subscriptions; Entra too' },
    ...(b2c ? [] : [{ name: 'Microsoft 365 admin center', address: admin, use: 'service health, support' }]),
    { name: 'PowerShell', address: `Connect-MgGraph${shell} -TenantId ${tenantId}`, use: 'when no portal loads' },
  ];
}
