import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launch } from '../test/support/browser.ts';
import { ROOT } from './sources.ts';

// node scripts/run.mjs scripts/icons.ts: draws the PNG icons of the app package from their SVG. Run by hand after changing one.
const browser = await launch();
for (const { from, to, size } of [
  { from: 'icon.svg', to: 'color.png', size: 192 },
  { from: 'outline.svg', to: 'outline.png', size: 32 },
]) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  const svg = readFileSync(join(ROOT, 'appPackage', from), 'utf8');
  await page.setContent(`<style>* { margin: 0 } svg { display: block; width: ${size}px; height: ${size}px }</style>${svg}`);
  writeFileSync(join(ROOT, 'appPackage', to), await page.screenshot({ omitBackground: true }));
  await page.close();
}
await browser.close();
