import {
  ClientAssertionCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
  ManagedIdentityCredential,
  type TokenCredential,
  WorkloadIdentityCredential,
} from '@azure/identity';

/** How an identity proves itself, by reference: no secret stands in a file of ours. Shapes of `tenants.yaml` (env/tenants.example.yaml). */
export type CredentialReference =
  | { readonly type: 'managed-identity'; readonly clientId?: string }
  | { readonly type: 'workload-identity'; readonly clientId: string; readonly tenantId?: string }
  | { readonly type: 'certificate'; readonly clientId: string; readonly file: string }
  /** App of the workforce tenant, consented in the managed tenant, trusting a user-assigned managed identity (graph facts, gotcha 6). */
  | { readonly type: 'federated'; readonly clientId: string; readonly managedIdentityClientId: string };

/** Addresses of a Microsoft cloud (config/clouds.ts). */
export interface Cloud {
  readonly loginOrigin: string;
  readonly graphOrigin: string;
  readonly exchangeAudience: string;
  /**
   * `false`: do not ask Microsoft which login servers exist. For a login server of a test only; no cloud of config/clouds.ts has it, and no setting
   * reaches it (ST-3).
   */
  readonly instanceDiscovery?: false;
}

const loginOptions = ({ loginOrigin, instanceDiscovery }: Cloud) => ({
  authorityHost: loginOrigin,
  ...(instanceDiscovery === false ? { disableInstanceDiscovery: true } : {}),
});

export function credentialFor(reference: CredentialReference, tenantId: string, cloud: Cloud): TokenCredential {
  const options = loginOptions(cloud);
  switch (reference.type) {
    case 'managed-identity':
      return reference.clientId === undefined
        ? new ManagedIdentityCredential()
        : new ManagedIdentityCredential({ clientId: reference.clientId });
    case 'workload-identity':
      return new WorkloadIdentityCredential({ ...options, tenantId: reference.tenantId ?? tenantId, clientId: reference.clientId });
    case 'certificate':
      return new ClientCertificateCredential(tenantId, reference.clientId, { certificatePath: reference.file }, options);
    case 'federated': {
      const identity = new ManagedIdentityCredential({ clientId: reference.managedIdentityClientId });
      const assertion = async (): Promise<string> => (await identity.getToken(`${cloud.exchangeAudience}/.default`)).token;
      return new ClientAssertionCredential(tenantId, reference.clientId, assertion, options);
    }
  }
}

/** The bot's channel identity, a registration of its own: a managed identity, or a certificate, or where neither can be had a secret. */
export function botCredential(
  bot: {
    readonly type: 'SingleTenant' | 'UserAssignedMSI';
    readonly clientId: string;
    readonly password?: string;
    readonly certificateFile?: string;
  },
  tenantId: string,
  cloud: Cloud,
): TokenCredential {
  const options = loginOptions(cloud);
  if (bot.type === 'UserAssignedMSI') return new ManagedIdentityCredential({ clientId: bot.clientId });
  if (bot.certificateFile !== undefined)
    return new ClientCertificateCredential(tenantId, bot.clientId, { certificatePath: bot.certificateFile }, options);
  if (bot.password === undefined) throw new TypeError('a single-tenant bot needs a certificate or a secret');
  return new ClientSecretCredential(tenantId, bot.clientId, bot.password, options);
}
