import { GUID, type Kind } from './kinds.ts';
import type { CredentialReference } from './tenants.ts';

const FORMS =
  'managed-identity[:client id], workload-identity:client id[:tenant id], certificate:client id:file, federated:client id:client id of the identity';

/** The forms of the tenants file in one line, parted by colons; only the path of a file may hold further ones. */
export const credentialReference: Kind<CredentialReference> = {
  type: 'credential by reference',
  read(text) {
    const [type = '', clientId = '', ...rest] = text.split(':');
    const more = rest.join(':');
    const value = referenceOf(type, clientId.toLowerCase(), more);
    return value ? { ok: true, value } : { ok: false, problem: `must be one of ${FORMS}` };
  },
};

function referenceOf(type: string, clientId: string, more: string): CredentialReference | undefined {
  if (type === 'managed-identity' && clientId === '' && more === '') return { type };
  if (!GUID.test(clientId)) return undefined;
  switch (type) {
    case 'managed-identity':
      return more === '' ? { type, clientId } : undefined;
    case 'workload-identity':
      if (more === '') return { type, clientId };
      return GUID.test(more) ? { type, clientId, tenantId: more.toLowerCase() } : undefined;
    case 'certificate':
      return more === '' ? undefined : { type, clientId, file: more };
    case 'federated':
      return GUID.test(more) ? { type, clientId, managedIdentityClientId: more.toLowerCase() } : undefined;
    default:
      return undefined;
  }
}
