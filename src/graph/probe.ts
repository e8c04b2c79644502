import type { TenantInfo } from '../app/ports.ts';
import { type Part, unreadable } from '../core/posture/snapshot.ts';
import type { CloudFeature } from '../core/tenant/cloud.ts';
import type { TenantProbe } from '../core/tenant/probe.ts';
import { batched } from './batch.ts';
import { type Graph, id, quoted } from './client.ts';
import { type OwnIdentity, readIdentities } from './identities.ts';
import { readSnapshot, type SnapshotTenant } from './snapshot.ts';
import { partOf, partUnless } from './unreadable.ts';

const NOBODY = '00000000-0000-0000-0000-000000000000';
/** What an administrator of a tenant opens first: the portal (domain.md 1.7). */
const AZURE_PORTAL = 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c';

/**
 * Asks the tenant everything Breakglass may ever ask it, to find out what it answers. Changes nothing. Of logs one row is asked for and no
 * further page is followed: what counts is that they answer.
 */
export async function probeTenant(
  whole: Graph,
  tenant: SnapshotTenant & Pick<TenantInfo, 'restrictedUnitId'>,
  identities: readonly OwnIdentity[],
  objectIds: readonly string[],
  readAt: Date,
  lacks: ReadonlySet<CloudFeature>,
): Promise<TenantProbe> {
  const graph = batched(whole);
  const [snapshot, signInLog, directoryAudits, methodsOfNobody, whatIf, own] = await Promise.all([
    readSnapshot(whole, tenant, objectIds, readAt, lacks),
    partOf(
      answer(graph.get(`/auditLogs/signIns?$filter=userId eq ${quoted(NOBODY)} and createdDateTime ge ${readAt.toISOString()}&$top=1`)),
    ),
    partUnless(lacks.has('directory-audits'), () =>
      answer(graph.get(`/auditLogs/directoryAudits?$filter=activityDateTime ge ${readAt.toISOString()}&$top=1`)),
    ),
    partUnless(lacks.has('authentication-methods'), () => answer(graph.find(`/users/${id(NOBODY)}/authentication/methods`))),
    objectIds[0] === undefined
      ? unreadable('not-asked', 'There is no account yet that it could be asked about.')
      : partOf(answer(evaluate(whole, objectIds[0]))),
    readIdentities(graph, identities),
  ]);
  const ofFirst = snapshot.accounts[0]?.methods;
  const methods: Part<'answered'> =
    ofFirst?.state === 'unreadable' ? ofFirst : ofFirst ? { state: 'read', value: 'answered' } : methodsOfNobody;
  return {
    snapshot,
    signInLog,
    directoryAudits,
    methods,
    whatIf,
    identities: own,
    usesRestrictedUnit: tenant.restrictedUnitId !== undefined,
  };
}

const answer = async (question: Promise<unknown>): Promise<'answered'> => question.then(() => 'answered');

/** What-If for one user at the admin portal. It is a POST that reads. */
const evaluate = (graph: Graph, objectId: string): Promise<unknown> =>
  graph.post('/identity/conditionalAccess/evaluate', {
    signInIdentity: { '@odata.type': '#microsoft.graph.userSignIn', userId: objectId },
    signInContext: { '@odata.type': '#microsoft.graph.applicationContext', includeApplications: [AZURE_PORTAL] },
    signInConditions: { clientAppType: 'browser', devicePlatform: 'windows' },
    appliedPoliciesOnly: true,
  });
