/**
 * The people, tenants and groups every sandbox starts with. Ids are fixed so that a bookmark, a test and a screenshot mean the
 * same thing on every machine; nothing in here is a secret or exists in a real directory.
 */
export type PersonName = 'rita' | 'rita2' | 'ann' | 'bob' | 'cy' | 'dana' | 'eli' | 'fay' | 'oona' | 'gus' | 'mal' | 'eve';
export type RoleName = 'requester' | 'approver' | 'custodian' | 'auditor' | 'administrator';
export type TenantName = 'contoso' | 'fabrikam-b2c' | 'northwind';

export interface SandboxTenant {
  readonly id: string;
  readonly name: TenantName;
  readonly displayName: string;
  /** `workforce` with P2, `b2c`, or `free`: what the tenant can and cannot do follows from it. */
  readonly kind: 'workforce' | 'b2c' | 'free';
  readonly initialDomain: string;
  /** Static security group that Conditional Access policies exclude; its members are the emergency access accounts. */
  readonly exclusionGroupId: string;
  /** Restricted management administrative unit for emergency access accounts; null where the tenant has none. */
  readonly restrictedUnitId?: string;
}

export interface SandboxPerson {
  readonly objectId: string;
  readonly name: string;
  readonly userPrincipalName: string;
  /** Home tenant of the person. `eve` belongs to another organisation; `gus` is a guest in contoso. */
  readonly tenantId: string;
  readonly userType: 'Member' | 'Guest';
  /** Person key: two accounts of one human share it. */
  readonly employeeId: string | null;
  readonly roles: readonly RoleName[];
  /** Teams user id (MRI), as it stands in `from.id` of an activity. */
  readonly mri: string;
}

export const TENANTS: Readonly<Record<TenantName, SandboxTenant>> = {
  contoso: {
    id: '8a1c7f0e-3f52-4b7e-9d55-0c6f1a2b3c01',
    name: 'contoso',
    displayName: 'Contoso',
    kind: 'workforce',
    initialDomain: 'contoso.onmicrosoft.com',
    exclusionGroupId: '5d0f4a51-7d1c-4c4e-8f0a-1b6f2f3d0c01',
    restrictedUnitId: '5d0f4a51-7d1c-4c4e-8f0a-1b6f2f3d0d01',
  },
  'fabrikam-b2c': {
    id: '2b7e9c44-6a0d-4f1b-8c21-7d9e3f5a6b02',
    name: 'fabrikam-b2c',
    displayName: 'Fabrikam customers (B2C)',
    kind: 'b2c',
    initialDomain: 'fabrikamb2c.onmicrosoft.com',
    exclusionGroupId: '5d0f4a51-7d1c-4c4e-8f0a-1b6f2f3d0c02',
  },
  northwind: {
    id: 'f3d4a6b8-1c2e-4d5f-9a7b-6c8d0e1f2a03',
    name: 'northwind',
    displayName: 'Northwind',
    kind: 'free',
    initialDomain: 'northwind.onmicrosoft.com',
    exclusionGroupId: '5d0f4a51-7d1c-4c4e-8f0a-1b6f2f3d0c03',
  },
};

/** The tenant the people, the groups of their roles and the Teams team live in. */
export const HOME_TENANT = TENANTS.contoso;
/** The organisation of `eve`: known to Teams (federated chat), unknown to us. */
export const OTHER_TENANT_ID = 'd9c8b7a6-5e4f-4a3b-8c2d-1e0f9a8b7c99';

/** Entra groups of the home tenant whose members hold each role. */
export const ROLE_GROUPS: Readonly<Record<RoleName, string>> = {
  requester: '0a4e6c10-52d7-4a7c-b2f1-6e1d9c3f0101',
  approver: '0a4e6c10-52d7-4a7c-b2f1-6e1d9c3f0102',
  custodian: '0a4e6c10-52d7-4a7c-b2f1-6e1d9c3f0103',
  auditor: '0a4e6c10-52d7-4a7c-b2f1-6e1d9c3f0104',
  administrator: '0a4e6c10-52d7-4a7c-b2f1-6e1d9c3f0105',
};

function person(
  number: number,
  name: string,
  alias: string,
  employeeId: string | null,
  roles: readonly RoleName[],
  more: Partial<Pick<SandboxPerson, 'tenantId' | 'userType' | 'userPrincipalName'>> = {},
): SandboxPerson {
  const suffix = String(number).padStart(2, '0');
  return {
    objectId: `7c1f0b2a-9e34-4d68-a5b7-3f2e1d0c9b${suffix}`,
    name,
    userPrincipalName: more.userPrincipalName ?? `${alias}@${HOME_TENANT.initialDomain}`,
    tenantId: more.tenantId ?? HOME_TENANT.id,
    userType: more.userType ?? 'Member',
    employeeId,
    roles,
    mri: `29:1sandbox-${alias}`,
  };
}

export const PEOPLE: Readonly<Record<PersonName, SandboxPerson>> = {
  rita: person(1, 'Rita Reyes', 'rita.reyes', 'E1001', ['requester']),
  // Rita's second account is an approver: the two-person rule must see through it (AP-2, ID-3).
  rita2: person(2, 'Rita Reyes (admin)', 'rita.reyes.admin', 'E1001', ['requester', 'approver']),
  ann: person(3, 'Ann Archer', 'ann.archer', 'E1002', ['approver']),
  bob: person(4, 'Bob Baker', 'bob.baker', 'E1003', ['approver', 'administrator']),
  cy: person(5, 'Cy Chen', 'cy.chen', 'E1004', ['approver', 'auditor']),
  dana: person(6, 'Dana Diaz', 'dana.diaz', 'E1005', ['custodian']),
  eli: person(7, 'Eli Evans', 'eli.evans', 'E1006', ['custodian']),
  fay: person(8, 'Fay Fischer', 'fay.fischer', 'E1007', ['custodian']),
  oona: person(9, 'Oona Olsen', 'oona.olsen', 'E1008', ['administrator']),
  // A guest in the approvers' group: the group gives no right, because the account is not of the home tenant (ID-2).
  gus: person(10, 'Gus Grant', 'gus.grant', 'X2001', ['approver'], {
    userType: 'Guest',
    userPrincipalName: `gus_partner.example#EXT#@${HOME_TENANT.initialDomain}`,
  }),
  mal: person(11, 'Mal Moore', 'mal.moore', 'E1009', []),
  eve: person(12, 'Eve Ellis', 'eve.ellis', 'Z9001', [], {
    tenantId: OTHER_TENANT_ID,
    userPrincipalName: 'eve.ellis@elsewhere.onmicrosoft.com',
  }),
};

/** The team and its security channel in Teams. */
export const TEAM = { id: '19:team-security@thread.tacv2', name: 'Security', aadGroupId: '6b5a4c3d-2e1f-4a0b-9c8d-7e6f5a4b3c20' } as const;
export const CHANNEL = { id: '19:security-emergency-access@thread.tacv2', name: 'Emergency access' } as const;

const SUBSCRIPTION = '/subscriptions/3c5b1a0e-7d42-4a68-9e1f-0b2c4d6e8f10';
/** The home tenant's subscription: where the logs of the tenants are and what watches them. */
export const AZURE = {
  subscription: SUBSCRIPTION,
  resourceGroup: `${SUBSCRIPTION}/resourceGroups/monitoring`,
  workspaceId: `${SUBSCRIPTION}/resourceGroups/monitoring/providers/Microsoft.OperationalInsights/workspaces/entra-logs`,
  workspaceName: 'entra-logs',
  /** Where the home tenant's logs are streamed to as well. */
  eventHub: {
    namespace: 'contoso-logs.servicebus.windows.net',
    namespaceId: `${SUBSCRIPTION}/resourceGroups/monitoring/providers/Microsoft.EventHub/namespaces/contoso-logs`,
    name: 'entra',
    consumerGroup: 'breakglass',
  },
} as const;

/** App registrations: the bot's channel identity and the two Graph identities are different registrations (GR-6). */
export const APPS = {
  bot: 'b07b07b0-0000-4000-8000-00000000b001',
  /** Reads people, sign-ins and posture. Cannot write. */
  reader: 'b07b07b0-0000-4000-8000-00000000b002',
  /** Carries out approved plans. Used by the worker only. */
  changer: 'b07b07b0-0000-4000-8000-00000000b003',
  /** Audience of the secure webhook Azure Monitor calls. */
  signals: 'b07b07b0-0000-4000-8000-00000000b004',
  /** Signs approvers in for their second proof: never the bot's own registration (AU-9). */
  proof: 'b07b07b0-0000-4000-8000-00000000b005',
  /** User-assigned managed identity of the home tenant: reads Graph there, and stands in for a secret of the other two. */
  identity: 'b07b07b0-0000-4000-8000-00000000b006',
  /** An administrator's own tool that keeps the tenant's policies. Breakglass never acts as it. */
  policyKeeper: 'b07b07b0-0000-4000-8000-00000000b007',
  /** Receives from the event hub and may do nothing else. */
  stream: 'b07b07b0-0000-4000-8000-00000000b008',
  /** Microsoft's first-party application that signs in to call a secure webhook ("AzNS AAD Webhook"). */
  azureMonitor: '461e8683-5575-4561-ac7f-899cc907d62a',
} as const;
