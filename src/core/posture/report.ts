import type { Outcome, PostureCheck, Registry, Severity, Status } from './check.ts';
import type { GuidanceProfile } from './profiles.ts';
import type { TenantSnapshot } from './snapshot.ts';

/** What one check says of one thing. */
export interface Finding extends Outcome, Omit<PostureCheck, 'id' | 'run'> {
  readonly check: string;
  /** Names it among the findings of the tenant, also in a later report: check and what it is about. */
  readonly key: string;
}

/** All findings of a tenant by one profile: what is wrong first, the gravest first. */
export interface PostureReport {
  readonly tenantId: string;
  readonly profile: Omit<GuidanceProfile, 'checks'>;
  readonly readAt: Date;
  readonly findings: readonly Finding[];
}

const STATUS: readonly Status[] = ['fail', 'unknown', 'pass', 'not-applicable'];
const SEVERITY: readonly Severity[] = ['critical', 'warning', 'advice'];

/** Judges a tenant. Each check stands for itself: what one cannot read, the others still say. */
export function judgePosture(profile: GuidanceProfile, snapshot: TenantSnapshot, registry: Registry): PostureReport {
  const findings = profile.checks.flatMap(({ id: check, title, fault, severity, source, run }) =>
    run(snapshot, registry).map(
      (outcome): Finding => ({ check, title, fault, severity, source, ...outcome, key: `${check}:${outcome.about.id}` }),
    ),
  );
  const rank = ({ status, severity }: Finding): number => STATUS.indexOf(status) * SEVERITY.length + SEVERITY.indexOf(severity);
  const { checks: _checks, ...named } = profile;
  return { tenantId: snapshot.tenantId, profile: named, readAt: snapshot.readAt, findings: findings.sort((a, b) => rank(a) - rank(b)) };
}
