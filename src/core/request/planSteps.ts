import type { RemovableMethod } from '../posture/check.ts';
import { quoted } from '../quoted.ts';
import type { NewAccount, PlanRole, PlanStep, PolicyExclusion, PolicyUsers } from './types.ts';

/** Role template of Global Administrator (Learn, permissions-reference; the same in every tenant). */
export const GLOBAL_ADMINISTRATOR = { templateId: '62e90394-69f5-4237-9190-012177145e10', name: 'Global Administrator' } as const;

/** How a plan names the user: by its object id, or before it exists in words. */
export const NEW_USER = '<the user>';

/** Characters of the whole password: 40 in two parts, 48 in three, so that ≥ 96 bits stay unknown with one part missing (data.md 7.2). */
export const passwordLength = (parts: number): number => (parts === 2 ? 40 : 48);

const reference = (user: string) => ({ '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${user}` });

/** `conditions.users` with the group excluded too; what it held stays in its place. */
export function withGroupExcluded(users: PolicyUsers, groupId: string): PolicyUsers {
  const before: readonly unknown[] = Array.isArray(users.excludeGroups) ? users.excludeGroups : [];
  return { ...users, excludeGroups: [...before, groupId] };
}

/** Every write a plan can hold, in words and as the call it becomes. `user` is an object id, or `NEW_USER`. */
export const planStep = {
  createUser: (account: NewAccount): PlanStep => ({
    id: 'create-user',
    title: 'Create the user, disabled, with a password nobody keeps',
    call: {
      method: 'POST',
      path: '/users',
      body: {
        accountEnabled: false,
        displayName: account.displayName,
        mailNickname: account.mailNickname,
        userPrincipalName: account.userPrincipalName,
        usageLocation: account.usageLocation,
        passwordPolicies: 'DisablePasswordExpiration',
        passwordProfile: { password: '<random, discarded>', forceChangePasswordNextSignIn: false },
        onPremisesExtensionAttributes: { extensionAttribute15: `${account.marker}:<tag only the worker can make>` },
      },
    },
  }),
  exclude: (groupId: string, user: string): PlanStep => ({
    id: 'exclude',
    title: 'Put it in the Conditional Access exclusion group',
    call: { method: 'POST', path: `/groups/${groupId}/members/$ref`, body: reference(user) },
  }),
  watch: (): PlanStep => ({ id: 'watch', title: 'Put it on the watch list and confirm that its sign-ins can be read', call: null }),
  leaveUnit: (unitId: string, user: string): PlanStep => ({
    id: 'leave-unit',
    // Inside the unit nobody can set the password of a Global Administrator (Learn, admin-units-restricted-management, 2026-03-04).
    title: 'Take it out of the restricted management unit, which would refuse the change',
    call: { method: 'DELETE', path: `/directory/administrativeUnits/${unitId}/members/${user}/$ref` },
  }),
  joinUnit: (unitId: string, user: string): PlanStep => ({
    id: 'join-unit',
    title: 'Put it into the restricted management unit, which protects it',
    call: { method: 'POST', path: `/directory/administrativeUnits/${unitId}/members/$ref`, body: reference(user) },
  }),
  setCredential: (parts: number, user: string): PlanStep => ({
    id: 'set-credential',
    title: `Set a new password, sealed in ${parts} parts for the custodians`,
    call: {
      method: 'PATCH',
      path: `/users/${user}`,
      body: { passwordProfile: { password: '<in parts>', forceChangePasswordNextSignIn: false } },
    },
  }),
  storeParts: (parts: number): PlanStep => ({
    id: 'store-parts',
    title: `Wait until each of the ${parts} custodians has seen and stored their part`,
    call: null,
  }),
  withdrawPassword: (user: string): PlanStep => ({
    ...planStep.dropPassword(user),
    id: 'withdraw-password',
    title: 'Set a password that nobody keeps, unless the keys are being deleted already',
  }),
  removeKeys: (user: string): PlanStep => ({
    id: 'remove-keys',
    title: 'Delete every security key and every other sign-in method, so that only the password in parts opens it',
    call: { method: 'DELETE', path: `/users/${user}/authentication/<kind>Methods/<each method>` },
  }),
  dropPassword: (user: string): PlanStep => ({
    id: 'drop-password',
    title: 'Set a new password that nobody keeps',
    call: {
      method: 'PATCH',
      path: `/users/${user}`,
      body: { passwordProfile: { password: '<random, discarded>', forceChangePasswordNextSignIn: false } },
    },
  }),
  settlePassword: (user: string): PlanStep => ({
    ...planStep.dropPassword(user),
    title: 'Set a password that nobody keeps, if the one in parts may be replaced already',
  }),
  issuePass: (number: number, custodian: string, minutes: number, user: string): PlanStep => ({
    id: `issue-pass:${number}`,
    title: `Create a Temporary Access Pass for ${custodian}, sealed and shown to them once`,
    call: {
      method: 'POST',
      path: `/users/${user}/authentication/temporaryAccessPassMethods`,
      body: { lifetimeInMinutes: minutes, isUsableOnce: true },
    },
  }),
  enrol: (number: number, custodian: string): PlanStep => ({
    id: `enrol:${number}`,
    title: `Wait until ${custodian} has registered a security key that cannot leave its device`,
    call: null,
  }),
  tidyMethods: (keys: number, user: string): PlanStep => ({
    id: 'tidy-methods',
    title: `Delete the pass and every other sign-in method, so that nothing opens it but the ${keys} keys`,
    call: { method: 'DELETE', path: `/users/${user}/authentication/<kind>Methods/<each other method>` },
  }),
  withdrawKeys: (user: string): PlanStep => ({
    id: 'withdraw-keys',
    title: 'Remove the pass and the keys that were registered meanwhile, unless the old keys are gone already',
    call: { method: 'DELETE', path: `/users/${user}/authentication/<kind>Methods/<each new method>` },
  }),
  withdrawNewKeys: (user: string): PlanStep => ({
    ...planStep.withdrawKeys(user),
    title: 'Remove the pass and the keys that were registered meanwhile, unless the password is replaced already',
  }),
  revokeSessions: (user: string): PlanStep => ({
    id: 'revoke-sessions',
    title: 'End every session it has',
    call: { method: 'POST', path: `/users/${user}/revokeSignInSessions` },
  }),
  assignRole: ({ name, templateId }: PlanRole, user: string): PlanStep => ({
    id: 'assign-role',
    title: `Assign ${name}, active and permanent`,
    call: {
      method: 'POST',
      path: '/roleManagement/directory/roleAssignments',
      body: { principalId: user, roleDefinitionId: templateId, directoryScopeId: '/' },
    },
  }),
  removeRole: ({ name }: PlanRole, user: string): PlanStep => ({
    id: 'remove-role',
    title: `Remove ${name}`,
    call: { method: 'DELETE', path: `/roleManagement/directory/roleAssignments/<assignment of ${user}>` },
  }),
  enable: (user: string): PlanStep => ({
    id: 'enable',
    title: 'Enable the account',
    call: { method: 'PATCH', path: `/users/${user}`, body: { accountEnabled: true } },
  }),
  disable: (user: string): PlanStep => ({
    id: 'disable',
    title: 'Disable the account',
    call: { method: 'PATCH', path: `/users/${user}`, body: { accountEnabled: false } },
  }),
  leaveGroup: (groupId: string, user: string): PlanStep => ({
    id: 'leave-group',
    title: 'Take it out of the Conditional Access exclusion group',
    call: { method: 'DELETE', path: `/groups/${groupId}/members/${user}/$ref` },
  }),
  deleteUser: (user: string): PlanStep => ({
    id: 'delete-user',
    title: 'Delete the user; Entra keeps it restorable for 30 days',
    call: { method: 'DELETE', path: `/users/${user}` },
  }),
  excludePolicy: (groupId: string, { policyId, name, before }: PolicyExclusion): PlanStep => ({
    id: `exclude-policy:${policyId}`,
    title: `Exclude the exclusion group from the policy ${quoted(name)}`,
    call: {
      method: 'PATCH',
      path: `/identity/conditionalAccess/policies/${policyId}`,
      body: { conditions: { users: withGroupExcluded(before, groupId) } },
    },
  }),
  neverExpire: (user: string): PlanStep => ({
    id: 'never-expire',
    title: 'Exempt its password from expiry',
    call: { method: 'PATCH', path: `/users/${user}`, body: { passwordPolicies: 'DisablePasswordExpiration' } },
  }),
  removeMember: (groupId: string, objectId: string, type: string, name: string): PlanStep => ({
    id: `remove-member:${objectId}`,
    title: `Take the ${type} ${quoted(name)}, which is not ours, out of the exclusion group`,
    call: { method: 'DELETE', path: `/groups/${groupId}/members/${objectId}/$ref` },
  }),
  removeMethod: (user: string, method: RemovableMethod, methodId: string, words: string): PlanStep => ({
    id: `remove-method:${method}:${methodId}`,
    title: `Remove the ${words} from it`,
    call: { method: 'DELETE', path: `/users/${user}/authentication/${method}Methods/${methodId}` },
  }),
  confirmGone: (): PlanStep => ({ id: 'confirm-gone', title: 'Read back that it is gone: no user, no role, no membership', call: null }),
  verify: (): PlanStep => ({ id: 'verify', title: 'Read everything back', call: null }),
} as const;
