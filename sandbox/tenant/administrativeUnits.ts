import { randomUUID } from 'node:crypto';
import { UNIT_PROPERTIES, unitView } from './administrativeUnitProperties.ts';
import { authorizeUnit, existingUnit, READ_UNITS, refreshRestriction, WRITE_UNITS } from './administrativeUnitRules.ts';
import { type AuditEvent, initiatorOf, recordAudit } from './audit.ts';
import { answerCollection, type CollectionRules } from './collection.ts';
import { badRequest, GraphFault, invalidValue } from './graphFault.ts';
import { entity, GRAPH_ROOT, type GraphAnswer, type GraphCall, type GraphRoute, noContent } from './graphRoute.ts';
import type { JsonObject } from './json.ts';
import type { UnitRow } from './records.ts';
import { unitIdOf } from './roleGrants.ts';
import { pick, selectOf } from './select.ts';
import type { TenantState } from './state.ts';

const rules: CollectionRules = {
  context: 'directory/administrativeUnits',
  type: 'microsoft.graph.administrativeUnit',
  properties: UNIT_PROPERTIES,
  filter: {
    resource: 'AdministrativeUnit',
    or: true,
    properties: { id: ['eq', 'in'], displayname: ['eq', 'startswith'], ismembermanagementrestricted: ['eq'] },
  },
  orderBy: ['displayName'],
  pageSize: 100,
  maxTop: 999,
};

/** Checks what may be set; restriction is for creation only. Throws 400. */
function propertiesOf(body: JsonObject, creating: boolean): JsonObject {
  const { '@odata.type': _type, ...given } = body;
  for (const [name, value] of Object.entries(given)) {
    const isText = (name === 'displayName' && value !== null) || name === 'description' || name === 'visibility';
    if (isText && (value === null || (typeof value === 'string' && value !== ''))) continue;
    if (name === 'isMemberManagementRestricted' && typeof value === 'boolean') {
      if (creating) continue;
      throw badRequest("Property 'isMemberManagementRestricted' can only be set when the administrative unit is created.");
    }
    throw invalidValue(name, 'AdministrativeUnit');
  }
  return given;
}

const auditUnit = (state: TenantState, call: GraphCall, unit: UnitRow, event: Pick<AuditEvent, 'activity' | 'operation'>): void =>
  recordAudit(state, {
    ...event,
    tenantId: call.tenant.id,
    by: initiatorOf(call),
    category: 'AdministrativeUnit',
    targets: [
      {
        id: unit.id,
        displayName: unit.properties.displayName,
        type: 'AdministrativeUnit',
        changes: {
          DisplayName: [[], [unit.properties.displayName]],
          IsMemberManagementRestricted: [[], [unit.properties.isMemberManagementRestricted ?? false]],
        },
      },
    ],
  });

function create(state: TenantState, call: GraphCall): GraphAnswer {
  const properties = propertiesOf(call.body, true);
  if (typeof properties.displayName !== 'string') {
    throw badRequest("A value is required for property 'displayName' of resource 'AdministrativeUnit'.");
  }
  // Restricted units need P1 (Learn); whether B2C tenants have them is not known, so the sandbox's has none.
  if (properties.isMemberManagementRestricted === true && call.tenant.kind !== 'workforce') {
    throw new GraphFault(403, 'AccessDenied', 'Your tenant is not licensed for this feature');
  }
  const id = randomUUID();
  const unit: UnitRow = { id, tenantId: call.tenant.id, memberIds: [], properties: { ...properties, displayName: properties.displayName } };
  authorizeUnit(state, call, unit);
  state.units.put(id, unit);
  auditUnit(state, call, unit, { activity: 'Add administrative unit', operation: 'Add' });
  const headers = { location: `${GRAPH_ROOT}/directory/administrativeUnits/${id}` };
  return { ...entity(rules.context, pick(unitView(unit), UNIT_PROPERTIES)), status: 201, headers };
}

/** Administrative units, restricted management ones among them. */
export function administrativeUnitRoutes(state: TenantState): readonly GraphRoute[] {
  const path = '/directory/administrativeUnits';
  return [
    {
      method: 'GET',
      path,
      permissions: READ_UNITS,
      handle: (call) =>
        answerCollection(
          call,
          rules,
          state.units
            .all()
            .filter((unit) => unit.tenantId === call.tenant.id)
            .map(unitView),
        ),
    },
    { method: 'POST', path, permissions: WRITE_UNITS, handle: (call) => create(state, call) },
    {
      method: 'GET',
      path: `${path}/:unitId`,
      permissions: READ_UNITS,
      handle: (call) => entity(rules.context, pick(unitView(existingUnit(state, call)), selectOf(call, rules))),
    },
    {
      method: 'PATCH',
      path: `${path}/:unitId`,
      permissions: WRITE_UNITS,
      handle(call) {
        const unit = existingUnit(state, call);
        authorizeUnit(state, call, unit);
        const changed: UnitRow = { ...unit, properties: { ...unit.properties, ...propertiesOf(call.body, false) } };
        state.units.put(unit.id, changed);
        auditUnit(state, call, changed, { activity: 'Update administrative unit', operation: 'Update' });
        return noContent;
      },
    },
    {
      method: 'DELETE',
      path: `${path}/:unitId`,
      permissions: WRITE_UNITS,
      handle(call) {
        const unit = existingUnit(state, call);
        authorizeUnit(state, call, unit);
        state.units.remove(unit.id);
        for (const id of unit.memberIds) refreshRestriction(state, call.tenant.id, id);
        for (const one of state.roleAssignments.all()) if (unitIdOf(one.directoryScopeId) === unit.id) state.roleAssignments.remove(one.id);
        auditUnit(state, call, unit, { activity: 'Delete administrative unit', operation: 'Delete' });
        return noContent;
      },
    },
  ];
}
