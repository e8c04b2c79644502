import type { Documents } from '../documents.ts';
import { type AppRegistration, findApp, REGISTRATIONS, servicePrincipalId } from './apps.ts';
import { type ByHand, Senseless } from './byHand.ts';
import { textOf } from './json.ts';
import { ROLES, roleDefinitionView } from './roleDefinitions.ts';
import { grant, roleAssignmentId, unassign } from './roleGrants.ts';

const WITHHELD = 'tenant.withheldPermissions';
const keyOf = (tenantId: string, app: AppRegistration): string => `${tenantId}/${app.name}`;

/** What an app may do in a tenant: what an administrator consented to, and has not taken back since. */
export function permissionsOf(documents: Documents, tenantId: string, app: AppRegistration): readonly string[] {
  const withheld = documents.get<readonly string[]>(WITHHELD, keyOf(tenantId, app)) ?? [];
  return app.permissions.filter((permission) => !withheld.includes(permission));
}

function appOf({ tenant, body }: ByHand): AppRegistration {
  const named = textOf(body, 'app') ?? 'changer';
  const app = findApp(REGISTRATIONS.find(({ name }) => name === named)?.appId ?? '', tenant);
  if (!app) throw new Senseless('app must be one of the product’s apps in this tenant: changer, reader.');
  return app;
}

function roleOf({ body }: ByHand): string {
  const wanted = textOf(body, 'role')?.toLowerCase() ?? '';
  const found = Object.values(ROLES).find((id) => id === wanted || String(roleDefinitionView(id)?.displayName).toLowerCase() === wanted);
  if (!found) throw new Senseless('role must be the name or the id of a directory role.');
  return found;
}

/** Assigns a directory role to one of the product's apps, for the whole tenant, or ends that. */
export function moveRole(task: ByHand, held: boolean): void {
  const { state, by, tenantId } = task;
  const [roleDefinitionId, principalId] = [roleOf(task), servicePrincipalId(appOf(task), tenantId)];
  const id = roleAssignmentId(roleDefinitionId, principalId);
  const row = state.roleAssignments.get(id);
  if ((row !== undefined) === held) throw new Senseless(held ? 'It holds that role already.' : 'It does not hold that role.');
  if (row) unassign(state, by, row);
  else grant(state, by, { id, tenantId, principalId, roleDefinitionId, directoryScopeId: '/' });
}

/** Takes a consent of one of the product's apps back, or gives it again. As in Entra a token that is out already says what it said. */
export function movePermission(task: ByHand, held: boolean): void {
  const { state, body, tenantId } = task;
  const app = appOf(task);
  const permission = textOf(body, 'permission') ?? '';
  if (!app.permissions.includes(permission)) throw new Senseless('permission must be one that this app was granted.');
  const others = (state.documents.get<readonly string[]>(WITHHELD, keyOf(tenantId, app)) ?? []).filter((each) => each !== permission);
  state.documents.put(WITHHELD, keyOf(tenantId, app), held ? others : [...others, permission]);
}
