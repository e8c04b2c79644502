import type { GraphIdentity } from '../core/tenant/calls.ts';
import type { IdentityProbe } from '../core/tenant/probe.ts';
import { id, quoted } from './client.ts';
import type { CredentialReference } from './credentials.ts';
import { GraphFault } from './faults.ts';
import type { GraphReads } from './reads.ts';
import { type RoleAssignmentRow, roleAssignmentFrom } from './rows/tenant.ts';
import type { Maybe } from './rows/values.ts';
import { partOf } from './unreadable.ts';

/** One of our own apps in a tenant: its client id, where the tenants file gives it, and what it stands for. */
export interface OwnIdentity {
  readonly appId?: string;
  readonly standsFor: readonly GraphIdentity[];
}

/**
 * The two apps of a tenant by their references in the tenants file. A system-assigned identity is not named there.
 *
 * @param readsPeople whether the reader reads people and groups of the home tenant as well
 */
export function identitiesOf(tenant: Readonly<Record<'reader' | 'changer', CredentialReference>>, readsPeople: boolean): OwnIdentity[] {
  const named = ({ clientId }: CredentialReference) => (clientId === undefined ? {} : { appId: clientId });
  return [
    { ...named(tenant.reader), standsFor: readsPeople ? ['reader', 'people'] : ['reader'] },
    { ...named(tenant.changer), standsFor: ['changer'] },
  ];
}

interface PrincipalRow {
  readonly id: string;
  readonly appRoles?: Maybe<readonly { readonly id: string; readonly value?: Maybe<string> }[]>;
}
interface ConsentRow {
  readonly appRoleId: string;
  readonly resourceId: string;
  readonly resourceDisplayName?: Maybe<string>;
}

/** Microsoft Graph itself, in every cloud. */
const GRAPH_APP = '00000003-0000-0000-c000-000000000000';

/** What each of our identities may do in the tenant, as the tenant has it on record. */
export async function readIdentities(graph: GraphReads, identities: readonly OwnIdentity[]): Promise<IdentityProbe[]> {
  const known = identities.flatMap(({ appId, standsFor }) => (appId === undefined ? [] : [{ appId, standsFor }]));
  if (known.length === 0) return [];
  const names = namesOf(graph);
  return Promise.all(
    known.map(async ({ appId, standsFor }): Promise<IdentityProbe> => {
      const principal = principalOf(graph, appId);
      const [permissions, roles] = await Promise.all([
        partOf(Promise.all([principal, names]).then(([{ id: own }, named]) => consentsOf(graph, own, named))),
        partOf(principal.then(({ id: own }) => rolesOf(graph, own))),
      ]);
      return { standsFor, permissions, roles };
    }),
  );
}

async function principalOf(graph: GraphReads, appId: string): Promise<PrincipalRow> {
  const [found] = await graph.list<PrincipalRow>(`/servicePrincipals?$filter=appId eq ${quoted(appId)}&$select=id,appId,appRoles`);
  if (found) return found;
  throw new GraphFault('GET /servicePrincipals', {
    status: 404,
    code: 'NoSuchServicePrincipal',
    detail: `no service principal of ${appId}`,
  });
}

/** Names of Graph's application permissions by their id, and Graph's own id in this tenant. */
async function namesOf(graph: GraphReads): Promise<{ readonly graphId: string; readonly names: ReadonlyMap<string, string> }> {
  const { id: graphId, appRoles } = await principalOf(graph, GRAPH_APP);
  return {
    graphId,
    names: new Map((appRoles ?? []).flatMap((role) => (role.value ? [[role.id.toLowerCase(), role.value] as const] : []))),
  };
}

async function consentsOf(graph: GraphReads, own: string, { graphId, names }: Awaited<ReturnType<typeof namesOf>>): Promise<string[]> {
  const rows = await graph.list<ConsentRow>(`/servicePrincipals/${id(own)}/appRoleAssignments`);
  return rows.map(({ appRoleId, resourceId, resourceDisplayName }) => {
    const name = resourceId.toLowerCase() === graphId.toLowerCase() ? names.get(appRoleId.toLowerCase()) : undefined;
    return name ?? `${resourceDisplayName ?? resourceId}: ${appRoleId}`;
  });
}

async function rolesOf(graph: GraphReads, own: string) {
  const rows = await graph.list<RoleAssignmentRow>(`/roleManagement/directory/roleAssignments?$filter=principalId eq ${quoted(own)}`);
  return rows.map(roleAssignmentFrom);
}
