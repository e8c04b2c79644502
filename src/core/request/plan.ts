import type { PersonRef } from '../people.ts';
import type { Plan, PlanStep } from './types.ts';

/** Role template of Global Administrator (Learn, permissions-reference; the same in every tenant). */
export const GLOBAL_ADMINISTRATOR = { templateId: '62e90394-69f5-4237-9190-012177145e10', name: 'Global Administrator' } as const;

/** What a plan for a new account is drawn up from; everything checked already. */
export interface CreatePlanInput {
  readonly requestId: string;
  readonly version: number;
  readonly tenant: Plan['tenant'] & { readonly exclusionGroupId: string };
  readonly userName: string;
  readonly displayName: string;
  readonly usageLocation: string;
  readonly requester: PersonRef;
  readonly reason: string;
  readonly custodians: readonly PersonRef[];
  readonly owners: readonly PersonRef[];
  readonly quorum: number;
  readonly policyVersion: string;
  readonly expiresAt: Date;
}

/** Characters of the whole password: 40 in two parts, 48 in three, so that ≥ 96 bits stay unknown with one part missing (data.md 7.2). */
export const passwordLength = (parts: number): number => (parts === 2 ? 40 : 48);

/** Draws up the plan, every write in order and in full (design.md decision 12: no enabled privileged account is ever unwatched). */
export function planCreate(input: CreatePlanInput): Plan {
  const userPrincipalName = `${input.userName}@${input.tenant.initialDomain}`;
  const account = {
    userPrincipalName,
    mailNickname: input.userName.replace(/[^A-Za-z0-9._-]/g, ''),
    displayName: input.displayName,
    usageLocation: input.usageLocation,
    marker: `breakglass:${input.requestId}`,
  };
  const steps: PlanStep[] = [
    {
      id: 'create-user',
      title: 'Create the user, disabled, with a password nobody keeps',
      call: {
        method: 'POST',
        path: '/users',
        body: {
          accountEnabled: false,
          displayName: account.displayName,
          mailNickname: account.mailNickname,
          userPrincipalName,
          usageLocation: account.usageLocation,
          passwordPolicies: 'DisablePasswordExpiration',
          passwordProfile: { password: '<random, discarded>', forceChangePasswordNextSignIn: false },
          onPremisesExtensionAttributes: { extensionAttribute15: `${account.marker}:<tag only the worker can make>` },
        },
      },
    },
    {
      id: 'exclude',
      title: 'Put it in the Conditional Access exclusion group',
      call: {
        method: 'POST',
        path: `/groups/${input.tenant.exclusionGroupId}/members/$ref`,
        body: { '@odata.id': 'https://graph.microsoft.com/v1.0/directoryObjects/<the user>' },
      },
    },
    { id: 'watch', title: 'Put it on the watch list and confirm that its sign-ins can be read', call: null },
    {
      id: 'set-credential',
      title: `Set a new password, sealed in ${input.custodians.length} parts for the custodians`,
      call: {
        method: 'PATCH',
        path: '/users/<the user>',
        body: { passwordProfile: { password: '<in parts>', forceChangePasswordNextSignIn: false } },
      },
    },
    {
      id: 'assign-role',
      title: `Assign ${GLOBAL_ADMINISTRATOR.name}, active and permanent`,
      call: {
        method: 'POST',
        path: '/roleManagement/directory/roleAssignments',
        body: { principalId: '<the user>', roleDefinitionId: GLOBAL_ADMINISTRATOR.templateId, directoryScopeId: '/' },
      },
    },
    { id: 'enable', title: 'Enable the account', call: { method: 'PATCH', path: '/users/<the user>', body: { accountEnabled: true } } },
    { id: 'verify', title: 'Read everything back', call: null },
  ];
  return {
    format: 'breakglass.plan/1',
    operation: 'create',
    requestId: input.requestId,
    version: input.version,
    tenant: { id: input.tenant.id, name: input.tenant.name, kind: input.tenant.kind, initialDomain: input.tenant.initialDomain },
    account,
    credential: { kind: 'split-password', parts: input.custodians.length, length: passwordLength(input.custodians.length) },
    role: { ...GLOBAL_ADMINISTRATOR, scope: '/' },
    exclusionGroupId: input.tenant.exclusionGroupId,
    requester: input.requester,
    reason: input.reason,
    custodians: input.custodians,
    owners: input.owners,
    quorum: input.quorum,
    policyVersion: input.policyVersion,
    expires: input.expiresAt.toISOString(),
    steps,
  };
}
