import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { unitMemberRoutes } from './administrativeUnitMembers.ts';
import { administrativeUnitRoutes } from './administrativeUnits.ts';
import { authenticationStrengthRoutes } from './authenticationStrengths.ts';
import { authorizationPolicyRoutes } from './authorizationPolicy.ts';
import { registerBatch } from './batch.ts';
import { conditionalAccessRoutes } from './conditionalAccess.ts';
import { conditionalAccessWriteRoutes } from './conditionalAccessWrites.ts';
import { deletedItemRoutes } from './deletedItems.ts';
import { directoryAuditRoutes } from './directoryAudits.ts';
import { domainRoutes } from './domains.ts';
import { openExtras } from './extras.ts';
import { registerFaults } from './faults.ts';
import { graphHandler, registerGraph } from './graph.ts';
import { GraphFault } from './graphFault.ts';
import { GRAPH_PREFIX } from './graphReply.ts';
import type { GraphRoute } from './graphRoute.ts';
import { groupMemberRoutes } from './groupMembers.ts';
import { groupRoutes } from './groups.ts';
import { registerLimits } from './limits.ts';
import { methodPolicyRoutes } from './methodPolicies.ts';
import { methodRoutes } from './methods.ts';
import { organizationRoutes } from './organization.ts';
import { registrationDetailRoutes } from './registrationDetails.ts';
import { roleAssignmentRoutes } from './roleAssignments.ts';
import { roleDefinitionRoutes } from './roleDefinitions.ts';
import { roleScheduleRoutes } from './roleSchedules.ts';
import { servicePrincipalRoutes } from './servicePrincipals.ts';
import { signInRoutes } from './signIns.ts';
import type { TenantState } from './state.ts';
import { subscribedSkuRoutes } from './subscribedSkus.ts';
import { subscriptionRoutes } from './subscriptions.ts';
import type { TokenAuthority } from './tokens.ts';
import { type Exchange, openTraffic, registerTraffic } from './traffic.ts';
import { userActionRoutes } from './userActions.ts';
import { userRoutes } from './users.ts';
import { userWriteRoutes } from './userWrites.ts';
import { whatIfRoutes } from './whatIf.ts';
import { openWriteLog, registerWrites } from './writes.ts';

/** Every Graph resource; a new one is a file and a line here. */
export function graphRoutes(state: TenantState): readonly GraphRoute[] {
  return [
    ...userRoutes(state),
    ...userWriteRoutes(state),
    ...userActionRoutes(state),
    ...deletedItemRoutes(state),
    ...groupRoutes(state),
    ...groupMemberRoutes(state),
    ...methodRoutes(state),
    ...methodPolicyRoutes(state),
    ...administrativeUnitRoutes(state),
    ...unitMemberRoutes(state),
    ...roleDefinitionRoutes(),
    ...roleAssignmentRoutes(state),
    ...organizationRoutes(),
    ...domainRoutes(),
    ...subscribedSkuRoutes(),
    ...servicePrincipalRoutes(state),
    ...subscriptionRoutes(state),
    ...conditionalAccessRoutes(state),
    ...conditionalAccessWriteRoutes(state),
    ...whatIfRoutes(state),
    ...authenticationStrengthRoutes(),
    ...authorizationPolicyRoutes(state),
    ...roleScheduleRoutes(state),
    ...registrationDetailRoutes(state),
    ...signInRoutes(state),
    ...directoryAuditRoutes(state),
  ];
}

const isGraph = (request: FastifyRequest): boolean => request.url.startsWith(`${GRAPH_PREFIX}/`);

/** What a request comes to whose body can't be read; whoever sent it is still recorded. */
const UNREADABLE: GraphRoute = {
  method: 'POST',
  path: '/',
  permissions: [[]],
  handle() {
    throw new GraphFault(
      400,
      'BadRequest',
      'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
    );
  },
};

/** Puts Graph, its faults and its recordings on the server. */
export function serveGraph(server: FastifyInstance, state: TenantState, tokens: TokenAuthority, watch?: (exchange: Exchange) => void) {
  const faults = registerFaults(server, state);
  const writes = openWriteLog(state);
  const traffic = openTraffic(state, watch);
  const limits = registerLimits(server, state);
  const parts = { state, tokens, faults, writes, traffic, limits, extras: openExtras(server, state) };
  registerBatch(server, parts);
  registerGraph(server, parts, graphRoutes(state));
  registerWrites(server, writes);
  registerTraffic(server, traffic);
  const unknownPath = graphHandler(parts, undefined);
  const unreadable = graphHandler(parts, UNREADABLE);
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) return isGraph(request) ? unreadable(request, reply) : reply.code(status).send({ error: error.message });
    console.error(error);
    return reply.code(500).send({ error: { code: 'InternalServerError', message: error.message } });
  });
  server.setNotFoundHandler((request, reply) =>
    isGraph(request) ? unknownPath(request, reply) : reply.code(404).send({ error: 'Nothing answers here.' }),
  );
  return faults;
}
