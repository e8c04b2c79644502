import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { generatedDocs } from '../../scripts/checks.ts';
import { sharedHubs } from '../../src/config/eventHubs.ts';
import { Secret } from '../../src/config/secret.ts';
import { parseSettings } from '../../src/config/settings.ts';
import { TABLE } from '../../src/config/table.ts';
import { parseTenants, type TenantConfig } from '../../src/config/tenants.ts';

const GUID = '11111111-1111-4111-8111-111111111111';
const GROUP = `/subscriptions/${GUID}/resourceGroups/logs`;
const WORKSPACE = `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/contoso-logs`;
const PRODUCTION = {
  DATABASE_URL: 'postgres://breakglass:hunter2@db.contoso.com/breakglass?sslmode=verify-full',
  BOT_ID: GUID,
  BOT_TENANT_ID: GUID,
  BREAKGLASS_HOME_TENANT_ID: GUID.toUpperCase(),
  BREAKGLASS_TEAM_ID: '19:team@thread.tacv2',
  BREAKGLASS_CHANNEL_ID: '19:security@thread.tacv2',
  BREAKGLASS_REQUESTERS_GROUP_ID: GUID,
  BREAKGLASS_APPROVERS_GROUP_ID: GUID,
  BREAKGLASS_CUSTODIANS_GROUP_ID: GUID,
  BREAKGLASS_AUDITORS_GROUP_ID: GUID,
  BREAKGLASS_ADMINISTRATORS_GROUP_ID: GUID,
  BREAKGLASS_CUSTODY_KEY_FILE: '/run/secrets/custody.key',
};

/** Names of the settings at fault in production, for the good settings changed so. */
function faults(changes: NodeJS.ProcessEnv): string[] {
  const parsed = parseSettings({ ...PRODUCTION, ...changes }, 'production');
  return parsed.ok ? [] : parsed.fault.problems.map(({ at }) => at);
}

test('the documentation of the settings is up to date (npm run format)', () => {
  expect(generatedDocs({ write: false })).toEqual([]);
});

describe('a secret', () => {
  test('shows itself only when asked', () => {
    const secret = new Secret('hunter2');
    expect(
      [String(secret), JSON.stringify({ secret }), inspect({ secret }, { depth: 9, showHidden: true }), `${secret}`].join(),
    ).not.toContain('hunter2');
    expect(inspect({ secret })).toContain('[secret]');
    expect(secret.reveal()).toBe('hunter2');
  });
});

describe('settings', () => {
  test('production starts with what is required and sensible defaults', () => {
    const parsed = parseSettings(PRODUCTION, 'production');
    if (!parsed.ok) throw parsed.fault;
    expect(parsed.warnings).toEqual([]);
    expect(parsed.settings).toMatchObject({
      port: 3978,
      quorum: 2,
      validationDays: 90,
      signInPollSeconds: 60,
      embeddedDatabase: false,
      cloud: 'global',
    });
    expect(parsed.settings.homeTenantId).toBe(GUID);
    expect(parsed.settings.teamsServiceUrls).toContain('https://smba.trafficmanager.net');
    expect(inspect(parsed.settings)).not.toContain('hunter2');
  });

  test('ST-7: beyond loopback metrics want a token; nothing is asked where they are off', () => {
    const at = (host: string, more = {}) => faults({ BREAKGLASS_METRICS_PORT: '9464', BREAKGLASS_METRICS_HOST: host, ...more });
    for (const host of ['0.0.0.0', '10.0.0.7', 'metrics.example', '128.0.0.1']) {
      expect(at(host)).toEqual(['BREAKGLASS_METRICS_TOKEN_FILE']);
      expect(at(host, { BREAKGLASS_METRICS_TOKEN_FILE: '/run/secrets/metrics' })).toEqual([]);
    }
    for (const host of ['127.0.0.1', '127.8.0.1', 'localhost']) expect(at(host)).toEqual([]);
    expect(faults({ BREAKGLASS_METRICS_PORT: '9464' })).toEqual([]);
    expect(faults({ BREAKGLASS_METRICS_HOST: '0.0.0.0' })).toEqual([]);
  });

  test('the sandbox needs none', () => {
    const parsed = parseSettings({ PATH: '/bin', BREAKGLASS_TEST_DATABASE_URL: 'postgres://127.0.0.1/x' }, 'sandbox');
    if (!parsed.ok) throw parsed.fault;
    expect(parsed.settings).toMatchObject({
      sandboxTeamsPort: 3980,
      embeddedDatabase: true,
      signInPollSeconds: 5,
      dataDir: '.data',
      botId: undefined,
    });
  });

  test('a database server given to the sandbox wins over the embedded database', () => {
    const parsed = parseSettings({ DATABASE_URL: 'postgres://127.0.0.1/x' }, 'sandbox');
    expect(parsed.ok && parsed.settings.embeddedDatabase).toBe(false);
  });

  test('ST-2: every fault is reported at once, by name', () => {
    const parsed = parseSettings({ BREAKGLASS_QUORUM: '1', BREAKGLASS_PORT: 'high', BOT_ID: 'me', BOT_TYPE: 'SingleTenant' }, 'production');
    if (parsed.ok) throw new Error('was accepted');
    const required = Object.values(TABLE).flatMap(({ name, presence }) => (presence === 'required' ? [name] : []));
    for (const name of [...required, 'BREAKGLASS_QUORUM', 'BREAKGLASS_PORT', 'BOT_ID', 'DATABASE_URL', 'BOT_PASSWORD']) {
      expect(parsed.fault.message).toContain(`${name}: `);
    }
    expect(new Set(parsed.fault.problems.map(({ at }) => at)).size).toBe(parsed.fault.problems.length);
  });

  test('ST-2: no fault and no warning ever shows a value', () => {
    const marker = 'sw0rdfish-7';
    const everything = Object.fromEntries(Object.values(TABLE).map(({ name }) => [name, marker]));
    for (const mode of ['production', 'sandbox'] as const) {
      const parsed = mode === 'production' ? parseSettings(everything, mode) : parseSettings(everything, mode);
      expect(parsed.ok).toBe(false);
      expect(inspect(parsed, { depth: 9, showHidden: true })).not.toContain(marker);
    }
  });

  test('ST-2: an unknown name with our prefix is refused, with the nearest known one', () => {
    const parsed = parseSettings({ ...PRODUCTION, BREAKGLASS_QOURUM: '3', OTHER_THING: 'x' }, 'production');
    if (parsed.ok) throw new Error('was accepted');
    expect(parsed.fault.problems).toEqual([{ at: 'BREAKGLASS_QOURUM', problem: 'is not a setting; did you mean BREAKGLASS_QUORUM?' }]);
    expect(faults({ BREAKGLASS_TEST_DATABASE_URL: 'postgres://x/y' })).toEqual(['BREAKGLASS_TEST_DATABASE_URL']);
  });

  test.each([
    [{ BREAKGLASS_QUORUM: '1' }, 'BREAKGLASS_QUORUM'],
    [{ BREAKGLASS_QUORUM: '11' }, 'BREAKGLASS_QUORUM'],
    [{ BREAKGLASS_QUORUM: '2.5' }, 'BREAKGLASS_QUORUM'],
    [{ BREAKGLASS_VALIDATION_DAYS: '366' }, 'BREAKGLASS_VALIDATION_DAYS'],
    [{ BREAKGLASS_SANDBOX_TEAMS_PORT: '3980' }, 'BREAKGLASS_SANDBOX_TEAMS_PORT'],
    [{ BREAKGLASS_EMBEDDED_DATABASE: 'true' }, 'BREAKGLASS_EMBEDDED_DATABASE'],
    [{ DATABASE_URL: '' }, 'DATABASE_URL'],
    [{ DATABASE_URL: 'https://db.contoso.com/x' }, 'DATABASE_URL'],
    [{ BOT_ID: '00000000-0000-0000-0000-000000000000' }, 'BOT_ID'],
    [{ BOT_PASSWORD: 'x' }, 'BOT_PASSWORD'],
    [{ BOT_TYPE: 'MultiTenant' }, 'BOT_TYPE'],
    [{ BOT_TYPE: 'SingleTenant' }, 'BOT_PASSWORD'],
    [{ BOT_TYPE: 'SingleTenant', BOT_PASSWORD: 'x', BOT_CERTIFICATE_FILE: 'bot.pem' }, 'BOT_PASSWORD'],
    [{ BREAKGLASS_CHANNEL_ID: 'general' }, 'BREAKGLASS_CHANNEL_ID'],
    [{ BREAKGLASS_TEAMS_SERVICE_URLS: 'http://smba.trafficmanager.net' }, 'BREAKGLASS_TEAMS_SERVICE_URLS'],
    [{ BREAKGLASS_TEAMS_SERVICE_URLS: 'http://127.0.0.1:3980' }, 'BREAKGLASS_TEAMS_SERVICE_URLS'],
    [{ BREAKGLASS_TEAMS_SERVICE_URLS: 'https://smba.trafficmanager.net/teams' }, 'BREAKGLASS_TEAMS_SERVICE_URLS'],
    [{ BREAKGLASS_TEAMS_SERVICE_URLS: 'https://evil.trafficmanager.net' }, 'BREAKGLASS_TEAMS_SERVICE_URLS'],
    [{ BREAKGLASS_CLOUD: 'usgov', BREAKGLASS_TEAMS_SERVICE_URLS: 'https://smba.trafficmanager.net' }, 'BREAKGLASS_TEAMS_SERVICE_URLS'],
    [{ BREAKGLASS_MONITORS_RESOURCE_GROUP: GROUP, BREAKGLASS_MONITORS_WORKSPACE: GROUP }, 'BREAKGLASS_MONITORS_WORKSPACE'],
    [{ BREAKGLASS_MONITORS_WORKSPACE: WORKSPACE }, 'BREAKGLASS_MONITORS_RESOURCE_GROUP'],
    [{ BREAKGLASS_MONITORS_SENTINEL: 'true', BREAKGLASS_MONITORS_RESOURCE_GROUP: GROUP }, 'BREAKGLASS_MONITORS_WORKSPACE'],
  ])('production refuses %o', (changes, name) => {
    expect(faults(changes)).toEqual([name]);
  });

  test.each([
    { BOT_TYPE: 'SingleTenant', BOT_PASSWORD: 'x' },
    { BOT_TYPE: 'SingleTenant', BOT_CERTIFICATE_FILE: 'bot.pem' },
    { DATABASE_URL: '', BREAKGLASS_EMBEDDED_DATABASE: 'true' },
    { BREAKGLASS_REQUESTERS_GROUP_ID: GUID, BREAKGLASS_APPROVERS_GROUP_ID: GUID },
    { BREAKGLASS_TEAMS_SERVICE_URLS: 'https://smba.trafficmanager.net, https://smba.infra.gcc.teams.microsoft.com' },
    { BREAKGLASS_SIGNALS_AUDIENCE: 'api://breakglass-signals' },
    { BREAKGLASS_MONITORS_RESOURCE_GROUP: GROUP, BREAKGLASS_MONITORS_WORKSPACE: WORKSPACE },
  ])('production takes %o', (changes) => {
    expect(faults(changes)).toEqual([]);
  });

  test.each([
    ['postgres://u:p@db.contoso.com/x', 1],
    ['postgres://u:p@db.contoso.com/x?sslmode=disable', 1],
    ['postgres://u:p@db.contoso.com/x?sslmode=verify-full', 0],
    ['postgres://u:p@127.0.0.1/x', 0],
    ['postgres:///x?host=/var/run/postgresql', 0],
  ])('%s: %d warnings', (DATABASE_URL, warnings) => {
    const parsed = parseSettings({ ...PRODUCTION, DATABASE_URL }, 'production');
    if (!parsed.ok) throw parsed.fault;
    expect(parsed.warnings).toHaveLength(warnings);
  });
});

describe('tenants', () => {
  const example = readFileSync(new URL('../../env/tenants.example.yaml', import.meta.url), 'utf8');
  /** Where the example is at fault once `before` is replaced by `after`. */
  function tenantFaults(before: string, after: string): string[] {
    expect(example).toContain(before);
    const parsed = parseTenants(example.replace(before, after), 't.yaml');
    return parsed.ok ? [] : parsed.fault.problems.map(({ at }) => at.replace('t.yaml: ', ''));
  }

  test('the example is good', () => {
    const parsed = parseTenants(example, 't.yaml');
    if (!parsed.ok) throw parsed.fault;
    expect(parsed.tenants.map(({ name }) => name)).toEqual(['contoso', 'contoso-b2c']);
    expect(parsed.tenants[1]?.changer).toEqual({
      type: 'certificate',
      clientId: '88888888-8888-4888-8888-888888888888',
      file: '/run/secrets/contoso-b2c-changer.pem',
    });
  });

  test.each([
    ['kind: workforce', 'kind: big', 'tenants[0].kind'],
    ['kind: workforce', 'kind: workforce\n    colour: red', 'tenants[0].colour'],
    ['kind: workforce', 'kind: [workforce]', 'tenants[0].kind'],
    ['displayName: Contoso\n', '\n', 'tenants[0].displayName'],
    ['name: contoso\n', 'name: Contoso Ltd\n', 'tenants[0].name'],
    ['name: contoso-b2c', 'name: contoso', 'tenants[1].name'],
    ['55555555-5555-4555-8555-555555555555', GUID, 'tenants[1].id'],
    ['contoso.onmicrosoft.com', 'contoso.com', 'tenants[0].initialDomain'],
    ['contoso.onmicrosoft.com', 'contoso.mail.onmicrosoft.com', 'tenants[0].initialDomain'],
    ['contoso.onmicrosoft.com', 'onmicrosoft.com', 'tenants[0].initialDomain'],
    ['type: federated\n', 'type: client-secret\n', 'tenants[1].reader.type'],
    ['file: /run/secrets', 'clientSecret: hunter2\n      file: /run/secrets', 'tenants[1].changer.clientSecret'],
    ['managedIdentityClientId: 33333333-3333-4333-8333-333333333333', 'file: x', 'tenants[1].reader.file'],
    ['tenants:', 'tenant:', 'tenants'],
    ['namespace: contoso-logs.servicebus.windows.net', 'namespace: logs.contoso.example', 'tenants[0].eventHub.namespace'],
    ['      name: entra-logs\n', '', 'tenants[0].eventHub.name'],
    ['consumerGroup: breakglass', 'consumerGroup: a/b', 'tenants[0].eventHub.consumerGroup'],
    ['consumerGroup: breakglass', 'connectionString: Endpoint=hunter2', 'tenants[0].eventHub.connectionString'],
    [
      '      credential: { type: managed-identity, clientId: 99999999-9999-4999-8999-999999999999 }\n',
      '',
      'tenants[0].eventHub.credential',
    ],
  ])('%s → %s is refused', (before, after, at) => {
    expect(tenantFaults(before, after)).toContain(at);
  });

  test('an event hub that two tenants name is read once, by one identity, and is of the cloud', () => {
    const parsed = parseTenants(example, 't.yaml');
    if (!parsed.ok) throw parsed.fault;
    const [contoso, b2c] = parsed.tenants;
    const eventHub = contoso?.eventHub;
    if (!contoso || !b2c || !eventHub) throw new Error('the example has no event hub');
    const shared = { ...b2c, eventHub: { ...eventHub, tenantId: contoso.id } };
    const hubs = (...tenants: TenantConfig[]) => sharedHubs(tenants, 'servicebus.windows.net', 't.yaml');
    expect(hubs(contoso, b2c, shared)).toMatchObject([{ name: 'entra-logs', tenantId: contoso.id, tenantIds: [contoso.id, b2c.id] }]);
    const other = { ...shared, eventHub: { ...shared.eventHub, credential: { type: 'managed-identity' } as const } };
    expect(() => hubs(contoso, other)).toThrow('t.yaml: tenants[1].eventHub.credential');
    expect(() => sharedHubs([contoso], 'servicebus.chinacloudapi.cn', 't.yaml')).toThrow('tenants[0].eventHub.namespace');
  });

  test('every fault at once, by path, never with a value', () => {
    const parsed = parseTenants('tenants:\n  - { id: hunter2, name: HUNTER2, reader: hunter2, clientSecret: hunter2 }\n', 't.yaml');
    if (parsed.ok) throw new Error('was accepted');
    expect(parsed.fault.problems.length).toBeGreaterThanOrEqual(8);
    expect(parsed.fault.message).not.toMatch(/hunter2/i);
  });

  test.each([['tenants: ['], ['a: &a [*a]'], ['a: 1\na: 2'], [''], ['- x'], ['tenants: []']])('%j is no list of tenants', (text) => {
    expect(parseTenants(text, 't.yaml').ok).toBe(false);
  });
});

describe('custody', () => {
  const { BREAKGLASS_CUSTODY_KEY_FILE: _file, ...bare } = PRODUCTION;
  const KEY = 'BREAKGLASS_CUSTODY_KEY_VAULT_KEY';
  const VAULT = { [KEY]: 'https://bg-keys.vault.azure.net/keys/parts' };
  const problems = (more: NodeJS.ProcessEnv): readonly string[] => {
    const parsed = parseSettings({ ...bare, ...more }, 'production');
    return parsed.ok ? [] : parsed.fault.message.split('\n').filter((line) => line.includes('CUSTODY'));
  };
  const credential = (text: string) => {
    const parsed = parseSettings({ ...bare, ...VAULT, BREAKGLASS_CUSTODY_CREDENTIAL: text }, 'production');
    return parsed.ok ? parsed.settings.custodyCredential : 'refused';
  };

  test('ST-2: a vault or a file, exactly one', () => {
    expect(problems(VAULT)).toEqual([]);
    expect(problems({ BREAKGLASS_CUSTODY_KEY_FILE: '/k' })).toEqual([]);
    for (const wrong of [{}, { ...VAULT, BREAKGLASS_CUSTODY_KEY_FILE: '/k' }])
      expect(problems(wrong)).toEqual([expect.stringContaining(KEY)]);
    expect(problems({ BREAKGLASS_CUSTODY_KEY_FILE: '/k', BREAKGLASS_CUSTODY_CREDENTIAL: 'managed-identity' })).toHaveLength(1);
    for (const wrong of ['http://bg-keys.vault.azure.net/keys/parts', 'parts', 'https://bg-keys.vault.azure.net/secrets/parts'])
      expect(problems({ [KEY]: wrong })).toHaveLength(1);
  });

  test('the identity that asks the vault is named by reference, never a secret', () => {
    expect(credential('')).toEqual({ type: 'managed-identity' });
    expect(credential(`managed-identity:${GUID}`)).toEqual({ type: 'managed-identity', clientId: GUID });
    expect(credential(`workload-identity:${GUID}`)).toEqual({ type: 'workload-identity', clientId: GUID });
    expect(credential(`workload-identity:${GUID}:${GUID}`)).toEqual({ type: 'workload-identity', clientId: GUID, tenantId: GUID });
    expect(credential(`certificate:${GUID}:C:/keys/app.pem`)).toEqual({ type: 'certificate', clientId: GUID, file: 'C:/keys/app.pem' });
    expect(credential(`federated:${GUID}:${GUID}`)).toEqual({ type: 'federated', clientId: GUID, managedIdentityClientId: GUID });
    for (const bad of [
      'secret',
      'managed-identity:',
      'managed-identity:x',
      'certificate',
      `certificate:${GUID}`,
      `federated:${GUID}`,
      `secret:${GUID}:x`,
    ])
      expect({ bad, read: credential(bad) }).toEqual({ bad, read: bad === 'managed-identity:' ? { type: 'managed-identity' } : 'refused' });
  });
});
