import { describe, expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import { posture } from '../../src/bot/commands/posture.ts';
import { formDoneCard } from '../../src/cards/views/formDone.ts';
import { postureCard } from '../../src/cards/views/posture.ts';
import { DAY, later } from '../../src/core/decision.ts';
import { DEFAULT_PROFILE, PROFILES } from '../../src/core/posture/profiles.ts';
import { judgePosture } from '../../src/core/posture/report.ts';
import { read, type TenantSnapshot, unreadable } from '../../src/core/posture/snapshot.ts';
import type { ChangeRequest } from '../../src/core/request/types.ts';
import { actor, anAccountPlan, aRequest } from '../support/builders.ts';
import { aPolicy, goodRegistry, goodSnapshot } from '../support/posture.ts';

const CHECKS = [...new Set(PROFILES.flatMap(({ checks }) => checks))];
const judged = (more: Partial<TenantSnapshot>, registry = goodRegistry()) => judgePosture(DEFAULT_PROFILE, goodSnapshot(more), registry);

describe('what is wrong is said, and not what ought to be so', () => {
  test('every check has words of its own for both', () => {
    const words = CHECKS.flatMap(({ title, fault }) => [title, fault]);
    expect(new Set(words).size).toBe(2 * CHECKS.length);
    expect(words.filter((each) => /[.:]$/.test(each) || each.length > 80)).toEqual([]);
  });

  test('a cross stands beside what is wrong, a tick beside what is as it should be, a question mark beside what nobody can tell', () => {
    const broken = {
      authorizationPolicy: read({ administratorsMayResetOwnPassword: true }),
      restrictedUnits: unreadable('not-permitted', 'no'),
    } as const;
    const texts = JSON.stringify(postureCard(TENANTS.contoso, judged(broken), () => 'F-1').card);
    const marked = (mark: string) => [...texts.matchAll(new RegExp(`"text":"\\${mark} ([^"]+)"`, 'g'))].map(([, words]) => words);
    expect(marked('✕')).toEqual(['Administrators can reset their own password']);
    expect(marked('?')).toEqual(['In its restricted management unit']);
    expect(marked('✓')).toContain('Two accounts or more');
    for (const { fault } of CHECKS) expect(marked('✓')).not.toContain(fault);
  });
});

test('while a request is open for the account its id stands where the button would, and says whether it is for this finding', async () => {
  const report = judged({ policies: read([aPolicy({}, { excludeGroups: [] })]) });
  const { key, repair } = report.findings.find((finding) => finding.status === 'fail' && finding.repair) ?? {};
  const said = async (request?: ChangeRequest): Promise<string> => {
    const openRequestOfAccount = async (id: string) => (id === repair?.accountId ? request : undefined);
    const needs = {
      asker: { actor: actor('rita'), mri: '29:x', where: 'personal' },
      tenants: [TENANTS.contoso],
      judge: async () => report,
    };
    return JSON.stringify(
      await posture.run({ tenant: '', profile: DEFAULT_PROFILE }, {
        ...needs,
        newFormId: () => 'F-1',
        store: { openRequestOfAccount },
      } as never),
    );
  };
  expect(await said()).toContain('Request the repair');
  const plan = anAccountPlan('repair');
  const finding = { key: key ?? '', title: 'a finding', about: 'a policy' };
  const asked = await said(aRequest({ plan: { ...plan, finding } as typeof plan }));
  expect(asked).toContain('Asked for in R-5M8N2P. Say requests R-5M8N2P to see it.');
  expect(asked).not.toContain('Request the repair');
  const other = await said(aRequest({ plan: anAccountPlan('rotate') }));
  expect(other).toContain('R-5M8N2P for this account is open: ask for the repair once it is over.');
  expect(other).not.toContain('Request the repair');
});

test('pressed again, the button says what became of the request, and speaks of no form', () => {
  const said = (operation: 'repair' | 'disable') =>
    JSON.stringify(formDoneCard({ request: aRequest({ state: 'approved', plan: anAccountPlan(operation) }) }).card);
  expect(said('repair')).toContain('You asked for this repair already');
  expect(said('repair')).not.toMatch(/this form|a new form/i);
  expect(said('disable')).toMatch(/This form was sent in already.*open a new form/);
});

describe('how many accounts there are', () => {
  const counted = (count: number, disabled = 0) => {
    const accounts = goodRegistry().accounts.slice(0, count);
    const states = accounts.map((account, at) => (at < disabled ? { ...account, state: 'disabled' as const } : account));
    return judged({}, goodRegistry({ accounts: states })).findings.find(({ check }) => check === 'enough-accounts')?.evidence;
  };
  // One that is stored and never drilled is not in service, and counts here all the same.
  test('is said without calling them in service, which takes more', () => {
    expect([counted(0), counted(1), counted(3, 2), counted(3)]).toEqual([
      'No account is set up and not disabled.',
      'One account is set up and not disabled.',
      'One account is set up and not disabled.',
      '3 accounts are set up and not disabled.',
    ]);
  });
});

describe('a Microsoft-managed policy that only reports yet', () => {
  const { readAt } = goodSnapshot();
  const said = (daysAgo: number | undefined) => {
    const created = daysAgo === undefined ? {} : { createdAt: later(readAt, -daysAgo * DAY) };
    const managed = aPolicy(
      { displayName: 'Microsoft-managed: MFA', templateId: 't', state: 'enabledForReportingButNotEnforced', ...created },
      { excludeGroups: [] },
    );
    return judged({ policies: read([managed]) }).findings.find(({ check }) => check === 'managed-policies')?.evidence;
  };
  const onDay = (days: number) =>
    later(readAt, days * DAY)
      .toISOString()
      .slice(0, 10);

  test.each([
    [undefined, 'any day now.'],
    [100, `any day now: its 30 days of waiting ended on ${onDay(-70)}.`],
    [30, `any day now: its 30 days of waiting ended on ${onDay(0)}.`],
    [29.5, `from ${onDay(0.5)} on, within a day.`],
    [21, `from ${onDay(9)} on, in 9 days.`],
  ])('made %s days ago: Microsoft may switch it on %s', (daysAgo, when) =>
    expect(said(daysAgo)).toBe(`It only reports now. It includes everybody, and Microsoft may switch it on ${when}`),
  );
});
