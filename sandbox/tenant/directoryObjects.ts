import { UNIT_PROPERTIES } from './administrativeUnitProperties.ts';
import { findServicePrincipal } from './apps.ts';
import { answerCollection } from './collection.ts';
import type { GraphAnswer, GraphCall } from './graphRoute.ts';
import { GROUP_DEFAULTS, GROUP_PROPERTIES, groupView } from './groupProperties.ts';
import type { JsonObject } from './json.ts';
import { findGroup, findUser } from './membership.ts';
import { selectOf } from './select.ts';
import type { TenantState } from './state.ts';
import { USER_DEFAULTS, USER_PROPERTIES } from './userProperties.ts';

interface ObjectType {
  readonly properties: readonly string[];
  readonly defaults: readonly string[];
}

const exactly = (properties: readonly string[]): ObjectType => ({ properties, defaults: properties });

const TYPES: Readonly<Record<string, ObjectType>> = {
  '#microsoft.graph.user': { properties: USER_PROPERTIES, defaults: USER_DEFAULTS },
  '#microsoft.graph.group': { properties: GROUP_PROPERTIES, defaults: GROUP_DEFAULTS },
  '#microsoft.graph.servicePrincipal': exactly(['id', 'displayName', 'appId']),
  '#microsoft.graph.administrativeUnit': exactly(UNIT_PROPERTIES),
  '#microsoft.graph.directoryRole': exactly(['id', 'displayName', 'description', 'roleTemplateId']),
};

const ALL = [...new Set(Object.values(TYPES).flatMap((type) => type.properties))];

/** A user, group or service principal with its type, whole. */
export function objectView(state: TenantState, tenantId: string, id: string): JsonObject | undefined {
  const user = findUser(state, tenantId, id);
  if (user) return { '@odata.type': '#microsoft.graph.user', ...user.properties };
  const group = findGroup(state, tenantId, id);
  if (group) return { '@odata.type': '#microsoft.graph.group', ...groupView(group) };
  const principal = findServicePrincipal(tenantId, id);
  return (
    principal && {
      '@odata.type': '#microsoft.graph.servicePrincipal',
      id,
      displayName: principal.app.displayName,
      appId: principal.app.appId,
    }
  );
}

/** Answers a list of objects of mixed types: each with its own default properties, or with those selected that its type has. */
export function answerObjects(call: GraphCall, rows: readonly JsonObject[]): GraphAnswer {
  const rules = { context: 'directoryObjects', type: 'microsoft.graph.directoryObject', properties: ALL, pageSize: 100, maxTop: 999 };
  const selected = call.query.$select === undefined ? undefined : new Set(selectOf(call, rules));
  const own = (row: JsonObject): readonly string[] => {
    const type = TYPES[String(row['@odata.type'])] ?? exactly(['id', 'displayName']);
    return selected ? type.properties.filter((name) => selected.has(name)) : type.defaults;
  };
  const answer = answerCollection(call, rules, rows);
  const value = Array.isArray(answer.body?.value) ? (answer.body.value as JsonObject[]) : [];
  const trimmed = value.map((row) => ({
    '@odata.type': row['@odata.type'],
    ...Object.fromEntries(own(row).map((name) => [name, row[name] ?? null])),
  }));
  return { ...answer, body: { ...answer.body, value: trimmed } };
}
