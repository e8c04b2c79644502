import { parseSync } from '@swc/core';

/**
 * Who may import whom. The seams are the product's insurance: each library can be replaced in one folder, and the rules in core can be
 * tried without any. Paths are relative to the repository, with `/`.
 */
interface FolderRule {
  /** Folders of src it may import besides itself; `app/ports` means only that file or folder of app. */
  readonly folders: readonly string[];
  /** The only packages and Node modules it may import; without it, all that have no owner. */
  readonly onlyModules?: readonly string[];
  /** Neither clock, randomness, process nor console. */
  readonly pure?: true;
}

const ALL = [
  'core',
  'app',
  'bot',
  'cards',
  'graph',
  'store',
  'jobs',
  'http',
  'proof',
  'custody',
  'signals',
  'notify',
  'paper',
  'logging',
  'config',
  'cli',
];
/** By folder of src; docs/architecture.md has them for people. */
export const RULES: Readonly<Record<string, FolderRule>> = {
  // canonicalize is RFC 8785 and nothing else: pure, without dependencies, and not worth writing again.
  core: { folders: [], onlyModules: ['node:crypto', 'canonicalize'], pure: true },
  app: { folders: ['core'] },
  cards: { folders: ['core'] },
  bot: { folders: ['app', 'cards', 'core'] },
  graph: { folders: ['app/ports', 'core', 'signals/records'] },
  store: { folders: ['app/ports', 'app/jobs', 'app/log', 'core'] },
  jobs: { folders: ['app', 'core', 'cards'] },
  http: { folders: ['app', 'core'] },
  proof: { folders: ['app', 'cards', 'core'] },
  custody: { folders: ['app/ports', 'app/custodyFault'] },
  // Feeds in: raw records to the one normal form. Paths out beside Teams: mail and paging. What is printed: PDF.
  signals: { folders: ['app', 'core'] },
  notify: { folders: ['app', 'core'] },
  paper: { folders: ['app', 'cards', 'core', 'proof/binding', 'proof/pages'] },
  logging: { folders: ['app/log'] },
  config: { folders: [] },
  cli: { folders: ALL },
  compose: { folders: ALL },
  main: { folders: [...ALL, 'compose'] },
};
/** Packages that only some folders may know, also as types. */
const OWNERS: readonly { readonly module: RegExp; readonly folders: readonly string[] }[] = [
  { module: /^(botbuilder|botframework-)|^@microsoft\/teams-ai/, folders: ['bot'] },
  { module: /^@microsoft\/microsoft-graph-|^@azure\/identity/, folders: ['graph'] },
  { module: /^@azure\/keyvault-/, folders: ['custody'] },
  { module: /^@azure\/event-hubs/, folders: ['signals'] },
  { module: /^nodemailer/, folders: ['notify'] },
  { module: /^pdfkit/, folders: ['paper'] },
  { module: /^restify|^prom-client/, folders: ['http'] },
  { module: /^(openid-client|oauth4webapi)/, folders: ['proof'] },
  { module: /^(kysely|pg|@electric-sql\/pglite)(\/|$)/, folders: ['store'] },
  { module: /^pg-boss(\/|$)/, folders: ['store', 'jobs'] },
  { module: /^adaptivecards-templating|^adaptive-expressions/, folders: ['cards'] },
];
const CLOCK_AND_CHANCE = /^(Date\.now|Math\.random|performance\.now|crypto\.(randomUUID|getRandomValues|subtle))$/;
const IMPURE_NAMES = new Set(['process', 'console', 'fetch', 'setTimeout', 'setInterval', 'setImmediate']);

type Node = Readonly<Record<string, unknown>>;
interface Found {
  /** What is imported, and the names, `*` for all of it. */
  readonly imports: { readonly from: string; readonly names: readonly string[] }[];
  /** Things of the outside world that are used without an import. */
  readonly impure: string[];
}

/** Every broken rule among the files, each as `file: what, and which rule`. @param files path → text of everything under src */
export function importViolations(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([file, text]) => {
    const folder = folderOf(file);
    const rule = RULES[folder];
    if (!rule) return [`${file}: the folder src/${folder} is not in the table of scripts/importRules.ts`];
    const found = look(text);
    const broken = found.imports.flatMap(({ from, names }) => judge(file, folder, rule, from, names));
    if (rule.pure) broken.push(...found.impure.map((name) => `uses ${name}; core is pure: time, ids and chance come in as arguments`));
    return [...new Set(broken)].map((problem) => `${file}: ${problem}`);
  });
}

const folderOf = (file: string): string => (file.split('/')[1] ?? '').replace(/\.ts$/, '');

function judge(file: string, folder: string, rule: FolderRule, from: string, names: readonly string[]): string[] {
  if (from.startsWith('.')) return judgeRelative(file, folder, rule, from);
  const owner = OWNERS.find(({ module }) => module.test(from));
  if (owner && !owner.folders.includes(folder))
    return [`imports ${from}; only ${owner.folders.map((each) => `src/${each}`).join(' and ')} may know it`];
  if (rule.onlyModules && !rule.onlyModules.includes(from))
    return [`imports ${from}; src/${folder} may import no module but ${rule.onlyModules.join(', ')}`];
  const chance =
    rule.pure && from.startsWith('node:') ? names.filter((name) => /random|^\*$|^default$|generate|^webcrypto$/.test(name)) : [];
  return chance.map((name) => `imports ${name === '*' ? 'all' : name} of ${from}; core takes hashes from it, by name, never chance`);
}

function judgeRelative(file: string, folder: string, rule: FolderRule, from: string): string[] {
  const target = new URL(from, `file:///${file}`).pathname.slice(1);
  if (target === 'package.json') return [];
  if (!target.startsWith('src/')) return [`imports ${target}; src imports nothing outside src`];
  const other = folderOf(target);
  if (other === folder || rule.folders.includes(other)) return [];
  if (rule.folders.some((allowed) => target === `src/${allowed}.ts` || target.startsWith(`src/${allowed}/`))) return [];
  const allowed = rule.folders.map((each) => `src/${each}`).join(', ') || 'no other folder';
  return [`imports ${target}; src/${folder} may import ${allowed}`];
}

/** Reads the syntax tree, so that comments, strings and type-only imports are told apart for certain. */
function look(text: string): Found {
  const found: Found = { imports: [], impure: [] };
  visit(parseSync(text, { syntax: 'typescript', target: 'es2024' }) as unknown as Node, found);
  return found;
}

function visit(node: unknown, found: Found): void {
  if (Array.isArray(node)) for (const each of node) visit(each, found);
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
  const it = node as Node;
  const from = sourceOf(it);
  if (from !== undefined) found.imports.push({ from, names: namesOf(it) });
  const name = impurity(it);
  if (name !== undefined) found.impure.push(name);
  for (const [key, value] of Object.entries(it)) {
    // A property called `process` is not the process.
    if (key === 'property' && it.type === 'MemberExpression' && (value as Node).type === 'Identifier') continue;
    if (key === 'key' && (value as Node | null)?.type === 'Identifier') continue;
    visit(value, found);
  }
}

function sourceOf(it: Node): string | undefined {
  const literal = (value: unknown) => ((value as Node | null)?.type === 'StringLiteral' ? String((value as Node).value) : undefined);
  if (it.type === 'ImportDeclaration' || it.type === 'ExportAllDeclaration' || it.type === 'ExportNamedDeclaration')
    return literal(it.source);
  if (it.type === 'TsImportType') return literal(it.argument);
  if (it.type !== 'CallExpression') return undefined;
  const callee = it.callee as Node;
  const loads = callee.type === 'Import' || (callee.type === 'Identifier' && callee.value === 'require');
  return loads ? (literal((it.arguments as { expression: unknown }[])[0]?.expression) ?? 'a computed name') : undefined;
}

function namesOf(it: Node): string[] {
  if (it.type !== 'ImportDeclaration' && it.type !== 'ExportNamedDeclaration') return ['*'];
  return (it.specifiers as Node[]).map((each) => {
    if (each.type === 'ImportDefaultSpecifier') return 'default';
    if (each.type === 'ImportNamespaceSpecifier' || each.type === 'ExportNamespaceSpecifier') return '*';
    return String(((each.imported ?? each.orig ?? each.local) as Node).value);
  });
}

function impurity(it: Node): string | undefined {
  if (it.type === 'Identifier' && IMPURE_NAMES.has(String(it.value))) return String(it.value);
  if (it.type === 'NewExpression' && (it.callee as Node).value === 'Date' && ((it.arguments as unknown[] | null)?.length ?? 0) === 0)
    return 'new Date()';
  if (it.type !== 'MemberExpression') return undefined;
  const name = `${(it.object as Node).value}.${(it.property as Node).value}`;
  return CLOCK_AND_CHANCE.test(name) ? name : undefined;
}
