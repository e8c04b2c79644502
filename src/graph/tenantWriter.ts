import type { TenantWriter } from '../app/ports.ts';
import { type Graph, id } from './client.ts';
import type { Turn } from './conditionalAccessTurn.ts';
import { methodRemovals } from './methodRemovals.ts';

/** The one answer in which Graph tells a pass. */
interface PassRow {
  readonly id: string;
  readonly temporaryAccessPass?: string | null;
  readonly startDateTime?: string | null;
  readonly lifetimeInMinutes?: number | null;
}

/**
 * Writes of one managed tenant, in the shapes plans promise (core/request/plan.ts). A password exists as a string only inside the body of
 * the one call that sets it; the caller's buffer stays the caller's to wipe.
 */
export function tenantWriter(graph: Graph, turn: Turn): TenantWriter {
  const removals = methodRemovals(graph);
  return {
    async createUser(account, password) {
      const created = await graph.post<{ id: string }>('/users', {
        accountEnabled: false,
        displayName: account.displayName,
        mailNickname: account.mailNickname,
        userPrincipalName: account.userPrincipalName,
        usageLocation: account.usageLocation,
        passwordPolicies: 'DisablePasswordExpiration',
        passwordProfile: { password: password.toString('latin1'), forceChangePasswordNextSignIn: false },
        onPremisesExtensionAttributes: { extensionAttribute15: account.marker },
      });
      return created.id.toLowerCase();
    },
    async addToGroup(groupId, objectId) {
      await graph.post(`/groups/${id(groupId)}/members/$ref`, {
        '@odata.id': `${graph.origin}/v1.0/directoryObjects/${id(objectId)}`,
      });
    },
    setPassword: (objectId, password) =>
      graph.patch(`/users/${id(objectId)}`, {
        passwordProfile: { password: password.toString('latin1'), forceChangePasswordNextSignIn: false },
      }),
    async assignRole(objectId, roleTemplateId) {
      await graph.post('/roleManagement/directory/roleAssignments', {
        principalId: objectId,
        roleDefinitionId: roleTemplateId,
        directoryScopeId: '/',
      });
    },
    enable: (objectId) => graph.patch(`/users/${id(objectId)}`, { accountEnabled: true }),
    // Alone: a call that also sets the password was seen refused whole, with the account left enabled (graph facts, gotcha 5).
    disable: (objectId) => graph.patch(`/users/${id(objectId)}`, { accountEnabled: false }),
    async revokeSessions(objectId) {
      await graph.post(`/users/${id(objectId)}/revokeSignInSessions`, undefined);
    },
    removeRole: (assignmentId) => graph.remove(`/roleManagement/directory/roleAssignments/${id(assignmentId)}`),
    removeFromGroup: (groupId, objectId) => graph.remove(`/groups/${id(groupId)}/members/${id(objectId)}/$ref`),
    async joinUnit(unitId, objectId) {
      await graph.post(`/directory/administrativeUnits/${id(unitId)}/members/$ref`, {
        '@odata.id': `${graph.origin}/v1.0/directoryObjects/${id(objectId)}`,
      });
    },
    leaveUnit: (unitId, objectId) => graph.remove(`/directory/administrativeUnits/${id(unitId)}/members/${id(objectId)}/$ref`),
    setPolicyUsers: (policyId, users) =>
      turn(() => graph.patch(`/identity/conditionalAccess/policies/${id(policyId)}`, { conditions: { users } })),
    neverExpire: (objectId) => graph.patch(`/users/${id(objectId)}`, { passwordPolicies: 'DisablePasswordExpiration' }),
    removeMethod: (objectId, method, methodId) => removals[method](objectId, methodId),
    async issuePass(objectId, minutes) {
      const made = await graph.post<PassRow>(`/users/${id(objectId)}/authentication/temporaryAccessPassMethods`, {
        lifetimeInMinutes: minutes,
        isUsableOnce: true,
      });
      if (!made.temporaryAccessPass || !made.startDateTime) throw new Error('a pass was made, and the answer does not tell it');
      const lastsMs = (made.lifetimeInMinutes ?? minutes) * 60_000;
      return {
        methodId: made.id,
        value: Buffer.from(made.temporaryAccessPass, 'latin1'),
        expiresAt: new Date(Date.parse(made.startDateTime) + lastsMs),
      };
    },
    deleteUser: (objectId) => graph.remove(`/users/${id(objectId)}`),
  };
}
