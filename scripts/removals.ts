import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FRONT_DOOR } from './removals/frontDoor.ts';
import { PROTOCOL } from './removals/protocol.ts';
import type { Removal } from './removals/removal.ts';
import { ROOT } from './sources.ts';

/**
 * `npm run test:removals [-- front-door|protocol] [-- AU-3…]`: takes out, one after the other, each line that holds a promise, in a copy of
 * the tree, and runs the tests that carry the promise's name. At least one must turn red; else the line is not tested. Minutes.
 * A whole list writes its page.
 */
const LISTS = [
  { name: 'front-door', removals: FRONT_DOOR, file: 'scripts/removals/frontDoor.ts', page: 'docs/removed-lines.md' },
  { name: 'protocol', removals: PROTOCOL, file: 'scripts/removals/protocol.ts', page: 'docs/removed-lines-protocol.md' },
];
const args = process.argv.slice(2);
const lists = LISTS.filter(({ name }) => args.includes(name));
const wanted = args.filter((arg) => !LISTS.some(({ name }) => name === arg));
const chosen = (lists.length > 0 ? lists : LISTS).flatMap(({ removals }) =>
  removals.filter(({ promise }) => wanted.length === 0 || wanted.includes(promise)),
);
const TREE = join(ROOT, 'dist', 'removals');
const LEFT_OUT = new Set(['node_modules', 'dist', '.git', '.data'].map((name) => join(ROOT, name)));

interface Tried {
  readonly removal: Removal;
  /** Titles of the tests that turned red. */
  readonly red: readonly string[];
  readonly problem?: string;
}

rmSync(TREE, { recursive: true, force: true });
mkdirSync(TREE, { recursive: true });
for (const name of ['src', 'sandbox', 'test', 'scripts', 'bench', 'docs', 'env', 'model', 'types', 'appPackage'])
  cpSync(join(ROOT, name), join(TREE, name), { recursive: true, filter: (from) => !LEFT_OUT.has(from) });
for (const name of ['package.json', 'package-lock.json', 'jest.config.mjs', 'README.md', 'biome.json', 'tsconfig.json'])
  cpSync(join(ROOT, name), join(TREE, name));
symlinkSync(join(ROOT, 'node_modules'), join(TREE, 'node_modules'));

const tried: Tried[] = [];
for (const removal of chosen) {
  const result = attempt(removal);
  tried.push(result);
  const verdict = result.problem ?? `${result.red.length} red`;
  process.stdout.write(
    `${result.red.length > 0 ? 'ok    ' : 'FAILED'}  ${removal.promise}  ${removal.file}  ${shown(removal.line)}  ${verdict}\n`,
  );
}
rmSync(TREE, { recursive: true, force: true });
const failed = tried.filter(({ red }) => red.length === 0);
for (const { removals, file, page: path } of LISTS) {
  const own = tried.filter(({ removal }) => removals.includes(removal));
  if (own.length === removals.length && own.every(({ red }) => red.length > 0)) writeFileSync(join(ROOT, path), page(own, file));
}
process.stdout.write(`${tried.length - failed.length} lines are tested, ${failed.length} are not\n`);
process.exit(failed.length > 0 || tried.length === 0 ? 1 : 0);

function attempt(removal: Removal): Tried {
  const path = join(TREE, removal.file);
  const before = readFileSync(path, 'utf8');
  const times = before.split(removal.line).length - 1;
  if (times !== 1) return { removal, red: [], problem: `the line stands there ${times} times` };
  writeFileSync(
    path,
    before.replace(removal.line, () => removal.left ?? ''),
  );
  try {
    return run(removal);
  } finally {
    writeFileSync(path, before);
  }
}

interface Report {
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly { readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[] }[];
}

function run(removal: Removal): Tried {
  const { promise, test, wholeFile } = removal;
  const report = join(TREE, 'report.json');
  rmSync(report, { force: true });
  const jest = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
  const only = wholeFile ? [] : ['-t', `${promise}\\b`];
  const options = ['--json', `--outputFile=${report}`, '--silent', '--testTimeout=15000', ...only, '--runTestsByPath', test];
  const { stderr } = spawnSync(process.execPath, ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', jest, ...options], {
    cwd: TREE,
    encoding: 'utf8',
    timeout: 300_000,
  });
  let result: Report;
  try {
    result = JSON.parse(readFileSync(report, 'utf8')) as Report;
  } catch {
    return { removal, red: [], problem: `jest ended without a result: ${stderr.slice(-500)}` };
  }
  const named = new RegExp(`${promise}\\b`);
  const red = result.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status, fullName }) => status === 'failed' && named.test(fullName));
  const problem = result.numRuntimeErrorTestSuites > 0 ? 'the test did not load' : 'nothing turned red';
  return { removal, red: red.map(({ fullName }) => fullName), ...(red.length === 0 ? { problem } : {}) };
}

function shown(line: string): string {
  const flat = line.trim().replace(/\s+/g, ' ');
  return flat.length > 110 ? `${flat.slice(0, 110)}…` : flat;
}

function page(all: readonly Tried[], list: string): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ').trim();
  const code = (text: string): string => `\`\` ${cell(text)} \`\``;
  const rows = all.map(({ removal: { promise, file, line, left }, red }) => {
    const instead = left ? ` → ${code(shown(left))}` : '';
    const more = red.length > 1 ? ` and ${red.length - 1} more` : '';
    return `| ${promise} | ${file}: ${code(shown(line))}${instead} | ${cell(red[0] ?? '')}${more} |`;
  });
  return [
    '# Lines taken out, and the tests that turned red',
    '',
    'Written by `npm run test:removals`, which takes out each line in a copy of the tree and runs the tests that carry the promise’s name. An',
    `arrow says what was left in its place. The list is ${list}.`,
    '',
    '| | Line | Turned red |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
