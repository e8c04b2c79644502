import type { SandboxTenant } from '../world.ts';
import { type AuditEvent, auditRow, type Initiator } from './audit.ts';
import { userTarget } from './membership.ts';
import type { LogRow, PolicyRow, UserRow } from './records.ts';
import { ROLES } from './roleDefinitions.ts';
import { seedGuid } from './seedGuid.ts';
import { administratorOf, staffMember } from './seedUsers.ts';
import { DEFAULT_APP, signInApp } from './signInApps.ts';
import { signInRow } from './signInRow.ts';
import { signInSteps } from './signInSteps.ts';

const HOUR_MS = 3_600_000;
const OFFICE_IP = '192.0.2.10';

interface Past {
  readonly tenant: SandboxTenant;
  readonly users: readonly UserRow[];
  readonly policies: readonly PolicyRow[];
  readonly now: Date;
}

const before = (now: Date, hours: number): Date => new Date(now.getTime() - hours * HOUR_MS);

/** What administrators did in the last days, each by hand and before anybody watched. */
export function seedAudits({ tenant, users, policies, now }: Past): readonly LogRow[] {
  const by: Initiator = { kind: 'user', ...administratorOf(tenant) };
  const userOf = (index: number): UserRow | undefined => users.find((user) => user.id === staffMember(tenant, index));
  const common = { tenantId: tenant.id, by, category: 'UserManagement', operation: 'Update' } as const;
  const events: (readonly [hours: number, event: AuditEvent])[] = [];
  for (const [index, activity] of ['Reset user password', 'Update user', 'Disable account', 'Enable account', 'Update user'].entries()) {
    const user = userOf(index);
    if (user) events.push([12 + 20 * index, { ...common, activity, targets: [userTarget(user)] }]);
  }
  const newcomer = userOf(5);
  if (newcomer) {
    const role = { id: ROLES.userAdministrator, displayName: 'User Administrator', type: 'Role' } as const;
    const changes = { 'Role.DisplayName': [undefined, 'User Administrator'], 'Role.TemplateId': [undefined, role.id] } as const;
    const assigned = {
      ...common,
      category: 'RoleManagement',
      operation: 'Assign',
      targets: [userTarget(newcomer, changes), role],
    } as const;
    events.push([130, { ...common, activity: 'Add user', operation: 'Add', targets: [userTarget(newcomer)] }]);
    events.push([129, { ...assigned, activity: 'Add member to role' }]);
    events.push([60, { ...assigned, operation: 'Unassign', activity: 'Remove member from role' }]);
  }
  const policy = policies[0];
  if (policy) {
    const old = { ...policy.policy, state: 'enabledForReportingButNotEnforced' };
    const changes = { ConditionalAccessPolicy: [old, policy.policy] } as const;
    const target = { id: policy.id, displayName: policy.policy.displayName, type: 'Policy', changes } as const;
    const event = { ...common, category: 'Policy', service: 'Conditional Access', activity: 'Update conditional access policy' } as const;
    events.push([150, { ...event, targets: [target] }]);
  }
  return events.map(([hours, event]) => auditRow(event, before(now, hours), 0)).reverse();
}

/** Ordinary people at work: mostly fine, now and then a wrong password. */
export function seedSignIns({ tenant, users, now }: Past): readonly LogRow[] {
  return Array.from({ length: 24 }, (_, index) => {
    const user = users.find((one) => one.id === staffMember(tenant, index % 6));
    const errorCode = index % 7 === 3 ? 50126 : 0;
    const at = before(now, 5 + 6 * index);
    const { userPrincipalName = '' } = user?.properties ?? {};
    const ip = index % 5 === 4 ? '198.51.100.23' : OFFICE_IP;
    const attempt = {
      userPrincipalName,
      password: '',
      method: errorCode === 0 ? 'microsoftAuthenticator' : undefined,
      app: signInApp(DEFAULT_APP),
      ip,
    };
    const verdict = { user, errorCode, evaluation: undefined };
    const id = seedGuid(`signIn/${tenant.id}/${index}`);
    const correlationId = seedGuid(`signIn/correlation/${tenant.id}/${index}`);
    const entry = signInRow({ id, correlationId, at, attempt, verdict, ip, hasP2: tenant.kind === 'workforce' });
    return { id, tenantId: tenant.id, availableAtMs: 0, entry, more: signInSteps(at, attempt, verdict) };
  }).reverse();
}
