import type { Part, TenantSnapshot } from '../posture/snapshot.ts';
import { ANSWERED, type Capability, type CapabilityName, finding, unread } from './capability.ts';
import { exclusionGroup } from './judgeGroup.ts';
import { identities } from './judgeIdentities.ts';
import type { TenantProbe } from './probe.ts';

/** Everything a tenant can and cannot do, in a fixed order. */
export function judgeTenant(probe: TenantProbe): Capability[] {
  const { snapshot } = probe;
  return [
    tenantKind(snapshot),
    initialDomain(snapshot),
    passwordLifetime(snapshot),
    signInLog(probe),
    answered('directory-audits', probe.directoryAudits),
    answered('conditional-access', snapshot.policies, ({ length }) => `${length} ${length === 1 ? 'policy' : 'policies'} read.`),
    answered('what-if', probe.whatIf),
    answered('authentication-methods', probe.methods),
    method('passkeys', snapshot, 'Fido2'),
    method('temporary-access-pass', snapshot, 'TemporaryAccessPass'),
    answered('pim', snapshot.assignmentSchedules),
    answered('restricted-units', snapshot.restrictedUnits, ({ length }) =>
      length === 1 ? '1 restricted unit.' : `${length} restricted units.`,
    ),
    changeNotifications(snapshot),
    ...exclusionGroup(snapshot),
    ...identities(probe),
  ];
}

function answered<T>(name: CapabilityName, part: Part<T>, evidence: (value: T) => string = () => ANSWERED): Capability {
  return part.state === 'read' ? finding(name, 'yes', evidence(part.value)) : unread(name, part);
}

/** `tenantType` of an Azure AD B2C tenant (domain.md 1.8 B16). */
const isB2c = (type: string | undefined): boolean => type === 'AAD B2C';

function tenantKind({ organization, licences, kind }: TenantSnapshot): Capability {
  const name = 'tenant-kind';
  if (organization.state === 'unreadable') return unread(name, organization);
  const { tenantType, displayName } = organization.value;
  if (tenantType === undefined) return finding(name, 'unknown', `${displayName} does not say of what type it is.`);
  if (isB2c(tenantType) !== (kind === 'b2c'))
    return finding(name, 'no', `The tenants file says ${kind}, the tenant says that its type is ${tenantType}.`);
  if (kind === 'b2c') return finding(name, 'yes', `${displayName}, ${tenantType}.`);
  if (licences.state === 'unreadable') return unread(name, licences);
  const { p1, p2 } = licences.value;
  const licence = p2 ? 'Entra ID P2' : p1 ? 'Entra ID P1' : 'no Entra ID licence';
  if (p1 !== (kind === 'workforce')) return finding(name, 'no', `The tenants file says ${kind}; ${displayName} has ${licence}.`);
  return finding(name, 'yes', `${displayName}, ${tenantType}, ${licence}.`);
}

function initialDomain({ domains, initialDomain: wanted }: TenantSnapshot): Capability {
  const name = 'initial-domain';
  if (domains.state === 'unreadable') return unread(name, domains);
  const found = domains.value.find((domain) => domain.name === wanted.toLowerCase());
  if (!found) return finding(name, 'no', `The tenant has no domain ${wanted}.`);
  if (!found.initial) return finding(name, 'no', `${wanted} is not the tenant’s initial domain.`);
  if (!found.verified) return finding(name, 'no', `${wanted} is not verified.`);
  return found.federated ? finding(name, 'no', `${wanted} is federated.`) : finding(name, 'yes', `${wanted} is managed.`);
}

function passwordLifetime({ domains, initialDomain: wanted }: TenantSnapshot): Capability {
  const name = 'password-lifetime';
  if (domains.state === 'unreadable') return unread(name, domains);
  const validity = domains.value.find((domain) => domain.name === wanted.toLowerCase())?.passwordValidity;
  if (validity === undefined) return finding(name, 'unknown', `The tenant does not say how long passwords of ${wanted} last.`);
  return validity === 'never'
    ? finding(name, 'yes', 'Passwords do not expire.')
    : finding(name, 'no', `Passwords expire after ${validity} days.`);
}

/**
 * The licence refusal of this log is known to come by mistake on licensed tenants (graph facts, section 3): where the tenant should have
 * the log, one refusal means that it is degraded and not that it is unlicensed for ever.
 */
function signInLog({ signInLog: log, snapshot }: TenantProbe): Capability {
  const name = 'sign-in-log';
  if (log.state === 'read') return finding(name, 'yes', ANSWERED);
  if (log.why.cause !== 'not-licensed') return unread(name, log);
  const { organization, licences } = snapshot;
  if (organization.state === 'read' && isB2c(organization.value.tenantType))
    return finding(name, 'unknown', 'It was refused for want of a licence. A B2C tenant should have it: ask again later.');
  if (licences.state === 'unreadable')
    return finding(name, 'unknown', 'It was refused for want of a licence; the licences could not be read.');
  return licences.value.p1
    ? finding(name, 'unknown', 'Degraded: refused for want of a licence the tenant has. This is known to pass: ask again later.')
    : finding(name, 'no', 'The tenant has neither P1 nor P2.');
}

function method(
  name: 'passkeys' | 'temporary-access-pass',
  { authenticationMethodsPolicy: policy }: TenantSnapshot,
  id: string,
): Capability {
  if (policy.state === 'unreadable') return unread(name, policy);
  const found = policy.value.find((each) => each.id.toLowerCase() === id.toLowerCase());
  if (!found) return finding(name, 'unknown', 'The tenant’s policy does not name it.');
  if (!found.enabled) return finding(name, 'no', 'The tenant’s policy does not allow it.');
  if (found.selfServiceRegistrationAllowed === false) return finding(name, 'no', 'Nobody may register a key: self-service setup is off.');
  const whom = found.includeTargets.includes('all_users') ? 'everybody' : `${found.includeTargets.length} groups`;
  return finding(name, 'yes', `Allowed for ${whom}.`);
}

/** Documented by kind of tenant and not asked: Breakglass makes no subscriptions (change-notifications-overview; domain.md 1.8 B6). */
function changeNotifications({ organization }: TenantSnapshot): Capability {
  const name = 'change-notifications';
  if (organization.state === 'unreadable') return unread(name, organization);
  const { tenantType } = organization.value;
  if (tenantType === undefined) return finding(name, 'unknown', 'The tenant does not say of what type it is.');
  return isB2c(tenantType)
    ? finding(name, 'no', 'Graph has none for B2C tenants.')
    : finding(name, 'yes', 'Graph has them for tenants of this type; Breakglass asks at intervals all the same.');
}
