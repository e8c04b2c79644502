import { authorizeUnit, existingUnit, READ_UNITS, refreshRestriction, WRITE_UNITS } from './administrativeUnitRules.ts';
import { type AuditTarget, type Initiator, initiatorOf, recordAudit } from './audit.ts';
import { answerCollection } from './collection.ts';
import { answerObjects, objectView } from './directoryObjects.ts';
import { badRequest, notFound } from './graphFault.ts';
import { type GraphRoute, noContent } from './graphRoute.ts';
import { REFERENCE } from './groupMembers.ts';
import { textOf } from './json.ts';
import { findGroup, findUser, referable, userTarget } from './membership.ts';
import type { UnitRow } from './records.ts';
import { READ_ROLES } from './roleDefinitions.ts';
import { unitIdOf } from './roleGrants.ts';
import type { TenantState } from './state.ts';
import { userRules } from './users.ts';

/** Puts an object into a unit, or takes it out, with the audit entry that says who did. */
export function moveMember(state: TenantState, by: Initiator, unit: UnitRow, id: string, added: boolean): void {
  const { tenantId } = unit;
  const others = unit.memberIds.filter((one) => one !== id);
  state.units.put(unit.id, { ...unit, memberIds: added ? [...others, id] : others });
  refreshRestriction(state, tenantId, id);
  const user = findUser(state, tenantId, id);
  const displayName = findGroup(state, tenantId, id)?.properties.displayName ?? null;
  const member: AuditTarget = user ? userTarget(user) : { id, type: 'Group', displayName };
  const where = unit.properties.isMemberManagementRestricted === true ? 'restricted management administrative unit' : 'administrative unit';
  recordAudit(state, {
    tenantId,
    by,
    activity: added ? `Add member to ${where}` : `Remove member from ${where}`,
    category: 'AdministrativeUnit',
    operation: added ? 'Assign' : 'Unassign',
    targets: [member, { id: unit.id, type: 'AdministrativeUnit', displayName: unit.properties.displayName }],
  });
}

/** Who is in an administrative unit, and who administers it. */
export function unitMemberRoutes(state: TenantState): readonly GraphRoute[] {
  const path = '/directory/administrativeUnits/:unitId';
  return [
    {
      method: 'GET',
      path: `${path}/members`,
      permissions: READ_UNITS,
      handle(call) {
        const ids = existingUnit(state, call).memberIds;
        return answerObjects(
          call,
          ids.map((id) => objectView(state, call.tenant.id, id)).filter((row) => row !== undefined),
        );
      },
    },
    {
      method: 'GET',
      path: `${path}/members/microsoft.graph.user`,
      permissions: READ_UNITS,
      handle(call) {
        const ids = existingUnit(state, call).memberIds;
        const users = ids.flatMap((id) => findUser(state, call.tenant.id, id) ?? []);
        return answerCollection(
          call,
          userRules(call),
          users.map((user) => user.properties),
        );
      },
    },
    {
      method: 'POST',
      path: `${path}/members/$ref`,
      permissions: WRITE_UNITS,
      handle(call) {
        const unit = existingUnit(state, call);
        authorizeUnit(state, call, unit);
        const id = REFERENCE.exec(textOf(call.body, '@odata.id') ?? '')?.[1]?.toLowerCase();
        if (id === undefined) throw badRequest("Invalid value specified for property '@odata.id' of resource 'AdministrativeUnit'.");
        const kind = referable(state, call.tenant.id, id);
        if (kind !== 'user' && kind !== 'group') throw notFound(id);
        if (unit.memberIds.includes(id)) {
          throw badRequest('A conflicting object with one or more of the specified property values is present in the directory.');
        }
        moveMember(state, initiatorOf(call), unit, id, true);
        return noContent;
      },
    },
    {
      method: 'DELETE',
      path: `${path}/members/:memberId/$ref`,
      permissions: WRITE_UNITS,
      handle(call) {
        const unit = existingUnit(state, call);
        authorizeUnit(state, call, unit);
        const id = (call.params.memberId ?? '').toLowerCase();
        if (!unit.memberIds.includes(id)) throw notFound(id);
        moveMember(state, initiatorOf(call), unit, id, false);
        return noContent;
      },
    },
    {
      method: 'GET',
      path: `${path}/scopedRoleMembers`,
      permissions: READ_ROLES,
      handle(call) {
        const unit = existingUnit(state, call);
        const properties = ['id', 'administrativeUnitId', 'roleId', 'roleMemberInfo'];
        const rules = {
          context: 'scopedRoleMemberships',
          type: 'microsoft.graph.scopedRoleMembership',
          properties,
          pageSize: 100,
          maxTop: 999,
        };
        const held = state.roleAssignments.all().filter((one) => unitIdOf(one.directoryScopeId) === unit.id);
        const rows = held.map((one) => {
          const displayName = objectView(state, call.tenant.id, one.principalId)?.displayName ?? null;
          return {
            id: one.id,
            administrativeUnitId: unit.id,
            roleId: one.roleDefinitionId,
            roleMemberInfo: { id: one.principalId, displayName },
          };
        });
        return answerCollection(call, rules, rows);
      },
    },
  ];
}
