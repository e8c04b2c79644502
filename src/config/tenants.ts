import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument, visit } from 'yaml';
import { CLOUDS } from './clouds.ts';
import { ConfigFault, type ConfigProblem, nearest } from './fault.ts';
import { GUID } from './kinds.ts';

/** How the bot gets a token for a tenant: always by reference to something kept elsewhere, never a secret in the file. */
export type CredentialReference =
  | { readonly type: 'managed-identity'; readonly clientId?: string }
  | { readonly type: 'workload-identity'; readonly clientId: string; readonly tenantId?: string }
  | { readonly type: 'certificate'; readonly clientId: string; readonly file: string }
  | { readonly type: 'federated'; readonly clientId: string; readonly managedIdentityClientId: string };

export interface TenantConfig {
  readonly id: string;
  /** Short name that people type. */
  readonly name: string;
  readonly displayName: string;
  readonly kind: 'workforce' | 'b2c' | 'free';
  readonly initialDomain: string;
  /** Group that Conditional Access policies exclude; its members are the emergency access accounts. */
  readonly exclusionGroupId: string;
  /** Restricted management administrative unit that protects the accounts; made beforehand, because it cannot be turned on later. */
  readonly restrictedUnitId?: string;
  /** Reads the directory, policies and logs. */
  readonly reader: CredentialReference;
  /** Writes what an approved plan says, and nothing else uses it. */
  readonly changer: CredentialReference;
  /** Where the diagnostic settings of its logs write to; several tenants may name the same. */
  readonly eventHub?: EventHubConfig;
}

export interface EventHubConfig {
  /** Host name: `contoso-logs.servicebus.windows.net`. */
  readonly namespace: string;
  readonly name: string;
  /** `$Default` where it is left out. */
  readonly consumerGroup?: string;
  /** Tenant that the namespace belongs to, where it is another one: the logs of a B2C tenant go to a subscription of its parent. */
  readonly tenantId?: string;
  readonly credential: CredentialReference;
}

export type ParsedTenants =
  | { readonly ok: true; readonly tenants: readonly TenantConfig[] }
  | { readonly ok: false; readonly fault: ConfigFault };

interface Field {
  readonly test: (value: string) => boolean;
  readonly problem: string;
  readonly optional?: true;
}
type Fields = Readonly<Record<string, Field>>;

const oneOf = (...values: readonly string[]): Field => ({
  test: (value) => values.includes(value),
  problem: `must be one of ${values.join(', ')}`,
});
const matching = (pattern: RegExp, problem: string): Field => ({ test: (value) => pattern.test(value), problem });
const guid = matching(GUID, 'must be a GUID');
const filled = matching(/\S/, 'must not be empty');

const INITIAL_DOMAINS = Object.values(CLOUDS).flatMap(({ initialDomains }): readonly string[] => initialDomains);

const TENANT: Fields = {
  id: guid,
  name: matching(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, 'must be lower-case letters, digits and hyphens, at most 40'),
  displayName: filled,
  kind: oneOf('workforce', 'b2c', 'free'),
  initialDomain: {
    test: (value) => INITIAL_DOMAINS.includes(/^[a-z0-9-]+\.(.+)$/.exec(value.toLowerCase())?.[1] ?? ''),
    problem: 'must be the initial domain, such as contoso.onmicrosoft.com',
  },
  exclusionGroupId: guid,
  restrictedUnitId: { ...guid, optional: true },
};
const NAMESPACE_DOMAINS = Object.values(CLOUDS).map(({ eventHubsDomain }): string => eventHubsDomain);
const EVENT_HUB: Fields = {
  namespace: {
    test: (value) => NAMESPACE_DOMAINS.includes(/^[a-z][a-z0-9-]{4,48}[a-z0-9]\.(.+)$/.exec(value.toLowerCase())?.[1] ?? ''),
    problem: 'must be the host name of the namespace, such as contoso-logs.servicebus.windows.net',
  },
  // Learn, event-hubs naming rules: letters, digits, periods, hyphens, underscores.
  name: matching(/^[a-z0-9](?:[a-z0-9._-]{0,254}[a-z0-9])?$/i, 'must be the name of an event hub'),
  consumerGroup: {
    ...matching(/^(?:\$Default|[a-z0-9](?:[a-z0-9._-]{0,48}[a-z0-9])?)$/i, 'must be the name of a consumer group'),
    optional: true,
  },
  tenantId: { ...guid, optional: true },
};
const CREDENTIALS: Readonly<Record<CredentialReference['type'], Fields>> = {
  'managed-identity': { clientId: { ...guid, optional: true } },
  'workload-identity': { clientId: guid, tenantId: { ...guid, optional: true } },
  certificate: { clientId: guid, file: filled },
  federated: { clientId: guid, managedIdentityClientId: guid },
};
const SECRET_NAME = /secret|password|passphrase|token|private|key|connectionstring/i;
const TYPES = oneOf(...Object.keys(CREDENTIALS));

/** @throws ConfigFault with every problem, also when the file cannot be read */
export function loadTenants(file: string): readonly TenantConfig[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new ConfigFault([{ at: file, problem: `cannot be read (${code}); BREAKGLASS_TENANTS_FILE names it` }]);
  }
  const parsed = parseTenants(text, file);
  if (!parsed.ok) throw parsed.fault;
  return parsed.tenants;
}

/**
 * @param text YAML with one list, `tenants`
 * @param file what problems call the file
 * @returns all tenants, GUIDs and domains in lower case, or one fault with the path of every problem and never a value
 */
export function parseTenants(text: string, file: string): ParsedTenants {
  const problems: ConfigProblem[] = [];
  const report = (path: string, problem: string) => void problems.push({ at: path ? `${file}: ${path}` : file, problem });

  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  for (const { code, pos } of document.errors) report(`line ${lineCounter.linePos(pos[0]).line}`, `is not good YAML (${code})`);
  visit(document, { Alias: () => report('', 'uses an alias (*name); write every value out, so that a reader sees it where it holds') });
  if (problems.length > 0) return { ok: false, fault: new ConfigFault(problems) };

  const root = record(document.toJS());
  const list = root?.tenants;
  for (const key of Object.keys(root ?? {})) if (key !== 'tenants') report(key, unknownKey(key, ['tenants']));
  if (!Array.isArray(list) || list.length === 0) {
    report('tenants', 'must be a list of at least one tenant');
  } else {
    for (const [index, value] of list.entries()) checkTenant(value, `tenants[${index}]`, report);
    for (const key of ['id', 'name', 'initialDomain', 'exclusionGroupId', 'restrictedUnitId']) checkDistinct(list, key, report);
  }
  if (problems.length > 0) return { ok: false, fault: new ConfigFault(problems) };
  return { ok: true, tenants: (list as TenantConfig[]).map(normalised) };
}

type Report = (path: string, problem: string) => void;

function checkTenant(value: unknown, path: string, report: Report): void {
  const tenant = record(value);
  if (!tenant) {
    report(path, 'must be a tenant with id, name and so on');
    return;
  }
  checkFields(tenant, TENANT, ['reader', 'changer', 'eventHub'], path, report);
  for (const key of ['reader', 'changer']) checkCredential(tenant[key], `${path}.${key}`, report);
  if (tenant.eventHub === undefined) return;
  const hub = record(tenant.eventHub);
  if (!hub) {
    report(`${path}.eventHub`, 'must be an event hub with namespace, name and credential');
    return;
  }
  checkFields(hub, EVENT_HUB, ['credential'], `${path}.eventHub`, report);
  checkCredential(hub.credential, `${path}.eventHub.credential`, report);
}

function checkCredential(value: unknown, path: string, report: Report): void {
  const credential = record(value);
  if (!credential) {
    report(path, value === undefined ? 'is required' : 'must be a credential with a type');
    return;
  }
  const type = credential.type;
  const fields =
    typeof type === 'string' && Object.hasOwn(CREDENTIALS, type) ? CREDENTIALS[type as CredentialReference['type']] : undefined;
  const anyField: Fields = Object.assign({}, ...Object.values(CREDENTIALS));
  const lenient = Object.fromEntries(Object.entries(anyField).map(([key, field]) => [key, { ...field, optional: true as const }]));
  checkFields(credential, { type: TYPES, ...(fields ?? lenient) }, [], path, report); // of an unknown type, only what no type has is wrong
}

function checkFields(found: Record<string, unknown>, fields: Fields, others: readonly string[], path: string, report: Report): void {
  const known = [...Object.keys(fields), ...others];
  for (const key of Object.keys(found)) if (!known.includes(key)) report(`${path}.${key}`, unknownKey(key, known));
  for (const [key, field] of Object.entries(fields)) {
    const value = found[key];
    if (value === undefined) {
      if (!field.optional) report(`${path}.${key}`, 'is required');
    } else if (typeof value !== 'string' || !field.test(value)) {
      report(`${path}.${key}`, field.problem);
    }
  }
}

function checkDistinct(list: readonly unknown[], key: string, report: Report): void {
  const first = new Map<string, number>();
  for (const [index, value] of list.entries()) {
    const text = record(value)?.[key];
    if (typeof text !== 'string') continue;
    const before = first.get(text.toLowerCase());
    if (before === undefined) first.set(text.toLowerCase(), index);
    else report(`tenants[${index}].${key}`, `is the same as tenants[${before}].${key}`);
  }
}

function unknownKey(key: string, known: readonly string[]): string {
  if (SECRET_NAME.test(key))
    return 'must not stand here: name a credential by reference (managed-identity, workload-identity, certificate, federated)';
  const meant = nearest(key, known);
  return `is not known${meant ? `; did you mean ${meant}?` : ''}`;
}

function normalised(tenant: TenantConfig): TenantConfig {
  const lower = (credential: CredentialReference): CredentialReference =>
    Object.fromEntries(
      Object.entries(credential).map(([key, value]) => [key, GUID.test(value) ? value.toLowerCase() : value]),
    ) as unknown as CredentialReference;
  return {
    ...tenant,
    id: tenant.id.toLowerCase(),
    initialDomain: tenant.initialDomain.toLowerCase(),
    exclusionGroupId: tenant.exclusionGroupId.toLowerCase(),
    ...(tenant.restrictedUnitId === undefined ? {} : { restrictedUnitId: tenant.restrictedUnitId.toLowerCase() }),
    reader: lower(tenant.reader),
    changer: lower(tenant.changer),
    ...(tenant.eventHub === undefined
      ? {}
      : {
          eventHub: {
            ...tenant.eventHub,
            namespace: tenant.eventHub.namespace.toLowerCase(),
            credential: lower(tenant.eventHub.credential),
          },
        }),
  };
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}
