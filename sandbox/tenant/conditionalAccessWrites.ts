import { randomUUID } from 'node:crypto';
import { type AuditEvent, initiatorOf, recordAudit } from './audit.ts';
import { answerCollection } from './collection.ts';
import { hasSecurityDefaults, POLICY_RULES as rules } from './conditionalAccess.ts';
import { GraphFault, notFound } from './graphFault.ts';
import { entity, GRAPH_ROOT, type GraphAnswer, type GraphCall, type GraphRoute, noContent, type Permissions } from './graphRoute.ts';
import { isObject, type JsonObject, objectOf } from './json.ts';
import { checkPolicyBody, checkWholePolicy, misshapen, policyRefused } from './policyRules.ts';
import { wholeConditions, wholeGrant, wholePolicy } from './policyShape.ts';
import type { PolicyRow } from './records.ts';
import type { TenantState } from './state.ts';

/** All three together: a documented known issue of this API. */
const WRITE: Permissions = [['Policy.Read.All', 'Policy.ReadWrite.ConditionalAccess', 'Application.Read.All']];
const REMOVE: Permissions = [['Policy.Read.All', 'Policy.ReadWrite.ConditionalAccess']];

/** In any state (Learn, plan-conditional-access). */
const MOST_POLICIES = 240;
const KEPT_MS = 30 * 24 * 3_600_000;

/** Policies in use, of one tenant. */
export const livePolicies = (state: TenantState, tenantId: string): readonly PolicyRow[] =>
  state.policies.all().filter((row) => row.tenantId === tenantId && row.deletedAt == null);

function requireLicence(call: GraphCall): void {
  if (call.tenant.kind === 'free') throw new GraphFault(403, 'AccessDenied', 'Your tenant is not licensed for this feature');
}

/** Seven decimals, as Conditional Access writes instants. */
const stamp = (state: TenantState): string => state.clock.now().toISOString().replace('Z', '0000Z');

type PolicyEvent = Pick<AuditEvent, 'activity' | 'operation'> & { readonly change: readonly [before: unknown, after: unknown] };

function audit(state: TenantState, call: GraphCall, row: PolicyRow, { activity, operation, change }: PolicyEvent): void {
  recordAudit(state, {
    tenantId: call.tenant.id,
    by: initiatorOf(call),
    activity,
    category: 'Policy',
    operation,
    service: 'Conditional Access',
    targets: [{ id: row.id, displayName: row.policy.displayName, type: 'Policy', changes: { ConditionalAccessPolicy: change } }],
  });
}

const nullOr = (value: unknown): JsonObject | null => (isObject(value) ? value : null);

function refuseWhileDefaultsOn(state: TenantState, call: GraphCall, policyState: unknown): void {
  if (policyState === 'enabled' && hasSecurityDefaults(state, call.tenant)) {
    throw policyRefused(1905, 'Security defaults are enabled: the policy can be created, but not enabled.');
  }
}

function create(state: TenantState, call: GraphCall): GraphAnswer {
  requireLicence(call);
  const given = checkPolicyBody(call.body);
  if (given.displayName === undefined || given.state === undefined || given.conditions === undefined) throw misshapen();
  refuseWhileDefaultsOn(state, call, given.state);
  if (livePolicies(state, call.tenant.id).length >= MOST_POLICIES) {
    throw policyRefused(1906, `The tenant has reached the maximum of ${MOST_POLICIES} policies.`);
  }
  const id = randomUUID();
  const policy = wholePolicy({
    id,
    displayName: String(given.displayName),
    state: String(given.state),
    createdDateTime: stamp(state),
    conditions: objectOf(given.conditions),
    grantControls: nullOr(given.grantControls),
    sessionControls: nullOr(given.sessionControls),
  });
  checkWholePolicy(state, call, undefined, policy);
  const row: PolicyRow = { id, tenantId: call.tenant.id, policy };
  state.policies.put(id, row);
  audit(state, call, row, { activity: 'Add conditional access policy', operation: 'Add', change: [undefined, policy] });
  const headers = { location: `${GRAPH_ROOT}/${rules.context}/${id}` };
  return { ...entity(rules.context, policy), status: 201, headers };
}

/** Microsoft's own policies take a state and exclusions, nothing else (Learn, managed-policies). */
function checkManaged(row: PolicyRow, given: JsonObject, after: PolicyRow['policy']): void {
  if (row.managed !== true) return;
  const same = (name: string): boolean => JSON.stringify(row.policy[name]) === JSON.stringify(after[name]);
  const others = Object.keys(given).filter((name) => name !== 'state' && name !== 'conditions' && !same(name));
  const frozen = (policy: JsonObject): string => {
    const { users, ...conditions } = objectOf(policy.conditions);
    const included = Object.entries(objectOf(users)).filter(([name]) => name.startsWith('include'));
    return JSON.stringify([conditions, included]);
  };
  if (others.length > 0 || frozen(row.policy) !== frozen(after)) {
    throw policyRefused(1907, 'Of a Microsoft-managed policy only the state and the exclusions can be changed.');
  }
}

/**
 * Omitted properties keep their value; a list that is sent replaces the list, and `conditions.users`, when sent, replaces all eight of its
 * members. Whether the real service merges those eight is not settled (graph facts, section 9): this is the harsher reading. No ETag:
 * whoever writes last wins.
 */
function change(state: TenantState, call: GraphCall, row: PolicyRow): void {
  const given = checkPolicyBody(call.body);
  refuseWhileDefaultsOn(state, call, given.state);
  const policy: PolicyRow['policy'] = {
    ...row.policy,
    displayName: String(given.displayName ?? row.policy.displayName),
    state: String(given.state ?? row.policy.state),
    conditions: wholeConditions({ ...objectOf(row.policy.conditions), ...objectOf(given.conditions) }),
    grantControls: given.grantControls === undefined ? row.policy.grantControls : wholeGrant(given.grantControls),
    sessionControls: given.sessionControls === undefined ? row.policy.sessionControls : given.sessionControls,
    modifiedDateTime: stamp(state),
  };
  checkManaged(row, given, policy);
  checkWholePolicy(state, call, row.policy, policy);
  const changed = { ...row, policy };
  state.policies.put(row.id, changed);
  audit(state, call, changed, { activity: 'Update conditional access policy', operation: 'Update', change: [row.policy, policy] });
}

/** Creating, changing and deleting policies, and bringing deleted ones back for 30 days. */
export function conditionalAccessWriteRoutes(state: TenantState): readonly GraphRoute[] {
  const path = '/identity/conditionalAccess/policies';
  const deletedPath = '/identity/conditionalAccess/deletedItems/policies';
  const named = (call: GraphCall): PolicyRow => {
    const row = state.policies.get((call.params.id ?? '').toLowerCase());
    if (row?.tenantId !== call.tenant.id) throw notFound(call.params.id ?? '');
    return row;
  };
  const live = (call: GraphCall): PolicyRow => {
    const row = named(call);
    if (row.deletedAt != null) throw notFound(row.id);
    return row;
  };
  const isKept = (row: PolicyRow): boolean => row.deletedAt != null && Date.parse(row.deletedAt) + KEPT_MS > state.clock.now().getTime();
  return [
    { method: 'POST', path, permissions: WRITE, throttle: 'conditional-access', handle: (call) => create(state, call) },
    {
      method: 'PATCH',
      path: `${path}/:id`,
      permissions: WRITE,
      throttle: 'conditional-access',
      handle(call) {
        requireLicence(call);
        change(state, call, live(call));
        return noContent;
      },
    },
    {
      method: 'DELETE',
      path: `${path}/:id`,
      permissions: REMOVE,
      throttle: 'conditional-access',
      handle(call) {
        const row = live(call);
        if (row.managed === true) throw policyRefused(1908, 'A Microsoft-managed policy cannot be deleted.');
        state.policies.put(row.id, { ...row, deletedAt: stamp(state) });
        audit(state, call, row, { activity: 'Delete conditional access policy', operation: 'Delete', change: [row.policy, undefined] });
        return noContent;
      },
    },
    {
      method: 'GET',
      path: deletedPath,
      permissions: ['Policy.Read.All'],
      throttle: 'conditional-access',
      handle(call) {
        const deleted = state.policies.all().filter((row) => row.tenantId === call.tenant.id && isKept(row));
        return answerCollection(
          call,
          { ...rules, context: deletedPath.slice(1), properties: [...rules.properties, 'deletedDateTime'] },
          deleted.map((row) => ({ ...row.policy, deletedDateTime: row.deletedAt })),
        );
      },
    },
    {
      method: 'POST',
      path: `${deletedPath}/:id/restore`,
      permissions: WRITE,
      throttle: 'conditional-access',
      handle(call) {
        const row = named(call);
        if (!isKept(row)) throw notFound(row.id);
        const restored = { ...row, deletedAt: null };
        state.policies.put(row.id, restored);
        audit(state, call, restored, { activity: 'Restore conditional access policy', operation: 'Add', change: [undefined, row.policy] });
        return entity(rules.context, row.policy);
      },
    },
  ];
}
