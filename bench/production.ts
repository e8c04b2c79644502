import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LAUNCHER_FLAGS } from './child.ts';

const ROOT = new URL('..', import.meta.url);
const guid = (digit: number): string => '00000000-0000-4000-8000-000000000000'.replaceAll('0', String(digit));

/** `src/main.ts` with complete settings on a PostgreSQL server. Its identities exist nowhere; nothing is called at the start. */
export class ProductionProcess {
  readonly #folder = mkdtempSync(join(tmpdir(), 'breakglass-bench-'));
  readonly #databaseUrl: string;
  #child: ChildProcess | undefined;

  constructor(databaseUrl: string) {
    this.#databaseUrl = databaseUrl;
    writeFileSync(join(this.#folder, 'custody.key'), randomBytes(32).toString('base64'), { mode: 0o600 });
    const tenant = {
      id: guid(1),
      name: 'contoso',
      displayName: 'Contoso',
      kind: 'workforce',
      initialDomain: 'contoso.onmicrosoft.com',
      exclusionGroupId: guid(2),
      reader: { type: 'managed-identity', clientId: guid(3) },
      changer: { type: 'managed-identity', clientId: guid(4) },
    };
    writeFileSync(join(this.#folder, 'tenants.yaml'), JSON.stringify({ tenants: [tenant] })); // JSON is YAML
  }

  /** Resolves when it says that it listens and works, with the milliseconds since its process was begun. */
  async start(): Promise<number> {
    const began = performance.now();
    const orphan = new URL('scripts/orphan.mjs', ROOT).href; // ends it with us, as `npm run start:production` does
    const child = spawn(process.execPath, [...LAUNCHER_FLAGS, '--import', orphan, 'src/main.ts'], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, RUN_LAUNCHER_PID: String(process.pid), ...this.#settings() },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    let said = '';
    return new Promise((resolve, reject) => {
      const listen = (chunk: Buffer): void => {
        if (said.length > 100_000) return;
        said += chunk.toString('utf8');
        if (said.includes('"event":"started"')) resolve(performance.now() - began);
      };
      child.stdout?.on('data', listen);
      child.stderr?.on('data', listen);
      child.once('close', (code) => reject(new Error(`production ended with ${code}: ${said.slice(-2_000)}`)));
    });
  }

  /** @returns megabytes (2^20) of memory now and at most so far, as the kernel counts them; undefined where there is no /proc */
  memory(): { readonly now: number; readonly most: number } | undefined {
    if (process.platform !== 'linux') return undefined;
    const status = readFileSync(`/proc/${this.#child?.pid}/status`, 'utf8');
    const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1_024;
    return { now: field('VmRSS'), most: field('VmHWM') };
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      child.once('close', () => resolve());
      child.kill('SIGTERM');
    });
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #settings(): Record<string, string> {
    const groups = ['REQUESTERS', 'APPROVERS', 'CUSTODIANS', 'AUDITORS', 'ADMINISTRATORS'];
    return {
      NODE_COMPILE_CACHE: join(this.#folder, 'compile'),
      DATABASE_URL: this.#databaseUrl,
      BOT_ID: guid(5),
      BOT_TENANT_ID: guid(1),
      BREAKGLASS_PORT: '0',
      BREAKGLASS_HOME_TENANT_ID: guid(1),
      BREAKGLASS_TEAM_ID: '19:bench-team@thread.tacv2',
      BREAKGLASS_CHANNEL_ID: '19:bench-channel@thread.tacv2',
      BREAKGLASS_TENANTS_FILE: join(this.#folder, 'tenants.yaml'),
      BREAKGLASS_CUSTODY_KEY_FILE: join(this.#folder, 'custody.key'),
      ...Object.fromEntries(groups.map((group) => [`BREAKGLASS_${group}_GROUP_ID`, guid(6)])),
    };
  }
}
