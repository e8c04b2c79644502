import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';

const require = createRequire(import.meta.url);
const CLIENT = join(import.meta.dirname, 'client');

/** Serves the web client: one page, its bundled script, its style and the card renderer. Nothing is loaded from elsewhere. */
export function page(app: FastifyInstance, tenantUrl: string): void {
  // The page talks to the tenant server for sign-ins and the clock; whichever loopback name it was opened under.
  const connect = `'self' ${tenantUrl} ${tenantUrl.replace('127.0.0.1', 'localhost')}`;
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src ${connect}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  const files: [url: string, type: string, read: () => Promise<string>][] = [
    ['/', 'text/html; charset=utf-8', () => readFile(join(CLIENT, 'index.html'), 'utf8')],
    ['/assets/style.css', 'text/css; charset=utf-8', styles],
    ['/assets/app.js', 'text/javascript; charset=utf-8', once(bundle)],
    ['/assets/adaptivecards.js', 'text/javascript; charset=utf-8', once(renderer)],
    ['/favicon.svg', 'image/svg+xml', () => readFile(join(CLIENT, 'favicon.svg'), 'utf8')],
  ];
  for (const [url, type, read] of files) {
    app.get(url, async (_request, reply) => {
      reply.header('content-security-policy', policy).header('x-frame-options', 'DENY').header('cache-control', 'no-cache');
      return reply.type(type).send(await read());
    });
  }
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= work().catch((error: unknown) => {
      made = undefined; // the next look tries again
      throw error;
    });
    return made;
  };
}

async function styles(): Promise<string> {
  const names = (await readdir(CLIENT)).filter((name) => name.endsWith('.css')).sort();
  const parts = await Promise.all(names.map((name) => readFile(join(CLIENT, name), 'utf8')));
  return parts.join('\n');
}

// The minified build: the other one evaluates strings, which our content security policy forbids.
const renderer = (): Promise<string> => readFile(require.resolve('adaptivecards/dist/adaptivecards.min.js'), 'utf8');

/** The client's TypeScript as one script, made once per content and kept beside other tools' caches. */
async function bundle(): Promise<string> {
  const esbuild = await import('esbuild');
  const names = (await readdir(CLIENT)).filter((name) => name.endsWith('.ts')).sort();
  const hash = createHash('sha256').update(esbuild.version);
  for (const name of names) hash.update(name).update(await readFile(join(CLIENT, name)));
  const folder = join(dirname(dirname(require.resolve('esbuild/package.json'))), '.cache', 'breakglass');
  const file = join(folder, `teams-client-${hash.digest('hex').slice(0, 16)}.js`);
  const cached = await readFile(file, 'utf8').catch(absent);
  if (cached !== undefined) return cached;
  const built = await esbuild.build({
    entryPoints: [join(CLIENT, 'app.ts')],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    write: false,
  });
  await esbuild.stop();
  const script = built.outputFiles[0]?.text ?? '';
  await keep(folder, file, script);
  return script;
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

async function keep(folder: string, file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomUUID()}`;
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(temporary, text);
    await rename(temporary, file);
  } catch (error) {
    // An installation may be read-only; then the script is made again at the next start.
    const code = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    if (code !== 'EACCES' && code !== 'EROFS' && code !== 'EPERM') throw error;
  }
}
