import { describe, expect, test } from '@jest/globals';
import { tellMonitors, unseenWords } from '../../src/cards/views/monitorWords.ts';
import type { MonitorDifference } from '../../src/core/monitors/difference.ts';

const told = (...differences: MonitorDifference[]) => tellMonitors({ kind: 'monitors-differ', differences });
const lines = (...differences: MonitorDifference[]): string[] => told(...differences).facts.map(({ label, value }) => `${label}: ${value}`);
const missing = (rule: string, detail = 'aaaaaaaa-0000-4000-8000-000000000001'): MonitorDifference => {
  return { what: `breakglass-contoso-${rule}`, problem: 'account-missing', detail };
};

describe('the words of monitors that differ', () => {
  test('what is true of several rules is said once, with all of them', () => {
    expect(lines(missing('sign-ins'), { what: 'contoso', problem: 'no-logs' }, missing('changes'))).toEqual([
      '1: breakglass-contoso-sign-ins does not name the account aaaaaaaa-0000-4000-8000-000000000001: it can sign in unseen. The same: breakglass-contoso-changes',
      '2: contoso sends no log to a workspace: no rule sees anything',
    ]);
    expect(told(missing('sign-ins'), missing('changes')).state).toBe('1 difference');
  });

  test('eight lines, and how many are left', () => {
    const many = Array.from({ length: 11 }, (_, index) => missing('sign-ins', `account ${index}`));
    expect(lines(...many)).toHaveLength(9);
    expect(lines(...many).at(-1)).toBe('And: 3 more');
  });

  test('the next step names the files to deploy, and says when a difference is to be expected', () => {
    expect(told(missing('sign-ins')).next).toMatch(
      /^After a new account that is to be expected: run npm run monitors and deploy the alert-rules\.json/,
    );
    expect(
      told(missing('sign-ins'), { what: 'breakglass-bot', problem: 'disabled' }, { what: 'contoso', problem: 'no-logs' }).next,
    ).toMatch(/^If nobody meant it.* deploy the alert-rules\.json and diagnostic-settings\.json that it writes\.$/);
    const inSentinel = { what: 'Sign-in of an account', in: 'sentinel', problem: 'no-incident' } as const;
    expect(told(inSentinel).next).toContain('deploy the sentinel-rules.json that it writes');
    expect(lines(inSentinel)[0]).toContain('Sentinel’s “Sign-in of an account” makes no incident');
    expect(told(inSentinel, missing('changes'), { what: 'contoso', problem: 'no-logs' }).next).toContain(
      'alert-rules.json, diagnostic-settings.json, and sentinel-rules.json',
    );
    const half = told({ what: 'Microsoft Sentinel', problem: 'unreadable' }, missing('changes'));
    expect([half.state, half.next]).toEqual(['2 differences', expect.stringContaining('deploy the alert-rules.json that')]);
    const unread = told({ what: 'Azure Resource Manager', problem: 'unreadable' });
    expect(unread.next).toContain('Monitoring Reader');
    expect(unread.next).not.toContain('deploy');
  });

  test('a rule that holds alerts back is told with when, and how to let them through again', () => {
    const held = { what: 'quiet-night', problem: 'held-back', detail: 'always' } as const;
    expect(lines(held, { ...held, detail: 'from 2026-12-24 22:00' })).toEqual([
      '1: The alert processing rule “quiet-night” may take every action group from our alerts (always): they fire, and nobody is called',
      '2: The alert processing rule “quiet-night” may take every action group from our alerts (from 2026-12-24 22:00): they fire, and nobody is called',
    ]);
    expect(told(held).next).toMatch(
      /Then switch off the alert processing rule, or leave our rules out of it by a filter: “Alert rule ID” does not/,
    );
    expect(told(held).next).not.toContain('deploy');
    const hidden = { what: '3c5b1a0e', problem: 'processing-unreadable' } as const;
    expect(lines(hidden)[0]).toMatch(/^1: The subscription 3c5b1a0e no longer lets me read its alert processing rules/);
    expect(told(hidden).next).toMatch(/Then give the identity that reads the home tenant Monitoring Reader on the subscription again\.$/);
    expect(unseenWords({ kind: 'processing-rules', of: '3c5b1a0e', key: '', readable: false }).length).toBeLessThan(400);
  });

  test('settings that can no longer be read name the tenant and the role to give back; those that never could, the role to give', () => {
    const hidden = (what: string) => ({ what, problem: 'settings-unreadable' }) as const;
    const { state, next } = told(hidden('contoso'), hidden('contoso-b2c'));
    expect(state).toBe('1 difference');
    expect(lines(hidden('contoso'))[0]).toBe(
      '1: contoso no longer lets me read its diagnostic settings: its logs may go nowhere, and no rule would see anything',
    );
    expect(next).toMatch(
      /^If nobody meant it.* Then give the reader of contoso and contoso-b2c Monitoring Reader on \/providers\/Microsoft\.aadiam again\.$/,
    );
    expect(told(hidden('contoso'), missing('changes')).next).toMatch(/that it writes; give the reader of contoso Monitoring Reader/);
    expect(unseenWords({ kind: 'diagnostic-settings', of: 'contoso', key: '', readable: false })).toMatch(
      /^The diagnostic settings of contoso are not seen: its reader lacks Monitoring Reader on/,
    );
  });
});
