import { GLOBAL_ADMINISTRATOR } from '../../request/planSteps.ts';
import { day, eachExisting, fail, judgedBy, type PostureCheck, pass, unknown, unread } from '../check.ts';
import type { RoleSchedule, TenantSnapshot } from '../snapshot.ts';

const GA = GLOBAL_ADMINISTRATOR;

export const role: PostureCheck = {
  id: 'role',
  title: `${GA.name}: active, permanent, its own`,
  fault: `${GA.name} is missing, or not its own for good`,
  severity: 'critical',
  source: 'Learn, security-emergency-access, 2026-06-04',
  run: (snapshot, registry) =>
    eachExisting(snapshot, registry, ({ objectId, memberOf }, { id: accountId }) =>
      judgedBy(snapshot.globalAdministrators, snapshot, (assignments) => {
        const held = assignments.filter(({ roleTemplateId, scope }) => roleTemplateId === GA.templateId && scope === '/');
        if (held.some(({ principalId }) => principalId === objectId)) return permanence(snapshot, objectId);
        const groups = memberOf.state === 'read' ? memberOf.value.map(({ id }) => id) : [];
        const through = held.some(({ principalId }) => groups.includes(principalId));
        const eligible = schedulesOf(snapshot, 'eligibilitySchedules', objectId).length > 0;
        return fail(
          through
            ? 'It holds the role only through a group.'
            : eligible
              ? 'It is only eligible for the role.'
              : 'It does not hold the role.',
          'Assign it the role itself, active and without end.',
          { accountId, changes: [{ kind: 'assign-role' }] },
        );
      }),
    ),
};

const schedulesOf = (
  snapshot: TenantSnapshot,
  part: 'assignmentSchedules' | 'eligibilitySchedules',
  objectId: string,
): readonly RoleSchedule[] => {
  const found = snapshot[part];
  return found.state === 'read'
    ? found.value.filter(
        ({ principalId, roleTemplateId, scope }) => principalId === objectId && roleTemplateId === GA.templateId && scope === '/',
      )
    : [];
};

/** Without Privileged Identity Management an active assignment has no end (domain.md B9); with it, its schedule says. */
function permanence(snapshot: TenantSnapshot, objectId: string) {
  const { assignmentSchedules: part, licences, kind } = snapshot;
  if (part.state === 'unreadable') {
    const without = part.why.cause === 'not-licensed' && (kind !== 'workforce' || (licences.state === 'read' && !licences.value.p2));
    return without ? pass('It holds the role; the tenant has no PIM, so the assignment has no end.') : unread(part.why, snapshot);
  }
  const own = schedulesOf(snapshot, 'assignmentSchedules', objectId);
  const advice = 'Make the assignment active and without end in Privileged Identity Management.';
  const ending = own.find(({ endAt }) => endAt !== undefined)?.endAt;
  if (own.length > 0 && own.every(({ assignmentType }) => assignmentType === 'Activated'))
    return fail('The role is only activated for a time.', advice);
  if (ending) return fail(`The assignment ends on ${day(ending)}.`, advice);
  return own.length === 0
    ? unknown('It holds the role, but its schedule does not show when that ends.')
    : pass('It holds the role itself, without end.');
}
