import type { Unreadable } from '../posture/snapshot.ts';

/** What a tenant lets Breakglass do, each with what cannot be promised without it and what to do instead. */
export const CAPABILITIES = {
  'tenant-kind': {
    title: 'Kind of tenant',
    lost: 'Which rules apply to the tenant is taken from the tenants file and may be wrong.',
    substitute: 'Correct `kind` in the tenants file.',
  },
  'initial-domain': {
    title: 'Initial domain',
    lost: 'An account there may depend on a federation or on a domain that is not the tenant’s own.',
    substitute: 'Correct `initialDomain` in the tenants file; accounts belong in the managed onmicrosoft.com domain.',
  },
  'password-lifetime': {
    title: 'Lifetime of passwords',
    lost: 'A password in that domain can expire while it lies in the safe.',
    substitute: 'Every account Breakglass creates is exempt (DisablePasswordExpiration). Exempt accounts made elsewhere too.',
  },
  'sign-in-log': {
    title: 'Sign-in log',
    lost: 'A sign-in is not seen by reading the log, and `create` is refused.',
    substitute: 'Send SignInLogs to Log Analytics and set up the webhook (docs/deploying.md, step 9).',
  },
  'directory-audits': {
    title: 'Directory audit log',
    lost: 'It is not seen who changed an account, its group or a policy.',
    substitute: 'Send AuditLogs to Log Analytics with an alert rule, and compare the accounts by hand at each validation.',
  },
  'conditional-access': {
    title: 'Conditional Access policies',
    lost: 'Whether a policy would block an account is not known.',
    substitute: 'Check the exclusions in the portal at each validation, and sign in.',
  },
  'what-if': {
    title: 'What If of Conditional Access',
    lost: 'No exclusion is proven by the tenant’s own evaluation.',
    substitute: 'Run What If in the portal for each account, or prove it by a drill.',
  },
  'authentication-methods': {
    title: 'Authentication methods',
    lost: 'Which methods are registered on an account is not known.',
    substitute: 'Look at them in the portal at each validation.',
  },
  passkeys: {
    title: 'Passkeys (FIDO2)',
    lost: 'An account cannot get a security key, and a password alone does not open the admin portals.',
    substitute: 'Allow FIDO2 for the accounts with self-service setup, or use certificates.',
  },
  'temporary-access-pass': {
    title: 'Temporary Access Pass',
    lost: 'A security key cannot be enrolled without a password.',
    substitute: 'Enrol keys with the split password, or allow the pass for the accounts.',
  },
  pim: {
    title: 'Privileged Identity Management',
    lost: 'Whether the role ends one day, or was given outside of PIM, is not known.',
    substitute: 'The active role assignment itself is compared; it has no end of its own.',
  },
  'restricted-units': {
    title: 'Restricted management units',
    lost: 'Accounts and group cannot be shielded from ordinary administrators.',
    substitute: 'Make the exclusion group role-assignable and keep administrators few.',
  },
  'change-notifications': {
    title: 'Change notifications',
    lost: 'Graph does not tell of changes by itself.',
    substitute: 'Breakglass asks at intervals; a change is seen that much later.',
  },
  'exclusion-group': {
    title: 'Exclusion group',
    lost: 'An account may be blocked by a policy.',
    substitute: 'Make a static security group, exclude it from the policies, and correct `exclusionGroupId` in the tenants file.',
  },
  'exclusion-group-guard': {
    title: 'Guard of the exclusion group',
    lost: 'Somebody else can take an account out of the group, or slip past all policies in it.',
    substitute:
      'Make it role-assignable or put it into a restricted unit; no owners, no members but the accounts. Where neither can be had, keep group administrators few.',
  },
  'reader-permissions': {
    title: 'Permissions of the reader',
    lost: 'Some reads are refused, so what rests on them is unknown.',
    substitute: 'Grant what is missing (docs/graph-permissions.md).',
  },
  'reader-restraint': {
    title: 'Reader cannot write',
    lost: 'Whoever steals the identity that is always on can change the tenant.',
    substitute: 'Take away what the reader does not need.',
  },
  'changer-permissions': {
    title: 'Permissions of the changer',
    lost: 'A plan that needs them does not begin, or stops where it needs them.',
    substitute: 'Grant what is missing (docs/graph-permissions.md).',
  },
  'changer-restraint': {
    title: 'Changer has no more than it needs',
    lost: 'Whoever steals it can do more than the plans of Breakglass.',
    substitute: 'Take away what the changer does not need.',
  },
  'changer-role': {
    title: 'Directory role of the changer',
    lost: 'Enabling an administrator, setting its password or changing who is in the restricted unit is refused, so no plan that does begins.',
    substitute: 'Assign the missing role to the changer, active, permanent, for the whole tenant.',
  },
} as const satisfies Readonly<Record<string, { readonly title: string; readonly lost: string; readonly substitute: string }>>;

export type CapabilityName = keyof typeof CAPABILITIES;

/** Without these no account can be created, kept or watched; the others cost a guarantee. */
export const ESSENTIAL: ReadonlySet<CapabilityName> = new Set<CapabilityName>([
  'tenant-kind',
  'initial-domain',
  'sign-in-log',
  'exclusion-group',
  'reader-permissions',
  'reader-restraint',
  'changer-permissions',
  'changer-role',
]);

/**
 * `unknown`: could not be found out, which is never a yes · `unsupported`: this Microsoft cloud does not have it, now or after any change
 * of settings.
 */
export type Verdict = 'yes' | 'no' | 'unknown' | 'unsupported';

/** One capability of one tenant, and what was seen that says so. */
export interface Capability {
  readonly name: CapabilityName;
  readonly verdict: Verdict;
  readonly evidence: string;
}

export const isMissing = ({ verdict }: Capability): boolean => verdict !== 'yes';

export const finding = (name: CapabilityName, verdict: Verdict, evidence: string): Capability => ({ name, verdict, evidence });

/** The evidence of what was only asked whether it answers. */
export const ANSWERED = 'It answered.';

/** What was seen, in the words of `status` and `npm run doctor`. */
export const saidOf = ({ verdict, evidence }: Capability): string => (verdict === 'unknown' ? `Not known. ${evidence}` : evidence);

/** Whether it is known to be missing and nothing can be done without it. Never where this cloud does not have it: no setting changes that. */
export const isEssentialLack = ({ name, verdict }: Capability): boolean =>
  ESSENTIAL.has(name) && verdict !== 'yes' && verdict !== 'unsupported';

/** A licence that is missing is a no; a permission that is missing, or an answer, leaves it open. */
export function verdictOf({ cause }: Unreadable): Exclude<Verdict, 'yes'> {
  if (cause === 'not-licensed') return 'no';
  return cause === 'unsupported-in-cloud' ? 'unsupported' : 'unknown';
}

export function unread(name: CapabilityName, { why }: { readonly why: Unreadable }): Capability {
  return finding(name, verdictOf(why), why.words);
}
