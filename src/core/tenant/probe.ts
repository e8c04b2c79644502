import type { Part, RoleAssignment, TenantSnapshot } from '../posture/snapshot.ts';
import type { GraphIdentity } from './calls.ts';

/** One of our own service principals in a tenant, and what it may do there. */
export interface IdentityProbe {
  /** What it stands for: the people reader and the reader of the home tenant may be one. */
  readonly standsFor: readonly GraphIdentity[];
  /** Application permissions that were consented to, by name; what has no name in Graph is there as `resource: id`. */
  readonly permissions: Part<readonly string[]>;
  /** Directory roles it holds now. */
  readonly roles: Part<readonly RoleAssignment[]>;
}

/** What was found out by asking a tenant everything Breakglass may ever ask it. */
export interface TenantProbe {
  readonly snapshot: TenantSnapshot;
  /** One question to the sign-in log, about nobody. */
  readonly signInLog: Part<'answered'>;
  /** One question to the directory audit log. */
  readonly directoryAudits: Part<'answered'>;
  /** The methods of the first account, or of nobody. */
  readonly methods: Part<'answered'>;
  /** One What-If about the first account. */
  readonly whatIf: Part<'answered'>;
  readonly identities: readonly IdentityProbe[];
  /** The settings name a restricted management unit: the changer takes accounts in and out of it. */
  readonly usesRestrictedUnit: boolean;
}
