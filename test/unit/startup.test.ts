import { spawnSync } from 'node:child_process';
import { ROOT } from '../../scripts/sources.ts';
import { channelOf } from '../../src/bot/settings.ts';
import { CLOUD_NAMES, CLOUDS } from '../../src/config/clouds.ts';
import { parseSettings } from '../../src/config/settings.ts';

const MARKER = 'sw0rdfish-7';

test('ST-2: production with unsafe settings ends before it listens, names each of them, and shows no value', () => {
  const run = spawnSync(process.execPath, ['src/main.ts'], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH ?? '',
      BOT_ID: MARKER,
      DATABASE_URL: MARKER,
      BREAKGLASS_QUORUM: '1',
      BREAKGLASS_TYPO: MARKER,
      BOT_PASSWORD: MARKER,
    },
    encoding: 'utf8',
    timeout: 120_000,
  });
  expect(run.status).toBe(1);
  for (const name of ['BOT_ID', 'DATABASE_URL', 'BREAKGLASS_QUORUM', 'BREAKGLASS_TYPO', 'BREAKGLASS_HOME_TENANT_ID'])
    expect(run.stderr).toContain(name);
  expect(run.stdout + run.stderr).not.toContain(MARKER);
  expect(run.stdout).not.toContain('started');
});

describe('ST-3: production talks https, to the built-in clouds', () => {
  const urlsOf = (name: keyof typeof CLOUDS): string[] => {
    const { loginOrigin, stsOrigin, graphOrigin, armOrigin, serviceUrls } = CLOUDS[name];
    return [loginOrigin, stsOrigin, graphOrigin, armOrigin, ...serviceUrls, ...Object.values(channelOf(CLOUDS[name], 't'))];
  };
  const urls = [...new Set(CLOUD_NAMES.flatMap(urlsOf))];

  test.each(urls)('%s is https, at a host of Microsoft', (url) => {
    const { protocol, hostname, port } = new URL(url);
    expect([protocol, port]).toEqual(['https:', '']);
    expect(hostname).toMatch(
      /(^|\.)(microsoftonline\.(com|us|cn)|microsoft\.(com|us)|management\.azure\.com|usgovcloudapi\.net|chinacloudapi\.cn|partner\.microsoftonline\.cn|botframework\.(com|us|azure\.us|azure\.cn)|trafficmanager\.net|sts\.windows\.net)$/i,
    );
  });

  test.each(CLOUD_NAMES.filter((name) => name !== 'global'))(
    '%s has nothing of the global cloud but the issuer of old tokens in US clouds',
    (name) => {
      const shared = urlsOf(name).filter((url) => urlsOf('global').includes(url));
      expect(shared).toEqual(name === 'china' ? [] : ['https://sts.windows.net']);
      expect(CLOUDS[name].exchangeAudience).not.toBe(CLOUDS.global.exchangeAudience);
    },
  );

  test.each(CLOUD_NAMES)('%s can be chosen, answers to its own places and to no other cloud’s', (name) => {
    const at = (urls: readonly string[]) => {
      const parsed = parseSettings({ BREAKGLASS_CLOUD: name, BREAKGLASS_TEAMS_SERVICE_URLS: urls.join(',') }, 'production');
      return parsed.ok ? [] : parsed.fault.problems.map((problem) => problem.at).filter((each) => /CLOUD|SERVICE/.test(each));
    };
    expect(at(CLOUDS[name].serviceUrls)).toEqual([]);
    for (const other of CLOUD_NAMES) if (other !== name) expect(at(CLOUDS[other].serviceUrls)).toEqual(['BREAKGLASS_TEAMS_SERVICE_URLS']);
  });

  test.each([
    'http://smba.trafficmanager.net',
    'http://127.0.0.1:3980',
    'https://127.0.0.1:3980',
    'https://localhost',
    'https://evil.trafficmanager.net',
    'https://smba.trafficmanager.net.evil.example',
    'https://smba.trafficmanager.net:8443',
    'https://user@smba.trafficmanager.net',
    'https://smba.trafficmanager.net/teams',
    'ftp://smba.trafficmanager.net',
  ])('%s is refused as a place to answer to', (url) => {
    const parsed = parseSettings({ BREAKGLASS_TEAMS_SERVICE_URLS: url }, 'production');
    if (parsed.ok) throw new Error('was accepted');
    expect(parsed.fault.problems.map(({ at }) => at)).toContain('BREAKGLASS_TEAMS_SERVICE_URLS');
  });

  test('no setting names an address of keys, of a login or of Graph: only the cloud is chosen', () => {
    const parsed = parseSettings({ BREAKGLASS_CLOUD: 'mine' }, 'production');
    if (parsed.ok) throw new Error('was accepted');
    expect(parsed.fault.problems.map(({ at }) => at)).toContain('BREAKGLASS_CLOUD');
  });
});
