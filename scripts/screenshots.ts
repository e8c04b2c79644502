import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { type PersonName, TENANTS } from '../sandbox/world.ts';
import { BROWSER_HINT, browserPath, launch } from '../test/support/browser.ts';
import { SandboxProcess, type Where } from '../test/support/sandbox.ts';

/**
 * `node scripts/run.mjs scripts/screenshots.ts`: walks the main job in a sandbox of its own and takes the four pictures of the README,
 * as the people concerned see them. The dates, ids and parts in them differ each time.
 */
const FOLDER = fileURLToPath(new URL('../docs/pictures/', import.meta.url));
const NAME = 'ea-north-01';
const UPN = `${NAME}@${TENANTS.contoso.initialDomain}`;
const CUSTODIANS = [
  ['dana', 'Munich, safe in room 214', '0457312'],
  ['eli', 'Hamburg, safe in the archive', '0457313'],
] as const;

if ((await browserPath()) === undefined) {
  process.stderr.write(`No browser found. Try: ${BROWSER_HINT}\n`);
  process.exit(1);
}
mkdirSync(FOLDER, { recursive: true });
const sandbox = new SandboxProcess();
await sandbox.start();
const browser = await launch();
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'light', locale: 'en-GB' });
  await page.goto(sandbox.pageUrl);
  const button = (name: string, within: Locator | Page = page) => within.getByRole('button', { name, exact: true });
  const message = (hasText: string) => page.locator('[data-testid=message][data-from=bot]').filter({ hasText: UPN }).filter({ hasText });
  const be = async (name: PersonName, where: Where): Promise<void> => {
    await page.getByTestId('person-switcher').click();
    await page.getByTestId(`person-${name}`).click();
    await page.getByTestId(`conversation-${where}`).click();
  };
  /** @param height of the page, so that what the picture is about is in it as a whole */
  const picture = async (name: string, height: number, about: Locator): Promise<void> => {
    await page.setViewportSize({ width: 1280, height });
    await about.waitFor();
    await about.scrollIntoViewIfNeeded();
    await page.locator('#panel').evaluate((panel) => panel.scrollTo(0, 0));
    await page.mouse.move(0, 0);
    const path = `${FOLDER}${name}.png`;
    await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
    process.stdout.write(`${name}.png  ${Math.round(shrink(path) / 1024)} kB\n`);
    await page.setViewportSize({ width: 1280, height: 800 });
  };

  await page.getByTestId('composer').fill('create contoso');
  await page.getByTestId('send').click();
  await page.getByLabel('User name (before the @)').fill(NAME);
  await page.getByLabel('Display name').fill('Emergency access 1');
  await page.getByLabel('Usage location').fill('DE');
  await page.getByLabel('Credential').selectOption('Password in parts, one for each custodian');
  for (const person of ['Dana Diaz', 'Eli Evans', 'Oona Olsen']) await page.getByLabel(person).check();
  await page.getByLabel('Reason').fill('Two accounts per tenant, as the guidance asks');
  await button('Ask for approval').click();
  await be('ann', 'channel');
  await button('Approve').click();
  await message('Approvals: 1 of 2').waitFor();
  await be('bob', 'channel');
  await picture('page-request', 1290, message('Approvals: 1 of 2'));

  await button('Approve').click();
  await message('read back as planned').waitFor();
  const parts: string[] = [];
  for (const [name, place, seal] of CUSTODIANS) {
    await be(name, 'personal');
    await button('Show my part').click();
    const dialog = page.getByTestId('dialog');
    parts.push((await dialog.locator('#part').textContent()) ?? '');
    await dialog.getByLabel('Where it is kept').fill(place);
    await dialog.getByLabel('Seal number').fill(seal);
    if (name === 'dana') await picture('page-reveal', 800, dialog);
    await button('I have stored it', dialog).click();
    await dialog.waitFor({ state: 'detached' });
  }

  await be('ann', 'channel');
  await message('read back as planned').waitFor();
  await page.getByTestId('signin-upn').fill(UPN);
  for (const [index, part] of parts.entries()) await page.getByTestId(`signin-part-${index + 1}`).fill(part);
  await page.getByTestId('signin-submit').click();
  await button('Acknowledge').waitFor();
  await picture('page-alert', 860, message('Somebody signed in'));
  await button('Acknowledge').click();
  await button('Acknowledge').waitFor({ state: 'detached' });

  await be('oona', 'personal');
  await page.getByTestId('clock-advance-P76D').click();
  await message('Validation due').waitFor();
  await picture('page-reminder', 800, message('Validation due'));
} finally {
  await browser.close();
  await sandbox.stop();
}

/** A page has few colours; a palette of 128 makes a third of the bytes. Where there is no ImageMagick the picture stays as it is. */
function shrink(path: string): number {
  const args = [path, '+dither', '-colors', '128', '-define', 'png:compression-level=9', `PNG8:${path}`];
  for (const program of ['magick', 'convert']) if (spawnSync(program, args).status === 0) break;
  return statSync(path).size;
}
