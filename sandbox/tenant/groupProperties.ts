import type { CollectionRules } from './collection.ts';
import type { JsonObject } from './json.ts';
import type { GroupRow } from './records.ts';

export const GROUP_PROPERTIES = [
  'id',
  'deletedDateTime',
  'classification',
  'createdDateTime',
  'description',
  'displayName',
  'expirationDateTime',
  'groupTypes',
  'isAssignableToRole',
  'isManagementRestricted',
  'mail',
  'mailEnabled',
  'mailNickname',
  'membershipRule',
  'membershipRuleProcessingState',
  'onPremisesLastSyncDateTime',
  'onPremisesSyncEnabled',
  'preferredLanguage',
  'proxyAddresses',
  'renewedDateTime',
  'securityEnabled',
  'securityIdentifier',
  'theme',
  'visibility',
] as const;

export const groupView = (group: GroupRow): JsonObject => ({ ...group.properties, id: group.id });

/** Answered when nothing is selected. */
export const GROUP_DEFAULTS: readonly string[] = GROUP_PROPERTIES.filter((name) => name !== 'isManagementRestricted');

export const GROUP_RULES: CollectionRules = {
  context: 'groups',
  type: 'microsoft.graph.group',
  properties: GROUP_PROPERTIES,
  defaults: GROUP_DEFAULTS,
  filter: {
    resource: 'Group',
    or: true,
    properties: { id: ['eq', 'in'], displayname: ['eq', 'in', 'startswith'], securityenabled: ['eq'], mailenabled: ['eq'] },
  },
  orderBy: ['displayName'],
  pageSize: 100,
  maxTop: 999,
};
