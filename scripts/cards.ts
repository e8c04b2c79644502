// npm run cards: writes the golden files of every card in every state anew, and draws into docs/cards the pictures of those that changed;
// npm run cards -- --all draws every picture: after a change of the styles, the card library or this script.
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { hostConfig } from '../sandbox/teams/client/hostConfig.ts';
import { EXAMPLES } from '../test/cards/catalogue.ts';
import type { Example } from '../test/cards/example.ts';
import { goldenFile } from '../test/cards/golden.ts';
import { launch } from '../test/support/browser.ts';
import { smallPng } from './cardHost/smallPng.ts';

const require = createRequire(import.meta.url);
const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const GOLDEN = folder('../test/cards/golden/');
const PICTURES = folder('../docs/cards/');
const CLIENT = folder('../sandbox/teams/client/');

/** A picture of an example: `wide` as in a Teams channel, `narrow` as on a phone. */
interface Look {
  readonly suffix: string;
  readonly theme: 'light' | 'dark';
  readonly width: number;
  readonly opened?: true;
}
const LIGHT: Look = { suffix: '', theme: 'light', width: 640 };
const MORE: readonly Look[] = [
  { suffix: '.dark', theme: 'dark', width: 640 },
  { suffix: '.narrow', theme: 'light', width: 400 },
];

const OPENED: Look = { ...LIGHT, suffix: '.opened', opened: true };

const looksOf = ({ main, folds }: Example): readonly Look[] => [LIGHT, ...(main ? MORE : []), ...(folds ? [OPENED] : [])];
const pictureOf = ({ card, state }: Example, { suffix }: Look): string => `${card}.${state}${suffix}.png`;

/** Resolves to the examples that are not what their golden file said. */
async function writeGoldens(): Promise<Set<Example>> {
  const changed = new Set<Example>();
  for (const example of EXAMPLES) {
    const before = await readFile(goldenFile(example), 'utf8').catch(() => 'null');
    if (JSON.stringify(parsed(before)) !== JSON.stringify(example.rendered)) changed.add(example);
  }
  await rm(GOLDEN, { recursive: true, force: true });
  await mkdir(GOLDEN, { recursive: true });
  for (const example of EXAMPLES) await writeFile(goldenFile(example), JSON.stringify(example.rendered, null, 2));
  // The house formatter, so that the check of the repository leaves them as they are.
  await promisify(execFile)(process.execPath, [require.resolve('@biomejs/biome/bin/biome'), 'format', '--write', GOLDEN]);
  return changed;
}

/** A golden file left with the marks of a merge is no JSON: its example counts as changed. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Removes pictures of no example, and resolves to the pictures there are. */
async function keptPictures(): Promise<Set<string>> {
  await mkdir(PICTURES, { recursive: true });
  const wanted = new Set(EXAMPLES.flatMap((example) => looksOf(example).map((look) => pictureOf(example, look))));
  const old = (await readdir(PICTURES)).filter((name) => name.endsWith('.png'));
  await Promise.all(old.filter((name) => !wanted.has(name)).map((name) => rm(`${PICTURES}${name}`)));
  return new Set(old.filter((name) => wanted.has(name)));
}

async function draw(browser: Browser, wanted: readonly (readonly [Example, Look])[]): Promise<void> {
  const page = await browser.newPage({ deviceScaleFactor: 1, locale: 'en-GB', timezoneId: 'Europe/Amsterdam' });
  await openHost(page);
  for (const [example, look] of wanted) {
    await page.setViewportSize({ width: look.width, height: 800 });
    await page.evaluate(show, { card: example.rendered.card, theme: look.theme, expand: look.opened === true });
    const png = await page.locator('#frame').screenshot();
    await writeFile(`${PICTURES}${pictureOf(example, look)}`, smallPng(png));
  }
}

/** A page with the sandbox client's own styles, host config and card library: what is drawn here is what the sandbox shows. */
async function openHost(page: Page): Promise<void> {
  const styles = await Promise.all(['base.css', 'card.css'].map((name) => readFile(`${CLIENT}${name}`, 'utf8')));
  await page.setContent(
    '<!doctype html><html lang="en"><body><div id="frame"><div class="card" data-width="full"></div></div></body></html>',
  );
  await page.addStyleTag({
    content: `${styles.join('\n')}\nbody { background: var(--bg3); } #frame { padding: 8px; background: var(--bg3); } .card { margin: 0; }`,
  });
  await page.addScriptTag({ content: await readFile(require.resolve('adaptivecards/dist/adaptivecards.min.js'), 'utf8') });
  await page.evaluate((config) => Object.assign(globalThis, { breakglassHostConfig: config }), hostConfig);
}

/** Runs in the page. */
function show({ card, theme, expand }: { card: object; theme: string; expand: boolean }): void {
  interface Drawn {
    hostConfig: unknown;
    parse(json: unknown): void;
    render(): HTMLElement | undefined;
  }
  const { AdaptiveCards, breakglassHostConfig } = globalThis as unknown as {
    AdaptiveCards: { AdaptiveCard: new () => Drawn; HostConfig: new (json: unknown) => unknown };
    breakglassHostConfig: unknown;
  };
  document.documentElement.dataset.theme = theme;
  const drawn = new AdaptiveCards.AdaptiveCard();
  drawn.hostConfig = new AdaptiveCards.HostConfig(breakglassHostConfig);
  drawn.parse(JSON.parse(JSON.stringify(card).replaceAll(/<at>(.*?)<\/at>/g, '**@$1**'))); // the library knows no mentions
  const element = drawn.render();
  document.querySelector('.card')?.replaceChildren(...(element ? [element] : []));
  if (expand) for (const button of document.querySelectorAll<HTMLElement>('.ac-pushButton')) if (isFold(button)) button.click();
  function isFold(button: HTMLElement): boolean {
    return button.matches('.expandable') || /^(Show the Graph|Custody ledger)/.test(button.textContent);
  }
}

/** A page of all pictures, for people who read the repository. */
async function writeGallery(): Promise<void> {
  const rows = EXAMPLES.map((example) => {
    const pictures = looksOf(example).map(
      (look) =>
        `[![${example.card} ${example.state}${look.suffix.replace('.', ' ')}](${pictureOf(example, look)})](${pictureOf(example, look)})`,
    );
    const golden = `[golden](../../test/cards/golden/${example.card}.${example.state}.json)`;
    return `| **${example.card}**<br>${example.state}<br>${golden} | ${pictures[0]} | ${pictures.slice(1).join('<br>')} |`;
  });
  const text = [
    '# Every card in every state',
    '',
    'Made by `npm run cards` from `test/cards/catalogue.ts`, with the card library and the styles of the sandbox; Teams itself differs in details.',
    'Times are drawn for a reader in Amsterdam.',
    '',
    '| card | light | dark, narrow, opened |',
    '|---|---|---|',
    ...rows,
    '',
  ];
  await writeFile(`${PICTURES}README.md`, text.join('\n'));
}

const all = process.argv.includes('--all');
const changed = await writeGoldens();
const kept = await keptPictures();
const wanted = EXAMPLES.flatMap((example) => looksOf(example).map((look) => [example, look] as const)).filter(
  ([example, look]) => all || changed.has(example) || !kept.has(pictureOf(example, look)),
);
if (wanted.length > 0) {
  const browser = await launch();
  try {
    await draw(browser, wanted);
  } finally {
    await browser.close();
  }
}
await writeGallery();
process.stdout.write(`${EXAMPLES.length} golden files written, ${changed.size} of them changed; ${wanted.length} pictures drawn.\n`);
