import { answerCollection, type CollectionRules } from './collection.ts';
import { badRequest, denied, GraphFault, invalidValue, notFound } from './graphFault.ts';
import { entity, type GraphCall, type GraphRoute, holds, noContent, type Permissions } from './graphRoute.ts';
import { type JsonObject, textOf } from './json.ts';
import { pick, selectOf } from './select.ts';
import type { TenantState } from './state.ts';

const READ_USERS: Permissions = ['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'];
const READ_GROUPS: Permissions = ['GroupMember.Read.All', 'Group.Read.All', 'Group.ReadWrite.All', 'Directory.Read.All'];
const ANY: Permissions = [...READ_USERS, ...READ_GROUPS];
/** Resources of the directory that can be subscribed to, and what reading them takes. The logs are not among them. */
const RESOURCES: readonly (readonly [RegExp, Permissions])[] = [
  [/^\/?users(\/[\w-]+)?$/i, READ_USERS],
  [/^\/?groups(\/[\w-]+(\/members)?)?$/i, READ_GROUPS],
];
// Learn, subscription resource type: users and groups live under 29 days; a client state has 128 characters.
const LONGEST_MINUTES = 41_760;
const CLIENT_STATE = 128;
const CHANGES = new Set(['updated', 'deleted']);
const PROPERTIES = [
  'id',
  'resource',
  'applicationId',
  'changeType',
  'clientState',
  'notificationUrl',
  'expirationDateTime',
  'creatorId',
  'includeResourceData',
];

interface SubscriptionRow {
  readonly id: string;
  readonly tenantId: string;
  readonly appId: string;
  readonly properties: JsonObject;
}

const rules: CollectionRules = {
  context: 'subscriptions',
  type: 'microsoft.graph.subscription',
  properties: PROPERTIES,
  pageSize: 100,
  maxTop: 100,
};

/**
 * Change notifications as far as they can be asked for; none is ever sent and no address is called, for the sandbox speaks to loopback only.
 * B2C tenants have none (Learn, change-notifications-overview); the words of that refusal, and of the one for logs, are ours.
 */
export function subscriptionRoutes(state: TenantState): readonly GraphRoute[] {
  const table = state.open<SubscriptionRow>('subscriptions', (row) => row.id);
  const own = (call: GraphCall): SubscriptionRow[] =>
    table
      .all()
      .filter((row) => row.tenantId === call.tenant.id && row.appId === call.caller.app.appId)
      .filter((row) => Date.parse(String(row.properties.expirationDateTime)) > state.clock.now().getTime());
  const existing = (call: GraphCall): SubscriptionRow => {
    const row = own(call).find(({ id }) => id === call.params.id);
    if (!row) throw notFound(call.params.id ?? '');
    return row;
  };
  const until = (call: GraphCall): string => {
    const asked = Date.parse(textOf(call.body, 'expirationDateTime') ?? '');
    const left = asked - state.clock.now().getTime();
    if (!(left > 0)) throw invalidValue('expirationDateTime', 'Subscription');
    if (left > LONGEST_MINUTES * 60_000) throw badRequest(`Subscription expiration can only be ${LONGEST_MINUTES} minutes in the future.`);
    return new Date(asked).toISOString();
  };
  const subscribed = (call: GraphCall): JsonObject => {
    const [resource, changeType, notificationUrl] = ['resource', 'changeType', 'notificationUrl'].map((name) => {
      const value = textOf(call.body, name);
      if (value === undefined) throw badRequest(`A value is required for property '${name}' of resource 'Subscription'.`);
      return value;
    });
    const clientState = textOf(call.body, 'clientState') ?? null;
    const permissions = RESOURCES.find(([path]) => path.test(String(resource)))?.[1];
    if (!permissions) throw badRequest(`Resource '${resource}' does not support change notifications.`);
    if (!holds(call.caller, permissions)) throw denied();
    if (
      !String(changeType)
        .split(',')
        .every((one) => CHANGES.has(one.trim()))
    )
      throw invalidValue('changeType', 'Subscription');
    if (!String(notificationUrl).startsWith('https://')) throw invalidValue('notificationUrl', 'Subscription');
    if (clientState !== null && clientState.length > CLIENT_STATE) throw invalidValue('clientState', 'Subscription');
    return { resource, changeType, clientState, notificationUrl };
  };
  return [
    {
      method: 'GET',
      path: '/subscriptions',
      permissions: ANY,
      handle: (call) =>
        answerCollection(
          call,
          rules,
          own(call).map((row) => row.properties),
        ),
    },
    {
      method: 'POST',
      path: '/subscriptions',
      permissions: ANY, // of the resource's own, above
      handle(call) {
        if (call.tenant.kind === 'b2c')
          throw new GraphFault(400, 'BadRequest', 'Change notifications are not supported in Azure AD B2C tenants.');
        const id = crypto.randomUUID();
        const properties = {
          id,
          ...subscribed(call),
          applicationId: call.caller.app.appId,
          creatorId: call.caller.servicePrincipalId,
          expirationDateTime: until(call),
          includeResourceData: null,
        };
        table.put(id, { id, tenantId: call.tenant.id, appId: call.caller.app.appId, properties });
        return { ...entity(rules.context, properties), status: 201 };
      },
    },
    {
      method: 'GET',
      path: '/subscriptions/:id',
      permissions: ANY,
      handle: (call) => entity(rules.context, pick(existing(call).properties, selectOf(call, rules))),
    },
    {
      method: 'PATCH',
      path: '/subscriptions/:id',
      permissions: ANY,
      handle(call) {
        const row = existing(call);
        const properties = { ...row.properties, expirationDateTime: until(call) };
        table.put(row.id, { ...row, properties });
        return entity(rules.context, properties);
      },
    },
    {
      method: 'DELETE',
      path: '/subscriptions/:id',
      permissions: ANY,
      handle(call) {
        table.remove(existing(call).id);
        return noContent;
      },
    },
  ];
}
