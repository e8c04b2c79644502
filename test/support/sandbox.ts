import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PEOPLE, type PersonName, TENANTS } from '../../sandbox/world.ts';
import { recordedViolations, recordFrom } from './contract/recorded.ts';

/** The answer to a pressed button, as that person sees it (design.md section 5). */
export interface Pressed {
  readonly status: number;
  readonly message?: string;
  readonly card?: unknown;
  readonly dialog?: { readonly id: string; readonly card: unknown };
  readonly signInUrl?: string;
}
export interface Message {
  readonly id: string;
  readonly at: string;
  readonly from: string;
  readonly text?: string;
  readonly card?: unknown;
  readonly replyToId?: string;
}
export type Where = 'channel' | 'personal';

/** A busy machine is slow; nothing that comes waits for this. */
const PATIENCE_MS = 60_000;
const STARTS_WITHIN_MS = 150_000;

/** The sandbox as its own process, driven over HTTP as a person at the page would, and killed as a machine would. */
export class SandboxProcess {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'breakglass-e2e-'));
  readonly #environment: Readonly<Record<string, string>>;
  #ports: { bot: number; tenant: number; teams: number } | undefined;
  #child: ChildProcess | undefined;
  #output = '';

  constructor(environment: Readonly<Record<string, string>> = {}) {
    this.#environment = environment;
  }

  get pageUrl(): string {
    return `http://127.0.0.1:${this.#known().teams}`;
  }
  get tenantUrl(): string {
    return `http://127.0.0.1:${this.#known().tenant}`;
  }
  get botUrl(): string {
    return `http://127.0.0.1:${this.#known().bot}`;
  }
  /** Everything it printed, over all its lives. */
  get output(): string {
    return this.#output;
  }
  get log(): string {
    return readFileSync(join(this.dataDir, 'breakglass.log'), 'utf8');
  }

  /** Starts it, or starts it again on the same data and ports. Resolves when it says that it is ready; one that does not is ended. */
  async start(): Promise<void> {
    if (!this.#ports) recordFrom(this.dataDir);
    this.#ports ??= { bot: await freePort(), tenant: await freePort(), teams: await freePort() };
    const child = spawn(process.execPath, ['sandbox/main.ts'], {
      cwd: new URL('../..', import.meta.url),
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        BREAKGLASS_DATA_DIR: this.dataDir,
        BREAKGLASS_PORT: String(this.#ports.bot),
        BREAKGLASS_SANDBOX_TENANT_PORT: String(this.#ports.tenant),
        BREAKGLASS_SANDBOX_TEAMS_PORT: String(this.#ports.teams),
        ...this.#environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    let said = '';
    let overdue: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      overdue = setTimeout(() => {
        reject(new Error(`the sandbox was not ready within ${STARTS_WITHIN_MS} ms: ${said.slice(-2000)}`));
        child.kill('SIGKILL');
      }, STARTS_WITHIN_MS);
      const listen = (chunk: Buffer): void => {
        said += chunk.toString('utf8');
        this.#output += chunk.toString('utf8');
        if (said.includes('Open  http')) resolve();
      };
      child.stdout?.on('data', listen);
      child.stderr?.on('data', listen);
      child.once('close', (code) => reject(new Error(`the sandbox ended with ${code}: ${said.slice(-2000)}`)));
    }).finally(() => clearTimeout(overdue));
  }

  /** Sends any signal without waiting for the process to end. */
  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name);
  }

  /** kill -9: no handler runs, nothing is flushed. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Ends it for good. Throws when anything it and the product told each other broke Graph's contract. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
    const violations = recordedViolations(this.dataDir);
    rmSync(this.dataDir, { recursive: true, force: true });
    if (violations.length > 0) throw new Error(`Graph's contract was broken:\n${[...new Set(violations)].join('\n')}`);
  }

  say(as: PersonName, where: Where, text: string): Promise<{ messageId: string; replyIds: string[] }> {
    return this.#post(`${this.pageUrl}/sandbox/say`, { as, where, text });
  }
  press(as: PersonName, messageId: string, verb: string, inputs: Readonly<Record<string, string>> = {}): Promise<Pressed> {
    return this.#post(`${this.pageUrl}/sandbox/press`, { as, messageId, verb, inputs });
  }
  dialog(as: PersonName, id: string, verb: string, inputs: Readonly<Record<string, string>> = {}): Promise<Pressed> {
    return this.#post(`${this.pageUrl}/sandbox/dialog`, { as, id, verb, inputs });
  }
  raw(as: PersonName, activity: unknown, token?: string): Promise<{ status: number; body: unknown }> {
    return this.#post(`${this.pageUrl}/sandbox/raw`, { as, activity, ...(token === undefined ? {} : { token }) });
  }
  messages(as: PersonName, where: Where): Promise<Message[]> {
    return getJson(`${this.pageUrl}/sandbox/messages?where=${where}&as=${as}`);
  }
  advance(duration: string): Promise<{ now: string }> {
    return this.#post(`${this.tenantUrl}/sandbox/clock`, { advance: duration });
  }
  writes(since = 0): Promise<{ seq: number; tenantId: string; method: string; path: string; body: unknown; status: number }[]> {
    return getJson(`${this.tenantUrl}/sandbox/writes?since=${since}`);
  }
  /** What was written since then, without the ids: `PATCH /users/ID`. */
  async writesDone(since = 0): Promise<string[]> {
    const done = (await this.writes()).slice(since).filter(({ status }) => status < 300);
    const plain = (path: string) => path.replace('/v1.0', '').replace(/[0-9a-f-]{36}|(?<=roleAssignments\/)[\w-]+/g, 'ID');
    return done.map(({ method, path }) => `${method} ${plain(path)}`);
  }
  signIn(
    userPrincipalName: string,
    password: string,
    tenantId = TENANTS.contoso.id,
  ): Promise<{ result: string; errorCode: number; signInId: string }> {
    return this.#post(`${this.tenantUrl}/sandbox/sign-ins`, { tenantId, userPrincipalName, password });
  }
  /** Without a password, with a method that is registered. */
  signInBy(method: string, userPrincipalName: string, app?: string): Promise<{ result: string; errorCode: number; signInId: string }> {
    const how = { tenantId: TENANTS.contoso.id, userPrincipalName, method, ...(app === undefined ? {} : { app }) };
    return this.#post(`${this.tenantUrl}/sandbox/sign-ins`, how);
  }
  /** How the tenant's logs misbehave. */
  logs(habits: Readonly<Record<string, unknown>>): Promise<unknown> {
    return this.#post(`${this.tenantUrl}/sandbox/logs`, habits);
  }
  byHand(body: Readonly<Record<string, unknown>>): Promise<unknown> {
    return this.#post(`${this.tenantUrl}/sandbox/directory`, body);
  }
  /** What is done by hand to what watches from Azure; @returns what is there then. */
  azure(body: Readonly<Record<string, unknown>>): Promise<{ resources: { name: string; enabled?: boolean; accounts?: string[] }[] }> {
    return this.#post(`${this.tenantUrl}/sandbox/azure`, body);
  }
  tenantFault(body: Readonly<Record<string, unknown>>): Promise<unknown> {
    return this.#post(`${this.tenantUrl}/sandbox/faults`, body);
  }
  teamsFault(body: Readonly<Record<string, unknown>>): Promise<unknown> {
    return this.#post(`${this.pageUrl}/sandbox/faults`, body);
  }

  /** Records what the bot sends to Teams, bodies and all. */
  recordOutbound(): Promise<unknown> {
    return this.#post(`${this.pageUrl}/sandbox/traffic`, { on: true });
  }
  outbound(): Promise<unknown[]> {
    return getJson(`${this.pageUrl}/sandbox/traffic`);
  }
  clearFaults(): Promise<unknown> {
    return Promise.all([this.tenantUrl, this.pageUrl].map((url) => fetch(`${url}/sandbox/faults`, { method: 'DELETE' })));
  }

  /** The newest message of a conversation that `wanted` recognises; looked for until it is there. */
  message(as: PersonName, where: Where, wanted: (message: Message) => boolean, withinMs = PATIENCE_MS): Promise<Message> {
    return this.#looked(
      as,
      where,
      (all) => all.findLast(wanted),
      withinMs,
      (all) => `no such message; last: ${text(all.at(-1))}`,
    );
  }

  /** All that are `wanted`, once there are so many of them, or more. */
  messagesOnce(as: PersonName, where: Where, count: number, wanted: (message: Message) => boolean): Promise<Message[]> {
    const enough = (all: readonly Message[]): Message[] | undefined => {
      const found = all.filter(wanted);
      return found.length >= count ? found : undefined;
    };
    return this.#looked(as, where, enough, PATIENCE_MS, (all) => `${all.filter(wanted).length} of ${count} messages`);
  }

  /** Resolves when no message of a conversation is `wanted` any more; a card is redrawn after the news of it may have been read. */
  async gone(as: PersonName, where: Where, wanted: (message: Message) => boolean): Promise<void> {
    const none = (all: readonly Message[]): true | undefined => (all.some(wanted) ? undefined : true);
    await this.#looked(as, where, none, PATIENCE_MS, (all) => `still there: ${text(all.findLast(wanted))}`);
  }

  /** Asks until the answer is as `wanted`: what follows for an account or a feed is on record a moment after a card has told of it. */
  async answer(as: PersonName, where: Where, command: string, wanted: (answer: Message) => boolean = () => true): Promise<Message> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const { replyIds } = await this.say(as, where, command);
      const answer = await this.message(as, where, ({ id }) => replyIds.includes(id));
      if (wanted(answer)) return answer;
      if (Date.now() > deadline) throw new Error(`${command}, asked by ${as}, is not answered so; last: ${text(answer).slice(0, 2_000)}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** Resolves when all that is due has been done and said: from then on it is true that no more came. Takes a second of the clock. */
  async settled(): Promise<void> {
    await this.advance('PT1S');
  }

  async #looked<T>(
    as: PersonName,
    where: Where,
    find: (all: readonly Message[]) => T | undefined,
    withinMs: number,
    missing: (all: readonly Message[]) => string,
  ): Promise<T> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const all = await this.messages(as, where);
      const found = find(all);
      if (found !== undefined) return found;
      if (Date.now() > deadline) throw new Error(`for ${as} in ${where}: ${missing(all).slice(0, 600)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  #known() {
    if (!this.#ports) throw new Error('the sandbox was not started');
    return this.#ports;
  }
  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      child.once('close', () => resolve());
      child.kill(signal);
    });
  }
  async #post<T>(url: string, body: unknown): Promise<T> {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    const answered = await response.text();
    const answer: unknown = answered === '' ? {} : JSON.parse(answered);
    if (!response.ok && !(answer !== null && typeof answer === 'object' && 'status' in answer)) {
      throw new Error(`${url}: ${response.status} ${JSON.stringify(answer)}`);
    }
    return answer as T;
  }
}

/** Everything readable in a message: its text and every string of its card. */
export const text = (message: { readonly text?: string | null; readonly card?: unknown } | undefined): string =>
  [message?.text ?? '', ...strings(message?.card)].join(' ');

export const has =
  (...parts: readonly string[]) =>
  (message: Message): boolean =>
    parts.every((part) => text(message).includes(part));

/** The element of a card with that id. */
export function element(card: unknown, id: string): Readonly<Record<string, unknown>> | undefined {
  if (card === null || typeof card !== 'object') return undefined;
  if ('id' in card && card.id === id) return card as Record<string, unknown>;
  for (const inner of Object.values(card)) {
    const found = element(inner, id);
    if (found) return found;
  }
  return undefined;
}

export function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap(strings);
}

export const idOf = (name: PersonName): string => PEOPLE[name].objectId;

/** What Rita fills in for a new account in contoso. */
export const createInputs = (userName: string, over: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  tenantId: TENANTS.contoso.id,
  userName,
  displayName: 'Emergency access',
  usageLocation: 'DE',
  credential: 'split-password',
  custodians: `${idOf('dana')},${idOf('eli')}`,
  owners: idOf('oona'),
  reason: 'Two accounts per tenant, as the guidance asks',
  ...over,
});

async function getJson<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}
