import type { Example } from './example.ts';
import { ACCOUNTS } from './examples/accounts.ts';
import { ALERTS } from './examples/alerts.ts';
import { CASES } from './examples/cases.ts';
import { CHANGES } from './examples/changes.ts';
import { DRILLS } from './examples/drills.ts';
import { OTHERS } from './examples/others.ts';
import { POSTURES } from './examples/posture.ts';
import { REQUESTS } from './examples/requests.ts';
import { TENANT_STATUSES } from './examples/tenants.ts';

/** Every card in every state. */
export const EXAMPLES: readonly Example[] = [
  ...REQUESTS,
  ...ALERTS,
  ...CHANGES,
  ...CASES,
  ...DRILLS,
  ...ACCOUNTS,
  ...POSTURES,
  ...TENANT_STATUSES,
  ...OTHERS,
];
