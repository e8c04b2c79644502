import { sources } from '../../scripts/sources.ts';
import { parseSettings } from '../../src/config/settings.ts';
import { TABLE } from '../../src/config/table.ts';

/** How a way around would be called. */
const AROUND =
  /force|bypass|backdoor|override|overrule|insecure|unsafe|(skip|disable|ignore|without|no)_?(auth|approv|quorum|check|verif|valid)|auth\w*disabled|emergency_?(mode|quorum|approv)/i;
/** What is called like one and is none, each looked at. */
const NONE = new Map([
  ['override', 'the keyword of TypeScript'],
  ['workforce', 'a kind of tenant'],
  ['overrideQueryTimeRange', 'Azure Monitor’s, of an alert rule: how far back its query looks'],
  ['forceChangePasswordNextSignIn', "Graph's name; we send false"],
  ['force', 'an option of rmSync: not to fail on a file that is gone'],
  ['isAuthenticationDisabled', 'the SDK asks it; the answer is false'],
  ['allowInsecureRequests', 'openid-client’s, for a login server on 127.0.0.1 only'],
  ['UNSAFE', 'characters a log line must not show'],
  ['validateClaims', 'not a way around'],
  ['isEnforced', 'of a policy of the tenant’s, which is on'],
  ['enabledForReportingButNotEnforced', 'Graph’s word for a policy that only reports'],
]);

/** Names in code: without comments, and without the words of texts. */
function namesIn(text: string): string[] {
  const code = text
    .replace(/\/\*[\s\S]*?\*\//g, ' ')
    .replace(/'(?:[^'\\\n]|\\.)*'/g, (literal) => (/^'[\w-]+'$/.test(literal) ? literal : ' '))
    .replace(/(^|\s)\/\/.*$/gm, ' ');
  return code.match(/[A-Za-z_$][\w$-]*/g) ?? [];
}

test('AP-13 ST-1: nothing in the product is called like a way around approvals or authentication', () => {
  const found = [...sources('src')].flatMap(([file, text]) =>
    namesIn(text)
      .filter((name) => AROUND.test(name) && !NONE.has(name))
      .map((name) => `${file}: ${name}`),
  );
  expect([...new Set(found)]).toEqual([]);
});

test('AP-13: no setting is one, and the quorum is a number from 2 that no setting lowers for emergencies', () => {
  const names = Object.values(TABLE).map(({ name }) => name);
  expect(names.filter((name) => AROUND.test(name))).toEqual([]);
  expect(names.filter((name) => /QUORUM|APPROV/.test(name)).sort()).toEqual(['BREAKGLASS_APPROVERS_GROUP_ID', 'BREAKGLASS_QUORUM']);
  for (const mode of ['production', 'sandbox'] as const) {
    for (const quorum of ['1', '0', '-1', '1.9', '', '2e0', '0x2', 'two', 'NaN']) {
      const parsed =
        mode === 'production' ? parseSettings({ BREAKGLASS_QUORUM: quorum }, mode) : parseSettings({ BREAKGLASS_QUORUM: quorum }, mode);
      const refused = !parsed.ok && parsed.fault.problems.some(({ at }) => at === 'BREAKGLASS_QUORUM');
      // Empty is not set: the default stands, which is 2.
      expect({ quorum, refused }).toEqual({ quorum, refused: quorum !== '' });
    }
  }
});
