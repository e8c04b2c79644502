import type { FastifyInstance } from 'fastify';
import { APPS, type SandboxTenant } from '../world.ts';
import { moveMember } from './administrativeUnitMembers.ts';
import { unitsOf } from './administrativeUnitProperties.ts';
import { findApp, servicePrincipalId } from './apps.ts';
import { type Initiator, recordAudit } from './audit.ts';
import { type ByHand, Senseless } from './byHand.ts';
import { changePolicy } from './changePolicy.ts';
import { setSecurityDefaults } from './conditionalAccess.ts';
import { GraphFault } from './graphFault.ts';
import { objectOf, textOf } from './json.ts';
import { addMember, findGroup, findUser, removeMember, userTarget } from './membership.ts';
import { changeMethodPolicy } from './methodPolicies.ts';
import { movePermission, moveRole } from './ownRights.ts';
import type { GroupRow, UserRow } from './records.ts';
import { registerMethod } from './registerMethod.ts';
import { unassign } from './roleGrants.ts';
import { administratorOf } from './seedUsers.ts';
import { setSignInReports } from './signInGate.ts';
import { findTenant, type TenantState } from './state.ts';
import { deleteUser } from './userDeletion.ts';

function userOf({ state, tenantId, body }: ByHand): UserRow {
  const user = findUser(state, tenantId, textOf(body, 'userId') ?? textOf(body, 'userPrincipalName') ?? '');
  if (!user) throw new Senseless('userId, or userPrincipalName, must be that of a user of this tenant.');
  return user;
}

function groupOf({ state, tenantId, body }: ByHand): GroupRow {
  const group = findGroup(state, tenantId, textOf(body, 'groupId') ?? '');
  if (!group) throw new Senseless('groupId must be the id of a group of this tenant.');
  return group;
}

function setEnabled(task: ByHand, user: UserRow, accountEnabled: boolean): void {
  const changed = { ...user, properties: { ...user.properties, accountEnabled } };
  task.state.users.put(user.id, changed);
  recordAudit(task.state, {
    tenantId: task.tenantId,
    by: task.by,
    activity: accountEnabled ? 'Enable account' : 'Disable account',
    category: 'UserManagement',
    operation: 'Update',
    targets: [userTarget(changed, { AccountEnabled: [[user.properties.accountEnabled], [accountEnabled]] })],
  });
}

function removeRole(task: ByHand): void {
  const user = userOf(task);
  const role = textOf(task.body, 'roleDefinitionId')?.toLowerCase();
  const held = task.state.roleAssignments
    .all()
    .filter((one) => one.principalId === user.id && (role === undefined || one.roleDefinitionId === role));
  if (held.length === 0) throw new Senseless('This user does not hold that role.');
  for (const one of held) unassign(task.state, task.by, one);
}

/** Somebody leaves the organisation: disabled, and out of every group. */
function leaver(task: ByHand): void {
  const user = userOf(task);
  setEnabled(task, user, false);
  for (const group of task.state.groups.all()) {
    if (group.tenantId === task.tenantId && group.memberIds.includes(user.id)) removeMember(task.state, task.by, group, user.id);
  }
}

/** Out of every administrative unit: what protected it does so no longer. */
function leaveUnits(task: ByHand): void {
  const user = userOf(task);
  for (const unit of unitsOf(task.state, task.tenantId, user.id)) moveMember(task.state, task.by, unit, user.id, false);
}

const TASKS: Readonly<Record<string, (task: ByHand) => void>> = {
  'disable-user': (task) => setEnabled(task, userOf(task), false),
  'enable-user': (task) => setEnabled(task, userOf(task), true),
  'delete-user': (task) => deleteUser(task.state, task.by, userOf(task)),
  'remove-role': removeRole,
  'change-policy': changePolicy,
  'sign-in-reports': ({ state, tenant, body }) => setSignInReports(state, tenant, body.offered === true),
  'security-defaults': ({ state, tenant, by, body }) => setSecurityDefaults(state, tenant, by, body.isEnabled === true),
  'change-method-policy': ({ state, tenantId, by, body }) => {
    const { tenantId: _tenant, do: _do, method, ...given } = body;
    changeMethodPolicy(state, tenantId, by, textOf(body, 'method') ?? '', given);
  },
  'register-method': (task) => registerMethod(task, userOf(task)),
  'add-to-group': (task) => addMember(task.state, task.by, groupOf(task), userOf(task).id),
  'remove-from-group': (task) => removeMember(task.state, task.by, groupOf(task), userOf(task).id),
  'leave-units': leaveUnits,
  'take-role': (task) => moveRole(task, false),
  'give-role': (task) => moveRole(task, true),
  'take-permission': (task) => movePermission(task, false),
  'give-permission': (task) => movePermission(task, true),
  leaver,
};

/** An administrator, or with `as: "changer"` whoever got hold of the product's own identity. */
function doerOf(tenant: SandboxTenant, as: string | undefined): Initiator {
  const app = as === 'changer' ? findApp(APPS.changer, tenant) : undefined;
  if (!app) return { kind: 'user', ...administratorOf(tenant) };
  return { kind: 'app', displayName: app.displayName, servicePrincipalId: servicePrincipalId(app, tenant.id) };
}

/** `POST /sandbox/directory`: what an administrator does by hand, past the product and its approvals. */
export function registerDirectory(server: FastifyInstance, state: TenantState): void {
  server.post('/sandbox/directory', async (request, reply) => {
    const body = objectOf(request.body);
    const tenant = findTenant(textOf(body, 'tenantId') ?? '');
    if (!tenant) return reply.code(400).send({ error: 'tenantId must be the id of a sandbox tenant.' });
    const task = TASKS[textOf(body, 'do') ?? ''];
    if (!task) return reply.code(400).send({ error: `do must be one of ${Object.keys(TASKS).join(', ')}.` });
    const by = doerOf(tenant, textOf(body, 'as'));
    try {
      state.together(() => task({ state, tenant, tenantId: tenant.id, by, body }));
    } catch (error) {
      if (error instanceof Senseless || error instanceof GraphFault) return reply.code(400).send({ error: error.message });
      throw error;
    }
    return { ok: true };
  });
}
