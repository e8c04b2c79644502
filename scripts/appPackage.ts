import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AppManifestUtils } from '@microsoft/app-manifest';
import { strToU8, zipSync } from 'fflate';

/** What the manifest leaves open, and what has to stand there. Names without prefix are the Agents Toolkit's. */
export const PACKAGE_VARIABLES: readonly { readonly name: string; readonly meaning: string; readonly pattern: RegExp }[] = [
  guid('TEAMS_APP_ID', 'Id of the app in Teams, a GUID of your own making.'),
  guid('BOT_ID', 'Client id of the bot.'),
  {
    name: 'BOT_DOMAIN',
    meaning: 'Host name the bot answers at, without https://.',
    pattern: /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/i,
  },
  { name: 'DEVELOPER_NAME', meaning: 'Your organisation, as Teams shows it (at most 32 characters).', pattern: /^\S.{0,31}$/ },
  https('DEVELOPER_WEBSITE_URL', 'Page about the app (https).'),
  https('DEVELOPER_PRIVACY_URL', 'Privacy statement (https).'),
  https('DEVELOPER_TERMS_URL', 'Terms of use (https).'),
];

function guid(name: string, meaning: string) {
  return { name, meaning, pattern: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i };
}

function https(name: string, meaning: string) {
  return { name, meaning, pattern: /^https:\/\/[^\s"\\]+$/ };
}

export interface PackageFiles {
  readonly manifest: string;
  readonly color: Uint8Array;
  readonly outline: Uint8Array;
}
export type BuiltPackage = { readonly ok: true; readonly zip: Uint8Array } | { readonly ok: false; readonly problems: readonly string[] };

const at = (name: string) => fileURLToPath(new URL(`../appPackage/${name}`, import.meta.url));

export function readPackageFiles(): PackageFiles {
  return {
    manifest: readFileSync(at('manifest.json'), 'utf8'),
    color: readFileSync(at('color.png')),
    outline: readFileSync(at('outline.png')),
  };
}

/** Fills, validates (offline) and zips the app package. The same input gives the same bytes. Problems: all at once, without values. */
export async function buildPackage(files: PackageFiles, env: NodeJS.ProcessEnv): Promise<BuiltPackage> {
  const problems = PACKAGE_VARIABLES.flatMap(({ name, meaning, pattern }) => {
    const value = env[name]?.trim() ?? '';
    if (value === '') return [`${name} is missing: ${meaning}`];
    return pattern.test(value) ? [] : [`${name} is not right: ${meaning}`];
  });
  const filled = files.manifest.replace(/\$\{\{(\w+)\}\}/g, (placeholder, name: string) => {
    const value = env[name]?.trim();
    if (!PACKAGE_VARIABLES.some((variable) => variable.name === name))
      problems.push(`manifest.json names ${name}, which is no variable of the package`);
    return value ? JSON.stringify(value).slice(1, -1) : placeholder;
  });
  problems.push(...iconProblems('color.png', files.color, 192), ...iconProblems('outline.png', files.outline, 32));
  if (problems.length === 0) problems.push(...(await manifestProblems(filled)));
  if (problems.length > 0) return { ok: false, problems };
  const contents = { 'manifest.json': strToU8(filled), 'color.png': files.color, 'outline.png': files.outline };
  const zip = zipSync(contents, { level: 9, mtime: new Date(1980, 0, 1) }); // zip keeps local time: this is the same everywhere
  return { ok: true, zip };
}

async function manifestProblems(text: string): Promise<string[]> {
  const manifest = JSON.parse(text) as Parameters<typeof AppManifestUtils.validateAgainstSchema>[0];
  return (await AppManifestUtils.validateAgainstSchema(manifest)).map((problem) => `manifest.json: ${problem}`);
}

/** Teams wants a full-colour PNG of 192 x 192 and one of 32 x 32 that is white on transparent; it refuses others only on upload. */
export function iconProblems(name: string, png: Uint8Array, size: number): string[] {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const signed = png.byteLength > 33 && view.getBigUint64(0) === 0x89504e470d0a1a0an && view.getUint32(12) === 0x49484452; // IHDR
  if (!signed) return [`${name} is not a PNG file`];
  const [width, height, depth, colour] = [view.getUint32(16), view.getUint32(20), view.getUint8(24), view.getUint8(25)];
  const problems = width === size && height === size ? [] : [`${name} is ${width} x ${height}, not ${size} x ${size}`];
  const expected = size === 32 ? [6] : [2, 6]; // 2: RGB, 6: RGB with transparency
  if (depth !== 8 || !expected.includes(colour))
    problems.push(`${name} must have 8 bits per channel, ${size === 32 ? 'with transparency' : 'in full colour'}`);
  return problems;
}
