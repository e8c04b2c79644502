import { lines, type Removal } from './removal.ts';

const HISTORIES = 'test/property/histories.test.ts';
const KILLS = 'test/property/killPoints.test.ts';
const TALLY = 'src/core/request/tally.ts';
const DECIDE = 'src/core/request/decide.ts';
const RUN = 'src/core/request/run.ts';
const REQUESTS = 'src/app/door/requests.ts';

/**
 * Rules of the protocol from click to changed tenant, each broken by itself: random histories and deaths of the worker must find
 * them all; what histories meet too seldom, a test of its own.
 */
export const PROTOCOL: readonly Removal[] = [
  ...lines('AP-1', TALLY, HISTORIES, ['reached: counted.size >= request.quorum', 'reached: counted.size >= 1']),
  ...lines('AP-2', DECIDE, HISTORIES, [
    'if (anyone.ok && anyone.value.personKey === request.requester.personKey)',
    'if (anyone.ok && anyone.value.objectId === request.requester.objectId)',
  ]),
  ...lines(
    'AP-3',
    DECIDE,
    HISTORIES,
    "  if (planDigest !== request.planDigest) return no({ code: 'plan-changed' });\n  if (request.secondProof && !proof) return no({ code: 'proof-needed' });\n\n",
  ),
  ...lines(
    'AP-3',
    RUN,
    HISTORIES,
    ['    planDigest: digestOf(plan),\n', ''],
    [
      "  if (!started && replanned.kind === 'changed') return askAgain({ ...request, asked: askedNow(request, approvers) }, replanned, now);\n",
      '',
    ],
  ),
  ...lines('AP-4', RUN, HISTORIES, ['const standing = tally(request, eligible);', 'const standing = tally(request);']),
  ...lines('AP-4', REQUESTS, HISTORIES, [
    "    if (counting && untouched && !tally(request, counting(request)).reached) return no({ code: 'stale-lease' });\n",
    '',
  ]),
  ...lines('AP-5', 'src/core/request/tighten.ts', HISTORIES, ['Math.max(request.quorum, policy.quorum)', 'policy.quorum']),
  ...lines('AP-6', DECIDE, HISTORIES, ["  (state === 'approved' && request.begunAt === undefined) ||\n", '']),
  ...lines('AP-7', DECIDE, HISTORIES, [
    "request.state === 'pending' && now >= request.expiresAt ? 'expired' : request.state",
    'request.state',
  ]),
  ...lines('AP-8', RUN, HISTORIES, ["      { kind: 'apply-plan', requestId: request.id },\n", '']),
  ...lines('AP-9', RUN, HISTORIES, [
    "return fence === request.fence && fence > 0 ? ok(request) : no({ code: 'stale-lease' } as const);",
    'return ok(request);',
  ]),
  ...lines('AP-8', 'src/jobs/runPlan.ts', HISTORIES, [
    "      if (error.message === 'closed') return false;\n      throw error;\n",
    '      return false;\n',
  ]),
  ...lines('AP-11', DECIDE, HISTORIES, ['...(same ? {} : { decisions: [...request.decisions, row] })', 'decisions: [row]']),
  ...lines('GR-5', RUN, HISTORIES, [
    'effects: [...failureEffects(request, request.fence, failure, now), ...endTimer(request, now)],',
    'effects: failureEffects(request, request.fence, failure, now),',
  ]),
  ...lines(
    'GR-3',
    'src/jobs/planScene.ts',
    'test/unit/runPlan.test.ts',
    ['    if (!(await isOurs(read.marker))) throw notOurs();\n', ''],
    ['      if (!(await isOurs(user.marker))) throw notOurs();\n', ''],
  ),
  ...lines('GR-2', 'src/core/request/plan.ts', KILLS, ['      planStep.watch(),\n', '']),
  ...lines('GR-4', 'src/jobs/runPlan.ts', KILLS, [
    '  const already = await step.look(scene);\n  if (already !== undefined) return already;\n',
    '',
  ]),
  ...lines('GR-1', 'src/jobs/steps/credential.ts', KILLS, ['      await sealParts(parts);\n', '']),
  ...lines('GR-5', 'src/core/request/planAccount.ts', KILLS, [
    'enabling ? [...unit.out, planStep.disable(user), ...unit.back] : unit.back',
    'enabling ? [planStep.disable(user), ...unit.back] : unit.back',
  ]),
  ...lines(
    'GR-5',
    'src/core/request/plan.ts',
    KILLS,
    ['      planStep.removeRole(role, NEW_USER),\n', ''],
    ['      planStep.leaveGroup(tenant.exclusionGroupId, NEW_USER),\n', ''],
  ),
  ...lines(
    'AP-1',
    'src/jobs/steps/rights.ts',
    HISTORIES,
    ["addToGroup(of(scene, 'exclusionGroupId'), ", "addToGroup('another group', "],
    ["of(scene, 'role').templateId);\n    return undefined;", "'another role');\n    return undefined;"],
    ["joinUnit(of(scene, 'restrictedUnitId'), ", "joinUnit('another unit', "],
  ),
  ...lines('AP-1', 'src/jobs/steps/policy.ts', HISTORIES, [
    'withGroupExcluded(before, group));',
    '{ ...before, excludeGroups: [group], includeUsers: [] });',
  ]),
  ...lines(
    'GR-1',
    'src/jobs/steps/user.ts',
    HISTORIES,
    ["return found.accountEnabled ? undefined : 'Account disabled';", "return 'Account disabled';"],
    ['    await writer.revokeSessions(objectId);\n', ''],
  ),
  ...lines('GR-1', 'src/jobs/steps/credential.ts', HISTORIES, [
    'splitPassword(password, credential.parts)',
    'splitPassword(newPassword(credential.length), credential.parts)',
  ]),
  ...lines('GR-5', 'src/core/request/planAccount.ts', HISTORIES, [
    '      ...(observed.privileged ? [planStep.removeRole(role, user)] : []),\n',
    '',
  ]),
  ...lines('GR-4', 'src/core/request/planAccount.ts', KILLS, [
    '  observed.expires ? [planStep.neverExpire(account.objectId)] : [];',
    '  observed.expires ? [] : [];',
  ]),
];
