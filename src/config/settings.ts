import { CLOUDS } from './clouds.ts';
import { ConfigFault, type ConfigProblem, nearest } from './fault.ts';
import { crossesNetworkInClear, isLoopback, type Mode } from './kinds.ts';
import { type Entry, type Presence, TABLE, type ValueOf } from './table.ts';

type Table = typeof TABLE;
type Key = keyof Table;
type PresenceOf<K extends Key> = Table[K] extends Entry<unknown, infer P extends Presence> ? P : never;

/** All settings, parsed. Those without a value and without a default are undefined. */
export type Settings = { readonly [K in Key]: PresenceOf<K> extends 'optional' ? ValueOf<Table[K]> | undefined : ValueOf<Table[K]> } & {
  /** Origins the channel may name as its service URL: the setting, or else all of the cloud. */
  readonly teamsServiceUrls: readonly string[];
};
/** In the sandbox nothing is required: its composition root fills in the identities of its own world. */
export type SandboxSettings = {
  readonly [K in keyof Settings]: K extends Key ? (PresenceOf<K> extends 'required' ? Settings[K] | undefined : Settings[K]) : Settings[K];
};

export type Parsed<S> =
  | { readonly ok: true; readonly settings: S; readonly warnings: readonly ConfigProblem[] }
  | { readonly ok: false; readonly fault: ConfigFault };

const PREFIX = 'BREAKGLASS_';
/** What `npm test` tells its suites; it must not keep a sandbox that a suite starts from starting. Production refuses it. */
const TEST_PREFIX = 'BREAKGLASS_TEST_';

export function parseSettings(env: NodeJS.ProcessEnv, mode: 'production'): Parsed<Settings>;
export function parseSettings(env: NodeJS.ProcessEnv, mode: 'sandbox'): Parsed<SandboxSettings>;
/**
 * Reads all settings once. An empty variable counts as absent. Pure: files that settings name are opened by those who need them.
 *
 * @returns the settings and warnings to log, or one fault with every problem; neither ever holds the value of a setting in its text
 */
export function parseSettings(env: NodeJS.ProcessEnv, mode: Mode): Parsed<Settings> | Parsed<SandboxSettings> {
  const problems: ConfigProblem[] = [...unknownNames(env, mode)];
  const values: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries<Entry<unknown, Presence>>(TABLE)) {
    const text = env[entry.name]?.trim() ?? '';
    if (text === '') {
      values[key] = mode === 'sandbox' && entry.sandboxFallback !== undefined ? entry.sandboxFallback : entry.fallback;
      if (mode === 'production' && entry.presence === 'required')
        problems.push({ at: entry.name, problem: `is required: ${entry.meaning}` });
    } else if (mode === 'production' && entry.sandboxOnly) {
      problems.push({ at: entry.name, problem: 'belongs to the sandbox; remove it here' });
    } else {
      const read = entry.kind.read(text, mode);
      if (read.ok) values[key] = read.value;
      else problems.push({ at: entry.name, problem: read.problem });
    }
  }
  const settings = values as unknown as SandboxSettings;
  problems.push(...contradictions(settings, env, mode));
  if (problems.length > 0) return { ok: false, fault: new ConfigFault(problems) };
  const teamsServiceUrls = settings.teamsServiceUrls ?? CLOUDS[settings.cloud].serviceUrls;
  const embeddedDatabase = settings.embeddedDatabase && !settings.databaseUrl; // the sandbox's default gives way to a server
  return { ok: true, settings: { ...settings, teamsServiceUrls, embeddedDatabase }, warnings: warningsOf(settings) };
}

function* unknownNames(env: NodeJS.ProcessEnv, mode: Mode): Generator<ConfigProblem> {
  const known = new Set(Object.values(TABLE).map(({ name }) => name));
  for (const name of Object.keys(env)) {
    if (!name.startsWith(PREFIX) || known.has(name) || (mode === 'sandbox' && name.startsWith(TEST_PREFIX))) continue;
    const meant = nearest(name, known);
    yield { at: name, problem: `is not a setting${meant ? `; did you mean ${meant}?` : ''}` };
  }
}

/** Settings that are well-formed one by one and make no safe whole. Judged by presence in `env`, so a malformed one is not also missing. */
function* contradictions(settings: SandboxSettings, env: NodeJS.ProcessEnv, mode: Mode): Generator<ConfigProblem> {
  const has = (name: string) => Boolean(env[name]?.trim());
  const embedded = env.BREAKGLASS_EMBEDDED_DATABASE?.trim() === 'true';
  if (has('DATABASE_URL') && embedded) {
    yield { at: 'BREAKGLASS_EMBEDDED_DATABASE', problem: 'contradicts DATABASE_URL: choose the server or the embedded database' };
  }
  if (mode === 'sandbox') return; // its identities and addresses are its own
  if (!has('DATABASE_URL') && !embedded) {
    yield { at: 'DATABASE_URL', problem: 'is required, unless BREAKGLASS_EMBEDDED_DATABASE is true (one small replica)' };
  }
  const [password, certificate] = [has('BOT_PASSWORD'), has('BOT_CERTIFICATE_FILE')];
  if (settings.botType === 'UserAssignedMSI') {
    if (password) yield { at: 'BOT_PASSWORD', problem: 'contradicts BOT_TYPE UserAssignedMSI: a managed identity has no secret' };
    if (certificate)
      yield { at: 'BOT_CERTIFICATE_FILE', problem: 'contradicts BOT_TYPE UserAssignedMSI: a managed identity has no certificate' };
  } else if (settings.botType === 'SingleTenant' && password === certificate) {
    const problem = password
      ? 'contradicts BOT_CERTIFICATE_FILE: give one of the two'
      : 'is required for BOT_TYPE SingleTenant, or BOT_CERTIFICATE_FILE';
    yield { at: 'BOT_PASSWORD', problem };
  }
  yield* secondPathContradictions(settings, has);
  if (has('BREAKGLASS_SENTINEL_CALLER_ID') && !has('BREAKGLASS_SIGNALS_AUDIENCE'))
    yield { at: 'BREAKGLASS_SIGNALS_AUDIENCE', problem: 'is required with BREAKGLASS_SENTINEL_CALLER_ID' };
  if (has('BREAKGLASS_MONITORS_WORKSPACE') && !has('BREAKGLASS_MONITORS_RESOURCE_GROUP'))
    yield { at: 'BREAKGLASS_MONITORS_RESOURCE_GROUP', problem: 'is required with BREAKGLASS_MONITORS_WORKSPACE' };
  if (settings.monitorsSentinel && !has('BREAKGLASS_MONITORS_WORKSPACE'))
    yield { at: 'BREAKGLASS_MONITORS_WORKSPACE', problem: 'is required with BREAKGLASS_MONITORS_SENTINEL' };
  if (has('BREAKGLASS_METRICS_PORT') && settings.metricsHost && !isLoopback(settings.metricsHost) && !has('BREAKGLASS_METRICS_TOKEN_FILE'))
    yield {
      at: 'BREAKGLASS_METRICS_TOKEN_FILE',
      problem: 'is required unless BREAKGLASS_METRICS_HOST is loopback: anybody who reaches that address could read there',
    };
  yield* custodyContradictions(has);
  yield* proofContradictions(settings, has);
  const builtIn: readonly string[] | undefined = CLOUDS[settings.cloud]?.serviceUrls;
  if (builtIn && settings.teamsServiceUrls?.some((origin) => !builtIn.includes(origin))) {
    yield {
      at: 'BREAKGLASS_TEAMS_SERVICE_URLS',
      problem: `names a host that is not one of the ${settings.cloud} cloud: ${builtIn.join(', ')}`,
    };
  }
}

/** A way to people that is set up by half says nothing when it is needed (AL-8). */
function* secondPathContradictions({ smtpTls }: SandboxSettings, has: (name: string) => boolean): Generator<ConfigProblem> {
  const together: readonly (readonly [string, readonly string[]])[] = [
    ['BREAKGLASS_SMTP_HOST', ['BREAKGLASS_MAIL_FROM', 'BREAKGLASS_MAIL_TO']],
    ['BREAKGLASS_SMTP_USER', ['BREAKGLASS_SMTP_PASSWORD_FILE', 'BREAKGLASS_SMTP_HOST']],
    ['BREAKGLASS_MAIL_TO', ['BREAKGLASS_SMTP_HOST']],
    ['BREAKGLASS_PAGING_URL', ['BREAKGLASS_PAGING_KEY_FILE']],
    ['BREAKGLASS_PAGING_KEY_FILE', ['BREAKGLASS_PAGING_URL']],
  ];
  const missing = new Map<string, string>();
  for (const [name, others] of together) if (has(name)) for (const other of others) if (!has(other)) missing.set(other, name);
  for (const [at, name] of missing) yield { at, problem: `is required with ${name}` };
  if (smtpTls === 'none')
    yield { at: 'BREAKGLASS_SMTP_TLS', problem: 'must not be none: alerts and the password would cross the network in clear' };
}

/** One kind of custody: with two, nobody could say where a part lies (ST-2). */
function* custodyContradictions(has: (name: string) => boolean): Generator<ConfigProblem> {
  const [vault, file] = [has('BREAKGLASS_CUSTODY_KEY_VAULT_KEY'), has('BREAKGLASS_CUSTODY_KEY_FILE')];
  if (vault === file) {
    const problem = vault
      ? 'contradicts BREAKGLASS_CUSTODY_KEY_FILE: give one of the two'
      : 'is required, or BREAKGLASS_CUSTODY_KEY_FILE: credential parts must be sealed under a key outside the database';
    yield { at: 'BREAKGLASS_CUSTODY_KEY_VAULT_KEY', problem };
  }
  if (has('BREAKGLASS_CUSTODY_CREDENTIAL') && !vault) {
    yield { at: 'BREAKGLASS_CUSTODY_CREDENTIAL', problem: 'is for a key vault; without BREAKGLASS_CUSTODY_KEY_VAULT_KEY nobody uses it' };
  }
}

const PROOF_NAMES = [
  'BREAKGLASS_PROOF_CLIENT_ID',
  'BREAKGLASS_PROOF_CLIENT_SECRET',
  'BREAKGLASS_PROOF_CERTIFICATE_FILE',
  'BREAKGLASS_PROOF_AUTHENTICATION_CONTEXT',
] as const;

/** Half a second proof would be none: it is wholly there, or not at all (AU-9). */
function* proofContradictions(settings: SandboxSettings, has: (name: string) => boolean): Generator<ConfigProblem> {
  if (!has('BREAKGLASS_SECOND_PROOF') && !PROOF_NAMES.some(has)) return;
  for (const name of ['BREAKGLASS_PUBLIC_URL', 'BREAKGLASS_PROOF_CLIENT_ID']) {
    if (!has(name)) yield { at: name, problem: 'is required for the second proof' };
  }
  const [secret, certificate] = [has('BREAKGLASS_PROOF_CLIENT_SECRET'), has('BREAKGLASS_PROOF_CERTIFICATE_FILE')];
  if (secret === certificate) {
    const problem = secret
      ? 'contradicts BREAKGLASS_PROOF_CERTIFICATE_FILE: give one of the two'
      : 'is required for the second proof, or BREAKGLASS_PROOF_CERTIFICATE_FILE';
    yield { at: 'BREAKGLASS_PROOF_CLIENT_SECRET', problem };
  }
  if (settings.proofClientId !== undefined && settings.proofClientId === settings.botId) {
    const problem = 'is the bot’s own registration: whoever steals the bot’s secret could then prove anything';
    yield { at: 'BREAKGLASS_PROOF_CLIENT_ID', problem };
  }
}

function warningsOf({ databaseUrl }: SandboxSettings): ConfigProblem[] {
  const inClear = databaseUrl && crossesNetworkInClear(databaseUrl);
  return inClear ? [{ at: 'DATABASE_URL', problem: 'crosses the network without TLS; add sslmode=verify-full' }] : [];
}
