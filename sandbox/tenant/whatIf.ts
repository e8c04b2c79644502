import type { SignInFacts } from './conditionalAccessConditions.ts';
import { reasonOf } from './conditionalAccessEvaluation.ts';
import { livePolicies } from './conditionalAccessWrites.ts';
import { badRequest, GraphFault, notFound } from './graphFault.ts';
import { GRAPH_ROOT, type GraphCall, type GraphRoute, ok } from './graphRoute.ts';
import { isObject, type JsonObject, objectOf, textOf, textsOf } from './json.ts';
import { findUser, groupsOf, rolesOf } from './membership.ts';
import { SIGN_IN_APPS } from './signInApps.ts';
import type { TenantState } from './state.ts';
import { isTrustedPlace } from './trustedPlace.ts';

/** What the context of the question says about the target. Throws 400. */
function targetOf(context: JsonObject): Pick<SignInFacts, 'appIds' | 'isAdminPortal' | 'userAction' | 'authenticationContext'> {
  switch (String(context['@odata.type']).replace('#', '')) {
    case 'microsoft.graph.applicationContext': {
      const appIds = textsOf(context, 'includeApplications').map((id) => id.toLowerCase());
      const portals = Object.values(SIGN_IN_APPS).filter((app) => app.isAdminPortal);
      return { appIds, isAdminPortal: portals.some((app) => appIds.includes(app.appId)) };
    }
    case 'microsoft.graph.userActionContext': {
      const words: Readonly<Record<string, string>> = {
        registerSecurityInformation: 'urn:user:registersecurityinfo',
        registerOrJoinDevices: 'urn:user:registerdevice',
      };
      return { appIds: [], isAdminPortal: false, userAction: words[String(context.userAction)] ?? String(context.userAction) };
    }
    case 'microsoft.graph.authContext':
      return { appIds: [], isAdminPortal: false, authenticationContext: String(context.authenticationContextValue) };
    default:
      throw badRequest('signInContext must be an applicationContext, a userActionContext or an authContext.');
  }
}

function factsOf(state: TenantState, call: GraphCall): SignInFacts {
  const identity = objectOf(call.body.signInIdentity);
  const id = textOf(identity, 'userId');
  if (!String(identity['@odata.type']).endsWith('userSignIn') || id === undefined)
    throw badRequest('signInIdentity must be a userSignIn with a userId.');
  const user = findUser(state, call.tenant.id, id);
  if (!user) throw notFound(id);
  const conditions = objectOf(call.body.signInConditions);
  const told = (name: string, as: keyof SignInFacts): JsonObject => {
    const value = textOf(conditions, name);
    return value === undefined ? {} : { [as]: value };
  };
  const ip = textOf(conditions, 'ipAddress');
  const flow = textOf(objectOf(conditions.authenticationFlow), 'transferMethod');
  return {
    userId: user.id,
    isGuest: user.properties.userType === 'Guest',
    groupIds: new Set(groupsOf(state, call.tenant.id, user.id).map((group) => group.id)),
    roleIds: rolesOf(state, call.tenant.id, user.id),
    clientAppType: textOf(conditions, 'clientAppType') ?? 'browser',
    isTrustedPlace: ip !== undefined && isTrustedPlace(ip),
    ...targetOf(objectOf(call.body.signInContext)),
    ...told('devicePlatform', 'platform'),
    ...told('signInRiskLevel', 'signInRiskLevel'),
    ...told('userRiskLevel', 'userRiskLevel'),
    ...(flow === undefined ? {} : { transferMethod: flow }),
  };
}

/** `POST /identity/conditionalAccess/evaluate` (What-If): the same judgement as at sign-in, up to which policies apply. */
export function whatIfRoutes(state: TenantState): readonly GraphRoute[] {
  return [
    {
      method: 'POST',
      path: '/identity/conditionalAccess/evaluate',
      permissions: ['Policy.Read.ConditionalAccess', 'Policy.Read.All', 'Policy.ReadWrite.ConditionalAccess'],
      throttle: 'conditional-access',
      handle(call) {
        if (call.tenant.kind === 'free') throw new GraphFault(403, 'AccessDenied', 'Your tenant is not licensed for this feature');
        const { signInIdentity, signInContext, appliedPoliciesOnly } = call.body;
        if (!isObject(signInIdentity) || !isObject(signInContext)) throw badRequest('signInIdentity and signInContext are required.');
        const facts = factsOf(state, call);
        const judged = livePolicies(state, call.tenant.id).map((row) => {
          const reason = reasonOf(row, facts);
          return { ...row.policy, policyApplies: reason === undefined, analysisReasons: reason ?? 'notSet' };
        });
        const value = appliedPoliciesOnly === true ? judged.filter((one) => one.policyApplies) : judged;
        return ok({ '@odata.context': `${GRAPH_ROOT}/$metadata#Collection(microsoft.graph.whatIfAnalysisResult)`, value });
      },
    },
  ];
}
