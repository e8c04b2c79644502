import { execFileSync } from 'node:child_process';
import { strFromU8, unzipSync } from 'fflate';
import { buildPackage, iconProblems, PACKAGE_VARIABLES, readPackageFiles } from '../../scripts/appPackage.ts';

const VARIABLES = {
  TEAMS_APP_ID: '0f3d1c2b-1111-4222-8333-944455556666',
  BOT_ID: '0f3d1c2b-7777-4888-8999-a0b0c0d0e0f0',
  BOT_DOMAIN: 'breakglass.contoso.com',
  DEVELOPER_NAME: 'Contoso "Security"',
  DEVELOPER_WEBSITE_URL: 'https://contoso.com/breakglass',
  DEVELOPER_PRIVACY_URL: 'https://contoso.com/privacy',
  DEVELOPER_TERMS_URL: 'https://contoso.com/terms',
};
interface CommandList {
  readonly scopes: readonly string[];
  readonly commands: readonly { readonly title: string }[];
}
interface Manifest {
  readonly developer: { readonly name: string };
  readonly bots: readonly { readonly botId: string; readonly scopes: readonly string[]; readonly commandLists: readonly CommandList[] }[];
  readonly permissions: readonly string[];
  readonly validDomains: readonly string[];
}

const files = readPackageFiles();

test('the package is valid, complete and filled in', async () => {
  const built = await buildPackage(files, VARIABLES);
  if (!built.ok) throw new Error(built.problems.join('\n'));
  const contents = unzipSync(built.zip);
  expect(Object.keys(contents).sort()).toEqual(['color.png', 'manifest.json', 'outline.png']);
  const text = strFromU8(contents['manifest.json'] ?? new Uint8Array());
  expect(text).not.toContain('${{');
  const manifest = JSON.parse(text) as Manifest;
  expect(manifest.developer.name).toBe('Contoso "Security"');
  expect(manifest.bots).toHaveLength(1);
  expect(manifest.bots[0]?.botId).toBe(VARIABLES.BOT_ID);
  expect(manifest.bots[0]?.scopes).toEqual(['team', 'personal']);
  expect(manifest.validDomains).toEqual([VARIABLES.BOT_DOMAIN]);
  // Least privilege: no resource-specific consent, no shared channels (people of other organisations), no files.
  expect(manifest.permissions).toEqual(['identity', 'messageTeamMembers']);
  for (const absent of ['webApplicationInfo', 'authorization', 'supportsChannelFeatures', 'supportedChannelTypes']) {
    expect(manifest).not.toHaveProperty(absent);
  }
  for (const scope of ['team', 'personal']) {
    const titles = manifest.bots[0]?.commandLists
      .filter(({ scopes }) => scopes.includes(scope))
      .flatMap(({ commands }) => commands.map(({ title }) => title));
    expect(titles).toEqual(['help', 'create', 'requests', 'accounts', 'alerts', 'posture', 'validate', 'whoami', 'audit', 'status']);
  }
});

test('the same input gives the same bytes, in every time zone', async () => {
  const program = `
    import { createHash } from 'node:crypto';
    import { buildPackage, readPackageFiles } from './scripts/appPackage.ts';
    const built = await buildPackage(readPackageFiles(), ${JSON.stringify(VARIABLES)});
    process.stdout.write(createHash('sha256').update(built.zip).digest('hex'));`;
  const cwd = new URL('../..', import.meta.url);
  const digest = (zone: string) =>
    execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd, env: { ...process.env, TZ: zone } }).toString();
  expect(digest('Pacific/Auckland')).toBe(digest('America/Los_Angeles'));
});

test('all that is missing or wrong is named at once, without its value', async () => {
  const built = await buildPackage(files, { BOT_ID: 'not-a-guid', DEVELOPER_PRIVACY_URL: 'http://plain.example' });
  if (built.ok) throw new Error('was built');
  for (const { name } of PACKAGE_VARIABLES) expect(built.problems.join('\n')).toContain(name);
  expect(built.problems.join('\n')).not.toMatch(/not-a-guid|plain\.example/);
});

test('a manifest that Teams would refuse is refused here, with every reason', async () => {
  const broken = files.manifest
    .replace('"full": "Breakglass: emergency access accounts"', `"full": "${'x'.repeat(101)}"`)
    .replace('"#3B3A8F"', '"blue"');
  const built = await buildPackage({ ...files, manifest: broken }, VARIABLES);
  if (built.ok) throw new Error('was built');
  expect(built.problems.join('\n')).toMatch(/name\/full/);
  expect(built.problems.join('\n')).toMatch(/accentColor/);
});

test('icons of the wrong size or kind are refused', () => {
  expect(iconProblems('color.png', files.color, 192)).toEqual([]);
  expect(iconProblems('outline.png', files.outline, 32)).toEqual([]);
  expect(iconProblems('outline.png', files.color, 32)).toHaveLength(2);
  expect(iconProblems('color.png', new TextEncoder().encode('<svg/>'.repeat(20)), 192)).toEqual(['color.png is not a PNG file']);
});
