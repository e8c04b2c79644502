import { PEOPLE, type SandboxTenant, TENANTS } from '../world.ts';
import type { UserRow } from './records.ts';
import { seedGuid } from './seedGuid.ts';
import { extensionAttributes } from './userRules.ts';

const SINCE = '2024-02-05T08:00:00Z';

const FIRST = [
  'Ada',
  'Ben',
  'Clara',
  'David',
  'Erik',
  'Freya',
  'Goran',
  'Hanna',
  'Ivan',
  'Julia',
  'Karim',
  'Lena',
  'Marco',
  'Nora',
  'Omar',
  'Petra',
];
const LAST = ['Adler', 'Brandt', 'Costa', 'Dietz', 'Engel', 'Falk', 'Gruber', 'Horn'];

interface SeedUser {
  readonly id: string;
  readonly tenant: SandboxTenant;
  readonly displayName: string;
  readonly userPrincipalName: string;
  readonly employeeId?: string | null;
  readonly userType?: 'Member' | 'Guest';
  readonly jobTitle?: string;
}

function userRow(user: SeedUser): UserRow {
  const [givenName, surname] = user.displayName.split(' ');
  const alias = user.userPrincipalName.slice(0, user.userPrincipalName.lastIndexOf('@'));
  const isGuest = user.userType === 'Guest';
  return {
    id: user.id,
    tenantId: user.tenant.id,
    password: null,
    mustChangePassword: false,
    wrongTries: 0,
    lockedUntil: null,
    deletedAt: null,
    groupsBeforeDeletion: [],
    replicatedAtMs: 0,
    properties: {
      id: user.id,
      accountEnabled: true,
      businessPhones: [],
      displayName: user.displayName,
      givenName: givenName ?? null,
      surname: surname ?? null,
      jobTitle: user.jobTitle ?? null,
      mail: isGuest ? 'gus@partner.example' : user.userPrincipalName,
      mailNickname: alias.replace(/[^A-Za-z0-9._-]/g, '_'),
      mobilePhone: null,
      officeLocation: null,
      preferredLanguage: null,
      userPrincipalName: user.userPrincipalName,
      userType: user.userType ?? 'Member',
      employeeId: user.employeeId ?? null,
      usageLocation: 'DE',
      passwordPolicies: null,
      otherMails: isGuest ? ['gus@partner.example'] : [],
      proxyAddresses: [],
      assignedLicenses: [],
      assignedPlans: [],
      creationType: isGuest ? 'Invitation' : null,
      externalUserState: isGuest ? 'Accepted' : null,
      identities: [
        isGuest
          ? { signInType: 'federated', issuer: 'ExternalAzureAD', issuerAssignedId: null }
          : { signInType: 'userPrincipalName', issuer: user.tenant.initialDomain, issuerAssignedId: user.userPrincipalName },
      ],
      onPremisesExtensionAttributes: extensionAttributes(null, null),
      createdDateTime: SINCE,
      lastPasswordChangeDateTime: SINCE,
      signInSessionsValidFromDateTime: SINCE,
    },
  };
}

/** The administrator who does things by hand in a tenant; permanent Global Administrator since before the sandbox began. */
export function administratorOf(tenant: SandboxTenant): {
  readonly id: string;
  readonly displayName: string;
  readonly userPrincipalName: string;
} {
  return {
    id: seedGuid(`admin/${tenant.id}`),
    displayName: 'Hana Holt (admin)',
    userPrincipalName: `hana.holt.admin@${tenant.initialDomain}`,
  };
}

/** Another administrator of a tenant, by number from 1. */
export function furtherAdministrator(tenant: SandboxTenant, number: number): string {
  return seedGuid(`admin/${tenant.id}/${number}`);
}

const FURTHER = ['Iris Ito (admin)', 'Jonas Jansen (admin)', 'Kira Kovac (admin)'];

function administrators(tenant: SandboxTenant, count: number): UserRow[] {
  const further = FURTHER.slice(0, count).map((displayName, index) => {
    const alias = displayName.replace(' (admin)', '').toLowerCase().replace(' ', '.');
    return userRow({
      id: furtherAdministrator(tenant, index + 1),
      tenant,
      displayName,
      userPrincipalName: `${alias}.admin@${tenant.initialDomain}`,
    });
  });
  return [userRow({ ...administratorOf(tenant), tenant, jobTitle: 'IT administrator' }), ...further];
}

/** An ordinary employee of a tenant, by number from 0. */
export const staffMember = (tenant: SandboxTenant, index: number): string => seedGuid(`user/${tenant.id}/${index}`);

function staff(tenant: SandboxTenant, count: number): UserRow[] {
  return Array.from({ length: count }, (_, index) => {
    const first = FIRST[index % FIRST.length] ?? '';
    const last = LAST[Math.floor(index / FIRST.length) % LAST.length] ?? '';
    const userPrincipalName = `${first}.${last}@${tenant.initialDomain}`.toLowerCase();
    return userRow({
      id: staffMember(tenant, index),
      tenant,
      displayName: `${first} ${last}`,
      userPrincipalName,
      employeeId: `S${3000 + index}`,
    });
  });
}

/** Everybody a tenant starts with. Contoso has more than one page of users. */
export function seedUsersOf(tenant: SandboxTenant): readonly UserRow[] {
  if (tenant.id !== TENANTS.contoso.id) return [...administrators(tenant, 1), ...staff(tenant, 6)];
  const people = Object.values(PEOPLE).filter((person) => person.tenantId === tenant.id);
  const rows = people.map((person) =>
    userRow({
      id: person.objectId,
      tenant,
      displayName: person.name,
      userPrincipalName: person.userPrincipalName,
      employeeId: person.employeeId,
      userType: person.userType,
    }),
  );
  return [...rows, ...administrators(tenant, 3), ...staff(tenant, 112)];
}
