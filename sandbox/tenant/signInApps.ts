export interface SignInApp {
  readonly appId: string;
  readonly displayName: string;
  readonly clientAppType: 'browser' | 'mobileAppsAndDesktopClients';
  readonly resource: { readonly displayName: string; readonly id: string };
  /** Microsoft asks for a second factor here whatever the tenant's policies say. */
  readonly mandatoryMfa: boolean;
  readonly isAdminPortal: boolean;
}

const GRAPH = { displayName: 'Microsoft Graph', id: '00000003-0000-0000-c000-000000000000' };
const ARM = { displayName: 'Windows Azure Service Management API', id: '797f4846-ba00-4fd7-ba43-dac1f8f63013' };
const PORTAL = 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c';

const GRAPH_EXPLORER: SignInApp = {
  appId: 'de8bc8b5-d9f9-48b1-a8ad-b748da725064',
  displayName: 'Graph Explorer',
  clientAppType: 'browser',
  resource: GRAPH,
  mandatoryMfa: false,
  isAdminPortal: false,
};

/** Applications somebody can sign in to. Ids: Learn, concept-mandatory-multifactor-authentication (2025-10) and first-party app list. */
export const SIGN_IN_APPS: Readonly<Record<string, SignInApp>> = {
  'Graph Explorer': GRAPH_EXPLORER,
  'Microsoft Graph Command Line Tools': {
    appId: '14d82eec-204b-4c2f-b7e8-296a70dab67e',
    displayName: 'Microsoft Graph Command Line Tools',
    clientAppType: 'mobileAppsAndDesktopClients',
    resource: GRAPH,
    mandatoryMfa: false,
    isAdminPortal: false,
  },
  'Azure Portal': {
    appId: PORTAL,
    displayName: 'Azure Portal',
    clientAppType: 'browser',
    resource: ARM,
    mandatoryMfa: true,
    isAdminPortal: true,
  },
  'Microsoft Entra admin center': {
    appId: PORTAL,
    displayName: 'Microsoft Entra admin center',
    clientAppType: 'browser',
    resource: GRAPH,
    mandatoryMfa: true,
    isAdminPortal: true,
  },
  'Microsoft Intune admin center': {
    appId: PORTAL,
    displayName: 'Microsoft Intune admin center',
    clientAppType: 'browser',
    resource: GRAPH,
    mandatoryMfa: true,
    isAdminPortal: true,
  },
  'Microsoft 365 admin center': {
    appId: '00000006-0000-0ff1-ce00-000000000000',
    displayName: 'Microsoft 365 admin center',
    clientAppType: 'browser',
    resource: GRAPH,
    mandatoryMfa: true,
    isAdminPortal: true,
  },
  'Microsoft Azure CLI': {
    appId: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
    displayName: 'Microsoft Azure CLI',
    clientAppType: 'mobileAppsAndDesktopClients',
    resource: ARM,
    mandatoryMfa: true,
    isAdminPortal: false,
  },
  'Microsoft Azure PowerShell': {
    appId: '1950a258-227b-4e31-a9cf-717495945fc2',
    displayName: 'Microsoft Azure PowerShell',
    clientAppType: 'mobileAppsAndDesktopClients',
    resource: ARM,
    mandatoryMfa: true,
    isAdminPortal: false,
  },
};

/** Outside mandatory MFA: Microsoft Graph is not in its scope. */
export const DEFAULT_APP = GRAPH_EXPLORER.displayName;

/** The application of this name or id; an unknown name is an application of the tenant's own. */
export function signInApp(nameOrId: string): SignInApp {
  const wanted = nameOrId.toLowerCase();
  const known = Object.values(SIGN_IN_APPS).find((app) => app.displayName.toLowerCase() === wanted || app.appId === wanted);
  return known ?? { ...GRAPH_EXPLORER, displayName: nameOrId, appId: '9a1de3c5-0b52-4a31-8c8e-5f2f7d9d0e10' };
}
