import type { EmergencyAccount } from '../account/types.ts';
import type { AccountSnapshot, Part, TenantSnapshot, Unreadable, UserSnapshot } from './snapshot.ts';

/** `critical`: the account may not work when it is needed, or somebody else gets through. `advice`: good practice. */
export type Severity = 'critical' | 'warning' | 'advice';

/** `unknown`: it could not be read, which is never a pass. `not-applicable`: nothing here can be so or not so. */
export type Status = 'pass' | 'fail' | 'unknown' | 'not-applicable';

/** An account on our own record, as far as posture compares the tenant with it. */
export type RegisteredAccount = Pick<
  EmergencyAccount,
  'id' | 'objectId' | 'userPrincipalName' | 'state' | 'left' | 'credential' | 'parts' | 'held' | 'kindSince'
>;

/** What ought to be: the accounts of the tenant on record, retired ones left out, and what the settings say. */
export interface Registry {
  readonly accounts: readonly RegisteredAccount[];
  readonly restrictedUnitId?: string;
}

/** What a finding is about. `id` is that of our record, of the policy or of the directory object. */
export interface About {
  readonly kind: 'tenant' | 'account' | 'policy' | 'member';
  readonly id: string;
  /** As people know it: text by anybody. */
  readonly name: string;
}

/** One change that would mend a finding; a request of kind `repair` makes steps of them. */
export type Repair =
  | { readonly kind: 'join-exclusion-group' }
  | { readonly kind: 'exclude-policy'; readonly policyId: string }
  | { readonly kind: 'never-expire' }
  | { readonly kind: 'assign-role' }
  | { readonly kind: 'join-unit' }
  | { readonly kind: 'remove-member'; readonly objectId: string; readonly objectType: string; readonly name: string }
  /** `words`: the method as people know it. */
  | { readonly kind: 'remove-method'; readonly method: RemovableMethod; readonly methodId: string; readonly words: string };

/** Methods Graph can delete from a user; the password is none of them. */
export const REMOVABLE_METHODS = [
  'fido2',
  'phone',
  'email',
  'microsoftAuthenticator',
  'softwareOath',
  'temporaryAccessPass',
  'windowsHelloForBusiness',
  'platformCredential',
] as const;
export type RemovableMethod = (typeof REMOVABLE_METHODS)[number];

/** What a check found about one thing. */
export interface Outcome {
  readonly about: About;
  readonly status: Status;
  /** What was seen, in words. */
  readonly evidence: string;
  /** What to do about it; empty where nothing is to be done. */
  readonly advice: string;
  /** Only of a `fail` that Breakglass can mend, with the account the request is made for. */
  readonly repair?: { readonly accountId: string; readonly changes: readonly Repair[] };
  /** Of a policy: ids of our accounts it catches. */
  readonly catches?: readonly string[];
}

/** One thing that must be true, and who says so. */
export interface PostureCheck {
  readonly id: string;
  /** What ought to be so. */
  readonly title: string;
  /** What is wrong where it is not. */
  readonly fault: string;
  readonly severity: Severity;
  /** Name of the source and its date, as people can look it up. */
  readonly source: string;
  run(snapshot: TenantSnapshot, registry: Registry): readonly Outcome[];
}

export const ofTenant = ({ tenantId, initialDomain }: TenantSnapshot): About => ({ kind: 'tenant', id: tenantId, name: initialDomain });
export const ofAccount = ({ id, userPrincipalName }: RegisteredAccount): About => ({ kind: 'account', id, name: userPrincipalName });

type Judged = Omit<Outcome, 'about'>;
export const pass = (evidence: string): Judged => ({ status: 'pass', evidence, advice: '' });
export const fail = (evidence: string, advice: string, repair?: Outcome['repair']): Judged => ({
  status: 'fail',
  evidence,
  advice,
  ...(repair ? { repair } : {}),
});
export const unknown = (evidence: string): Judged => ({
  status: 'unknown',
  evidence,
  advice: 'Look at it in the portal, and mend what keeps me from reading it.',
});
export const notApplicable = (evidence: string): Judged => ({ status: 'not-applicable', evidence, advice: '' });

/**
 * What a part that was not read says. A licence refusal alone is no proof (graph facts, section 3): only where the tenants file says too
 * that the tenant has none does the check not apply.
 */
export function unread({ cause, words }: Unreadable, { kind }: TenantSnapshot): Judged {
  if (cause === 'unsupported-in-cloud') return notApplicable(`This cloud cannot say: ${words}`);
  if (cause === 'not-licensed' && kind === 'free') return notApplicable(`The tenant has no licence for it: ${words}`);
  return unknown(`Could not be read: ${words}`);
}

/** Judges by a part, where it was read. */
export function judgedBy<T>(part: Part<T>, snapshot: TenantSnapshot, judge: (value: T) => Judged): Judged {
  return part.state === 'read' ? judge(part.value) : unread(part.why, snapshot);
}

/** Accounts that are set up: what is being created is judged by its own plan. */
export const judgedAccounts = ({ accounts }: Registry): readonly RegisteredAccount[] =>
  accounts.filter(({ state }) => state !== 'provisioning' && state !== 'retired');

/** One outcome for each account, from what was read of it. */
export function eachAccount(
  snapshot: TenantSnapshot,
  registry: Registry,
  judge: (found: AccountSnapshot, account: RegisteredAccount) => Judged,
): Outcome[] {
  return judgedAccounts(registry).map((account) => {
    const found = snapshot.accounts.find(({ objectId }) => objectId === account.objectId.toLowerCase());
    return { about: ofAccount(account), ...(found ? judge(found, account) : unknown('This account was not read.')) };
  });
}

/** The same for what is so of the user. Where there is none the check that asks for it says so, and the others do not apply. */
export const eachUser = (
  snapshot: TenantSnapshot,
  registry: Registry,
  judge: (user: UserSnapshot, account: RegisteredAccount, found: AccountSnapshot) => Judged,
): Outcome[] =>
  eachAccount(snapshot, registry, (found, account) =>
    judgedBy(found.user, snapshot, (user) => (user ? judge(user, account, found) : notApplicable('The tenant has no such user.'))),
  );

/** As `eachUser`, of an account whose other parts are asked for. */
export const eachExisting = (
  snapshot: TenantSnapshot,
  registry: Registry,
  judge: (found: AccountSnapshot, account: RegisteredAccount) => Judged,
): Outcome[] =>
  eachAccount(snapshot, registry, (found, account) =>
    found.user.state === 'read' && !found.user.value ? notApplicable('The tenant has no such user.') : judge(found, account),
  );

export const list = (words: readonly string[]): string => words.join(', ');
export const day = (at: Date): string => at.toISOString().slice(0, 10);
