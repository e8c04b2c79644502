import { randomBytes } from 'node:crypto';
import type { Documents } from '../documents.ts';
import { APPS, HOME_TENANT, type SandboxTenant } from '../world.ts';
import { seedGuid } from './seedGuid.ts';

export const GRAPH_AUDIENCE = 'https://graph.microsoft.com';
/** Every app may have a token for it; what it may do is said by roles in Azure. */
export const RESOURCE_MANAGER_AUDIENCE = 'https://management.azure.com';
export const CHANNEL_AUDIENCE = 'https://api.botframework.com';
export const SIGNALS_AUDIENCE = `api://${APPS.signals}`;
/** With the slash: the client asks for `https://eventhubs.azure.net//.default`. */
export const EVENT_HUBS_AUDIENCE = 'https://eventhubs.azure.net/';
/** What a federated credential of an app registration expects its tokens to be for. */
export const EXCHANGE_AUDIENCE = 'api://AzureADTokenExchange';

export type AppName = 'bot' | 'reader' | 'changer' | 'proof' | 'policyKeeper' | 'identity' | 'stream' | 'azureMonitor';

export interface AppRegistration {
  readonly name: AppName;
  readonly appId: string;
  readonly displayName: string;
  readonly audience: string;
  /** Application permissions an administrator consented to. */
  readonly permissions: readonly string[];
  readonly homeTenantOnly: boolean;
}

const READS = [
  'User.Read.All',
  'GroupMember.Read.All',
  'RoleManagement.Read.Directory',
  'Policy.Read.All',
  'Organization.Read.All',
  'Domain.Read.All',
  'AdministrativeUnit.Read.All',
  'UserAuthenticationMethod.Read.All',
  // Of an app, which permissions it holds; and the third of three that Conditional Access writes need together.
  'Application.Read.All',
] as const;

export const REGISTRATIONS: readonly AppRegistration[] = [
  { name: 'bot', appId: APPS.bot, displayName: 'Breakglass', audience: CHANNEL_AUDIENCE, permissions: [], homeTenantOnly: true },
  {
    name: 'reader',
    appId: APPS.reader,
    displayName: 'Breakglass reader',
    audience: GRAPH_AUDIENCE,
    permissions: [...READS, 'AuditLog.Read.All'],
    homeTenantOnly: false,
  },
  {
    name: 'changer',
    appId: APPS.changer,
    displayName: 'Breakglass changer',
    audience: GRAPH_AUDIENCE,
    // What the product's own table of calls names, and nothing else: a newcomer's first `status` must not blame the sandbox.
    permissions: [
      'Policy.Read.All',
      'Application.Read.All',
      'User.ReadWrite.All',
      'GroupMember.ReadWrite.All',
      'RoleManagement.ReadWrite.Directory',
      'User-PasswordProfile.ReadWrite.All',
      'User.EnableDisableAccount.All',
      'User.RevokeSessions.All',
      'User.DeleteRestore.All',
      'AdministrativeUnit.ReadWrite.All',
      'UserAuthMethod-Passkey.ReadWrite.All',
      'UserAuthMethod-Phone.ReadWrite.All',
      'UserAuthMethod-MicrosoftAuthApp.ReadWrite.All',
      'UserAuthMethod-SoftwareOATH.ReadWrite.All',
      'UserAuthMethod-Email.ReadWrite.All',
      'UserAuthMethod-WindowsHello.ReadWrite.All',
      'UserAuthMethod-PlatformCred.ReadWrite.All',
      'UserAuthMethod-TAP.ReadWrite.All',
      'Policy.ReadWrite.ConditionalAccess',
    ],
    homeTenantOnly: false,
  },
  {
    name: 'policyKeeper',
    appId: APPS.policyKeeper,
    displayName: 'Policy keeper',
    audience: GRAPH_AUDIENCE,
    permissions: ['Policy.ReadWrite.Authorization', 'Policy.ReadWrite.AuthenticationMethod'],
    homeTenantOnly: false,
  },
  { name: 'proof', appId: APPS.proof, displayName: 'Breakglass second proof', audience: APPS.proof, permissions: [], homeTenantOnly: true },
  {
    name: 'stream',
    appId: APPS.stream,
    displayName: 'Breakglass stream',
    audience: EVENT_HUBS_AUDIENCE,
    permissions: [],
    homeTenantOnly: true,
  },
  {
    name: 'identity',
    appId: APPS.identity,
    displayName: 'Breakglass identity',
    audience: GRAPH_AUDIENCE,
    permissions: [...READS, 'AuditLog.Read.All'],
    homeTenantOnly: true,
  },
  {
    name: 'azureMonitor',
    appId: APPS.azureMonitor,
    displayName: 'AzNS AAD Webhook',
    audience: SIGNALS_AUDIENCE,
    permissions: ['ActionGroupsSecureWebhook'],
    homeTenantOnly: true,
  },
];

export function findApp(appId: string, tenant: SandboxTenant): AppRegistration | undefined {
  const app = REGISTRATIONS.find((known) => known.appId === appId.toLowerCase());
  return app && (!app.homeTenantOnly || tenant.id === HOME_TENANT.id) ? app : undefined;
}

/** Object id of the app's service principal in a tenant: another one in each, as in Entra. */
export function servicePrincipalId(app: AppRegistration, tenantId: string): string {
  return seedGuid(`servicePrincipal/${tenantId}/${app.appId}`);
}

export interface ServicePrincipal {
  readonly id: string;
  readonly app: AppRegistration;
}

export function findServicePrincipal(tenantId: string, id: string): ServicePrincipal | undefined {
  for (const app of REGISTRATIONS) {
    if (servicePrincipalId(app, tenantId) === id) return { id, app };
  }
  return undefined;
}

/** Managed identities and Microsoft's own applications have none. */
export type ClientSecrets = Readonly<Record<Exclude<AppName, 'identity' | 'azureMonitor'>, string>>;

/** Client secrets: random, made at the first start, kept since. */
export function clientSecrets(documents: Documents): ClientSecrets {
  const kept = documents.get<Partial<ClientSecrets>>('tenant.secrets', 'clients') ?? {};
  const fresh = (): string => randomBytes(30).toString('base64url');
  const { bot = fresh(), reader = fresh(), changer = fresh(), proof = fresh(), policyKeeper = fresh(), stream = fresh() } = kept;
  const made = { bot, reader, changer, proof, policyKeeper, stream };
  documents.put('tenant.secrets', 'clients', made);
  return made;
}
