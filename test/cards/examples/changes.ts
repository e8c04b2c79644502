import { alertCard } from '../../../src/cards/views/alert.ts';
import type { DirectoryChange } from '../../../src/core/alert/change.ts';
import type { AlertCause } from '../../../src/core/alert/types.ts';
import { aChange, anAlert, minutes, NOON } from '../../support/builders.ts';
import type { Example } from '../example.ts';

type Cause = Extract<AlertCause, { kind: 'directory-change' }>;

function example(
  state: string,
  change: Partial<DirectoryChange>,
  cause: Partial<Cause>,
  more: Parameters<typeof anAlert>[0] = {},
): Example {
  const whole = {
    kind: 'directory-change',
    change: aChange(change),
    concern: 'account',
    origin: { by: 'others' },
    feeds: ['event-hub'],
    ...cause,
  } as const;
  return { card: 'alert', state: `change-${state}`, rendered: alertCard(anAlert({ cause: whole, ...more }), minutes(1)) };
}
/** About no account of ours. */
const general = { severity: 'high', accountId: undefined, account: undefined, owners: [] } as unknown as Parameters<typeof anAlert>[0];
const resource = (path: string): Partial<DirectoryChange> => ({
  category: 'Administrative',
  service: 'Azure activity log',
  targets: [{ id: `/subscriptions/3c5b1a0e/resourcegroups/monitoring/providers/${path}`, type: 'Resource', properties: [] }],
});

export const CHANGES: readonly Example[] = [
  { ...example('password', {}, { feeds: ['event-hub', 'graph-directory-audits'] }), main: true },
  example(
    'role-removed',
    {
      activity: 'Remove member from role',
      category: 'RoleManagement',
      targets: [
        {
          id: 'r',
          type: 'User',
          userPrincipalName: 'north.harbor@contoso.onmicrosoft.com',
          properties: [{ name: 'Role.DisplayName', before: 'Global Administrator' }],
        },
      ],
    },
    { concern: 'roles' },
  ),
  example(
    'method-added',
    {
      activity: 'Admin registered security info',
      service: 'Authentication Methods',
      reason: 'Admin registered temporary access pass method for user',
    },
    { concern: 'methods' },
  ),
  example(
    'by-account',
    { activity: 'Update named location', category: 'Policy', targets: [{ id: 'n', type: 'Policy', name: 'Offices', properties: [] }] },
    { concern: 'by-account' },
  ),
  example(
    'exclusion-lost',
    {
      activity: 'Update conditional access policy',
      category: 'Policy',
      service: 'Conditional Access',
      targets: [
        {
          id: 'p',
          type: 'Policy',
          name: 'Require compliant devices',
          properties: [{ name: 'ConditionalAccessPolicy', before: '{"excludeGroups":["2f19"]}', after: '{"excludeGroups":[]}' }],
        },
      ],
    },
    { concern: 'conditional-access', exclusionLost: true },
    { ...general, severity: 'critical' },
  ),
  example(
    'by-own-identity',
    { activity: 'Add member to role', category: 'RoleManagement', actor: { servicePrincipalId: 's', name: 'Breakglass changer' } },
    { concern: 'roles', origin: { by: 'changer' } },
  ),
  {
    ...example(
      'diagnostic-setting',
      { activity: 'Microsoft.AADIAM/diagnosticSettings/delete', ...resource('microsoft.aadiam/diagnosticsettings/entra-logs') },
      { concern: 'monitoring' },
      general,
    ),
    main: true,
  },
  example(
    'alert-rule',
    { activity: 'Microsoft.Insights/scheduledQueryRules/write', ...resource('microsoft.insights/scheduledqueryrules/emergency-sign-in') },
    { concern: 'monitoring', feeds: ['azure-monitor'] },
    general,
  ),
  example(
    'action-group-tried',
    { activity: 'Microsoft.Insights/actionGroups/delete', result: 'failure', ...resource('microsoft.insights/actiongroups/emergency') },
    { concern: 'monitoring', feeds: ['azure-monitor'] },
    general,
  ),
  example(
    'approved-request',
    { activity: 'Disable account', actor: { servicePrincipalId: 's', name: 'Breakglass changer' } },
    {
      origin: { by: 'request', requestId: 'R-7F3K2M' },
      more: [{ activity: 'Remove member from group', at: NOON, on: 'Emergency accounts of Contoso' }],
    },
    { severity: 'low', state: 'acknowledged' },
  ),
];
