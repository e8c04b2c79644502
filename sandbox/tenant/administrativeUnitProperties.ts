import type { JsonObject } from './json.ts';
import type { UnitRow } from './records.ts';
import type { TenantState } from './state.ts';

export const UNIT_PROPERTIES = [
  'id',
  'deletedDateTime',
  'description',
  'displayName',
  'isMemberManagementRestricted',
  'membershipRule',
  'membershipRuleProcessingState',
  'membershipType',
  'visibility',
] as const;

export const unitView = (unit: UnitRow): JsonObject => ({ ...unit.properties, id: unit.id });

/** Administrative units that hold this object. */
export function unitsOf(state: TenantState, tenantId: string, id: string): readonly UnitRow[] {
  return state.units.all().filter((unit) => unit.tenantId === tenantId && unit.memberIds.includes(id));
}
