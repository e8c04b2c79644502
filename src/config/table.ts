import { CLOUD_NAMES } from './clouds.ts';
import { credentialReference } from './credentialText.ts';
import type { Kind } from './kinds.ts';
import * as kind from './kinds.ts';

/** `required`: production does not start without it; `defaulted`: always has a value; `optional`: may be absent. */
export type Presence = 'required' | 'defaulted' | 'optional';

/** One row of the table of settings, which the parser, README and env/.env.example are made from. */
export interface Entry<T, P extends Presence> {
  readonly name: string;
  readonly kind: Kind<T>;
  readonly presence: P;
  readonly meaning: string;
  readonly fallback?: T;
  /** Where the sandbox has another default. */
  readonly sandboxFallback?: T;
  readonly unit?: string;
  readonly sandboxOnly?: true;
  /** Written for people where the default is not one plain value, or the setting is required only sometimes. */
  readonly defaultNote?: string;
}
export type ValueOf<E> = E extends Entry<infer T, Presence> ? T : never;

type More<T> = Partial<Pick<Entry<T, Presence>, 'sandboxFallback' | 'unit' | 'sandboxOnly' | 'defaultNote'>>;
const required = <T>(name: string, kind: Kind<T>, meaning: string): Entry<T, 'required'> => ({ name, kind, presence: 'required', meaning });
const optional = <T>(name: string, kind: Kind<T>, meaning: string, more: More<T> = {}): Entry<T, 'optional'> => {
  return { name, kind, presence: 'optional', meaning, ...more };
};
const defaulted = <T>(
  name: string,
  kind: Kind<T>,
  fallback: NoInfer<T>,
  meaning: string,
  more: More<NoInfer<T>> = {},
): Entry<T, 'defaulted'> => {
  return { name, kind, presence: 'defaulted', fallback, meaning, ...more };
};

/** Every setting there is. BOT_* and DATABASE_URL keep the names that the Agents Toolkit and hosting platforms use. */
export const TABLE = {
  port: defaulted('BREAKGLASS_PORT', kind.integer(0, 65_535), 3978, 'Port of the bot; 0 takes any free one.'),
  sandboxTenantPort: defaulted(
    'BREAKGLASS_SANDBOX_TENANT_PORT',
    kind.integer(0, 65_535),
    3979,
    'Port of the pretend tenants (Graph and sign-in).',
    {
      sandboxOnly: true,
    },
  ),
  sandboxTeamsPort: defaulted(
    'BREAKGLASS_SANDBOX_TEAMS_PORT',
    kind.integer(0, 65_535),
    3980,
    'Port of the pretend Teams: open it in a browser.',
    {
      sandboxOnly: true,
    },
  ),
  connectionsPerClient: defaulted(
    'BREAKGLASS_CONNECTIONS_PER_CLIENT',
    kind.integer(1, 500),
    400,
    'Of the 500 connections there may be, what one address may hold; 20 where clients reach the bot without a reverse proxy.',
    { unit: 'connections' },
  ),
  dataDir: defaulted('BREAKGLASS_DATA_DIR', kind.path, '.data', 'Folder of the embedded database and of what the sandbox remembers.'),

  databaseUrl: optional('DATABASE_URL', kind.databaseUrl, 'PostgreSQL server. Without it the sandbox uses the embedded database.', {
    defaultNote: 'required, unless BREAKGLASS_EMBEDDED_DATABASE is true',
  }),
  embeddedDatabase: defaulted(
    'BREAKGLASS_EMBEDDED_DATABASE',
    kind.flag,
    false,
    'Keep everything in BREAKGLASS_DATA_DIR: one small replica only.',
    {
      sandboxFallback: true,
    },
  ),

  botId: required('BOT_ID', kind.guid, 'Client id of the bot.'),
  botTenantId: required('BOT_TENANT_ID', kind.guid, 'Tenant the bot is registered in.'),
  botType: defaulted('BOT_TYPE', kind.choice('SingleTenant', 'UserAssignedMSI'), 'UserAssignedMSI', 'How the bot proves who it is.'),
  botPassword: optional('BOT_PASSWORD', kind.secret, 'Client secret of the bot; better a managed identity or a certificate.', {
    defaultNote: 'SingleTenant: this or BOT_CERTIFICATE_FILE',
  }),
  botCertificateFile: optional('BOT_CERTIFICATE_FILE', kind.path, 'PEM file with the certificate and private key of the bot.', {
    defaultNote: 'SingleTenant: this or BOT_PASSWORD',
  }),

  homeTenantId: required('BREAKGLASS_HOME_TENANT_ID', kind.guid, 'Tenant the people, their groups and the team live in.'),
  teamId: required('BREAKGLASS_TEAM_ID', kind.threadId, 'Team of the security channel.'),
  channelId: required('BREAKGLASS_CHANNEL_ID', kind.threadId, 'Security channel, where requests and alerts are posted.'),
  requestersGroupId: required('BREAKGLASS_REQUESTERS_GROUP_ID', kind.guid, 'Group of those who may ask for changes.'),
  approversGroupId: required('BREAKGLASS_APPROVERS_GROUP_ID', kind.guid, 'Group of those who may approve or deny.'),
  custodiansGroupId: required('BREAKGLASS_CUSTODIANS_GROUP_ID', kind.guid, 'Group of those who may hold a credential or a part of one.'),
  auditorsGroupId: required('BREAKGLASS_AUDITORS_GROUP_ID', kind.guid, 'Group of those who may read everything on record.'),
  administratorsGroupId: required('BREAKGLASS_ADMINISTRATORS_GROUP_ID', kind.guid, 'Group of those who look after the bot.'),
  peopleClientId: optional('BREAKGLASS_PEOPLE_CLIENT_ID', kind.guid, 'Managed identity that reads people and groups of the home tenant.', {
    defaultNote: 'reader of the home tenant in the tenants file, else the system-assigned identity',
  }),
  personKeyAttribute: defaulted(
    'BREAKGLASS_PERSON_KEY_ATTRIBUTE',
    kind.attributeName,
    'employeeId',
    'Attribute of a user that is the same for all accounts of one human.',
  ),

  quorum: defaulted('BREAKGLASS_QUORUM', kind.integer(2, 10), 2, 'Distinct approvers a request needs; the requester never counts.', {
    unit: 'people',
  }),
  requestExpiryHours: defaulted('BREAKGLASS_REQUEST_EXPIRY_HOURS', kind.integer(1, 720), 24, 'How long a request waits for approvals.', {
    unit: 'hours',
  }),
  coolDownHours: defaulted(
    'BREAKGLASS_COOL_DOWN_HOURS',
    kind.integer(0, 720),
    24,
    'How long somebody new among the approvers does not count; the change is an alert meanwhile.',
    { unit: 'hours' },
  ),
  rosterPollSeconds: defaulted('BREAKGLASS_ROSTER_POLL_SECONDS', kind.integer(1, 3_600), 300, 'How often it is read who holds each role.', {
    unit: 'seconds',
    sandboxFallback: 5,
  }),
  openRequestsPerPerson: defaulted(
    'BREAKGLASS_OPEN_REQUESTS_PER_PERSON',
    kind.integer(1, 100),
    20,
    'Requests one person may have open at the same time.',
    { unit: 'requests' },
  ),
  requestsPerHour: defaulted(
    'BREAKGLASS_REQUESTS_PER_HOUR',
    kind.integer(1, 100),
    30,
    'Requests one person may open within an hour; one that they edit counts again, for every approver gets a card of it again.',
    { unit: 'requests' },
  ),
  secondProof: defaulted(
    'BREAKGLASS_SECOND_PROOF',
    kind.someOf('create', 'rotate', 'exclude', 'repair', 'disable', 'enable', 'retire', 'handover'),
    [],
    'Kinds of request on which nobody decides without a fresh sign-in; see docs/second-proof.md.',
    { sandboxFallback: ['retire'] },
  ),
  proofMinutes: defaulted('BREAKGLASS_PROOF_MINUTES', kind.integer(1, 30), 5, 'How long such a sign-in may take.', { unit: 'minutes' }),
  publicUrl: optional(
    'BREAKGLASS_PUBLIC_URL',
    kind.origin,
    'Origin under which browsers reach the bot: for the second proof, and for links to runbook cards and exports of the audit log.',
    {
      defaultNote: 'none; required for the second proof',
    },
  ),
  proofClientId: optional(
    'BREAKGLASS_PROOF_CLIENT_ID',
    kind.guid,
    'Client id of the app that signs approvers in for the second proof; never the bot’s.',
    { defaultNote: 'required for the second proof' },
  ),
  proofClientSecret: optional('BREAKGLASS_PROOF_CLIENT_SECRET', kind.secret, 'Client secret of that app; better a certificate.', {
    defaultNote: 'second proof: this or BREAKGLASS_PROOF_CERTIFICATE_FILE',
  }),
  proofCertificateFile: optional(
    'BREAKGLASS_PROOF_CERTIFICATE_FILE',
    kind.path,
    'PEM file with the certificate and private key of that app.',
    { defaultNote: 'second proof: this or BREAKGLASS_PROOF_CLIENT_SECRET' },
  ),
  proofAuthenticationContext: optional(
    'BREAKGLASS_PROOF_AUTHENTICATION_CONTEXT',
    kind.authenticationContext,
    'Authentication context that the sign-in must have met, where the tenant has one.',
  ),
  validationDays: defaulted('BREAKGLASS_VALIDATION_DAYS', kind.integer(1, 365), 90, 'How often an account must be proved to work.', {
    unit: 'days',
  }),
  evidenceMinutes: defaulted(
    'BREAKGLASS_EVIDENCE_MINUTES',
    kind.integer(0, 1440),
    120,
    'How long a change that Breakglass made may take to be in the tenant’s audit log before that is an alert; 0 misses nothing.',
    { unit: 'minutes' },
  ),
  partExpiryHours: defaulted('BREAKGLASS_PART_EXPIRY_HOURS', kind.integer(1, 720), 72, 'How long a custodian has to reveal a part.', {
    unit: 'hours',
  }),
  signInPollSeconds: defaulted('BREAKGLASS_SIGN_IN_POLL_SECONDS', kind.integer(1, 3_600), 60, 'How often sign-in logs are read.', {
    unit: 'seconds',
    sandboxFallback: 5,
  }),
  heartbeatMinutes: defaulted(
    'BREAKGLASS_HEARTBEAT_MINUTES',
    kind.integer(1, 60),
    5,
    'How often it is tried whether an alert would reach the channel; readyz and the dead-man ping are judged by it.',
    { unit: 'minutes', sandboxFallback: 1 },
  ),
  drillMinutes: defaulted(
    'BREAKGLASS_DRILL_MINUTES',
    kind.integer(5, 240),
    30,
    'How long a drill is open unless its form says otherwise: longer than the sign-in log lags.',
    { unit: 'minutes' },
  ),
  feedRhythms: defaulted(
    'BREAKGLASS_FEED_RHYTHMS',
    kind.rhythms,
    [],
    'How often feeds must be heard: event-hub=15, contoso/azure-monitor=1440. What is read on schedule is expected anyway; 0 expects nothing.',
  ),
  deadManUrl: optional(
    'BREAKGLASS_DEAD_MAN_URL',
    kind.secretUrl,
    'Address outside that is pinged while alerts reach the channel, and raises the alarm when it hears nothing.',
  ),
  deadManSeconds: defaulted('BREAKGLASS_DEAD_MAN_SECONDS', kind.integer(1, 3_600), 60, 'How often it is pinged.', { unit: 'seconds' }),
  smtpHost: optional('BREAKGLASS_SMTP_HOST', kind.hostName, 'Mail server for alerts that do not reach Teams.'),
  smtpPort: defaulted('BREAKGLASS_SMTP_PORT', kind.integer(1, 65_535), 587, 'Its port.'),
  smtpTls: defaulted(
    'BREAKGLASS_SMTP_TLS',
    kind.choice('required', 'implicit', 'none'),
    'required',
    'STARTTLS or nothing, TLS from the first byte (port 465), or none, which production refuses.',
  ),
  smtpUser: optional('BREAKGLASS_SMTP_USER', kind.text, 'User at the mail server.', { defaultNote: 'none: no sign-in' }),
  smtpPasswordFile: optional('BREAKGLASS_SMTP_PASSWORD_FILE', kind.path, 'File with the password of that user.', {
    defaultNote: 'required with BREAKGLASS_SMTP_USER',
  }),
  mailFrom: optional('BREAKGLASS_MAIL_FROM', kind.mailAddress, 'Sender of these mails.', {
    defaultNote: 'required with BREAKGLASS_SMTP_HOST',
  }),
  mailTo: optional('BREAKGLASS_MAIL_TO', kind.mailAddresses, 'Who gets them.', { defaultNote: 'required with BREAKGLASS_SMTP_HOST' }),
  pagingUrl: optional('BREAKGLASS_PAGING_URL', kind.url, 'Webhook that pages people when alerts do not reach Teams.'),
  pagingShape: defaulted(
    'BREAKGLASS_PAGING_SHAPE',
    kind.choice('pagerduty', 'json'),
    'pagerduty',
    'What it takes: PagerDuty Events v2, or plain JSON with a bearer token.',
  ),
  pagingKeyFile: optional('BREAKGLASS_PAGING_KEY_FILE', kind.path, 'File with its routing key, or with the bearer token.', {
    defaultNote: 'required with BREAKGLASS_PAGING_URL',
  }),

  tenantsFile: defaulted('BREAKGLASS_TENANTS_FILE', kind.path, 'tenants.yaml', 'The tenants looked after; see env/tenants.example.yaml.'),
  custodyKeyVaultKey: optional(
    'BREAKGLASS_CUSTODY_KEY_VAULT_KEY',
    kind.vaultKey,
    'RSA key of a key vault under which credential parts are sealed until they are revealed; without a version the current one seals.',
    { defaultNote: 'this or BREAKGLASS_CUSTODY_KEY_FILE' },
  ),
  custodyCredential: defaulted(
    'BREAKGLASS_CUSTODY_CREDENTIAL',
    credentialReference,
    { type: 'managed-identity' },
    'Identity that asks the key vault; see docs/deploying.md. Never the bot’s.',
    { defaultNote: '`managed-identity`' },
  ),
  custodyKeyFile: optional(
    'BREAKGLASS_CUSTODY_KEY_FILE',
    kind.path,
    'Instead of a key vault: file with a key a line, newest first, each 32 random bytes in base64.',
    { defaultNote: 'this or BREAKGLASS_CUSTODY_KEY_VAULT_KEY' },
  ),
  signalsAudience: optional(
    'BREAKGLASS_SIGNALS_AUDIENCE',
    kind.audience,
    'Audience of the secure webhook for alerts; without it the webhook is off.',
  ),
  sentinelCallerId: optional(
    'BREAKGLASS_SENTINEL_CALLER_ID',
    kind.guid,
    'Client id of the identity with which a playbook of Microsoft Sentinel calls its webhook, with a token for that audience.',
  ),
  signalKeysFile: optional(
    'BREAKGLASS_SIGNAL_KEYS_FILE',
    kind.path,
    'File with keys of senders that can get no such token: a line each, sender and key; two lines while a key is replaced.',
  ),
  teamsServiceUrls: optional(
    'BREAKGLASS_TEAMS_SERVICE_URLS',
    kind.origins,
    'The only places the bot answers to; to narrow those of the cloud.',
    {
      defaultNote: 'all of the cloud',
    },
  ),
  cloud: defaulted('BREAKGLASS_CLOUD', kind.choice(...CLOUD_NAMES), 'global', 'Microsoft cloud of the tenants and of Teams.'),
  monitorsResourceGroup: optional(
    'BREAKGLASS_MONITORS_RESOURCE_GROUP',
    kind.resourceGroup,
    'Resource group in which the alert rules of npm run monitors are deployed; they are read back and compared.',
  ),
  monitorsWorkspace: optional(
    'BREAKGLASS_MONITORS_WORKSPACE',
    kind.workspace,
    'Log Analytics workspace that the rules read and the logs are sent to. Without it the two are only compared with each other.',
  ),
  monitorsSentinel: defaulted(
    'BREAKGLASS_MONITORS_SENTINEL',
    kind.flag,
    false,
    'Whether sentinel-rules.json is deployed in that workspace too: then the rules of Microsoft Sentinel are read back with the others.',
  ),
  monitorsReadMinutes: defaulted('BREAKGLASS_MONITORS_READ_MINUTES', kind.integer(1, 1_440), 15, 'How often they are read back.', {
    unit: 'minutes',
  }),
  metricsPort: optional(
    'BREAKGLASS_METRICS_PORT',
    kind.integer(1, 65_535),
    'Port on which Prometheus reads GET /metrics; without it there is none.',
  ),
  metricsHost: defaulted(
    'BREAKGLASS_METRICS_HOST',
    kind.hostName,
    '127.0.0.1',
    'Address that port listens on. Beyond loopback only with a token.',
  ),
  metricsTokenFile: optional(
    'BREAKGLASS_METRICS_TOKEN_FILE',
    kind.path,
    'File with the bearer token that Prometheus shows there, 32 characters or more.',
    { defaultNote: 'required unless BREAKGLASS_METRICS_HOST is loopback' },
  ),
  logLevel: defaulted('BREAKGLASS_LOG_LEVEL', kind.choice('debug', 'info', 'warn', 'error'), 'info', 'Least severe log lines to write.'),
} as const;
