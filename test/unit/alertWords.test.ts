import { describe, expect, test } from '@jest/globals';
import { changeWords } from '../../src/cards/changeWords.ts';
import { signInResult } from '../../src/cards/signInResults.ts';
import type { DirectoryChange } from '../../src/core/alert/change.ts';
import { concernOf } from '../../src/core/alert/concern.ts';
import { aChange } from '../support/builders.ts';

const titleOf = (activity: string, result: DirectoryChange['result'] = 'success'): string => {
  const change = aChange({ activity, result, targets: [] });
  const concern = concernOf(change, { users: new Set() });
  if (concern === undefined) throw new Error(`${activity} concerns nobody`);
  return changeWords({ kind: 'directory-change', change, concern, origin: { by: 'others' }, feeds: ['event-hub'] }).title;
};

describe('what raises alerts', () => {
  test.each([
    ['microsoft.aadiam/diagnosticSettings/write', 'Where logs are sent to was changed'],
    ['MICROSOFT.INSIGHTS/DIAGNOSTICSETTINGS/DELETE', 'A diagnostic setting was deleted'],
    ['Microsoft.Insights/actionGroups/write', 'Who is told of alerts was changed'],
    ['Microsoft.Insights/ActionGroups/Delete', 'An action group was deleted'],
    ['Microsoft.Insights/scheduledQueryRules/write', 'An alert rule was changed'],
    ['Microsoft.Insights/activityLogAlerts/delete', 'An alert rule was deleted'],
    ['Microsoft.SecurityInsights/alertRules/delete', 'An alert rule was deleted'],
    ['Microsoft.AlertsManagement/actionRules/write', 'A rule that can hold alerts back was changed'],
    ['Microsoft.AlertsManagement/prometheusRuleGroups/write', undefined],
    ['Microsoft.SecurityInsights/automationRules/write', 'A rule that can hold alerts back was changed'],
    ['Microsoft.OperationalInsights/workspaces/delete', 'Where logs are kept was deleted'],
    ['Microsoft.EventHub/namespaces/eventhubs/delete', 'Where logs are kept was deleted'],
    ['Microsoft.OperationalInsights/workspaces/write', 'What raises alerts was changed'],
  ])('%s has a title of its own', (activity, title) => {
    if (title === undefined) expect(() => titleOf(activity)).toThrow();
    else expect(titleOf(activity)).toBe(title);
  });

  test('that was only tried is told as tried', () => {
    expect(titleOf('Microsoft.Insights/actionGroups/delete', 'failure')).toBe('Somebody tried to delete an action group');
  });
});

describe('a sign-in that says the account would not open', () => {
  test.each([
    [53003, 'A policy blocks an emergency access account'],
    [53000, 'A policy blocks an emergency access account'],
    [50053, 'An emergency access account is locked'],
    [50057, 'Sign-in to an emergency access account that is disabled'],
    [50055, 'The password of an emergency access account has expired'],
    [50144, 'The password of an emergency access account has expired'],
    [50126, undefined],
    [0, undefined],
  ])('with code %i has a title of its own, and says what to do', (code, title) => {
    const { title: said, next } = signInResult(code);
    expect(said).toBe(title);
    if (title !== undefined) expect(next).toContain('Tell the owners and put it right today');
  });
});

test('what a request wrote is told as written: it may have stopped half-way since, or be what takes it back', () => {
  const origin = { by: 'request', requestId: 'R-7F3K2M' } as const;
  const { title, next } = changeWords({
    ...{ kind: 'directory-change', change: aChange(), concern: 'account', feeds: ['event-hub'] },
    origin,
  });
  expect(title).toBe('Breakglass wrote in the tenant, by an approved request');
  expect(`${title} ${next}`).not.toMatch(/carried out|Nothing is to be done\./);
  expect(next).toContain('how far the request came stands on its card');
});
