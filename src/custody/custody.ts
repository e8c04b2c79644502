import type { Custody } from '../app/ports.ts';
import { fileWrapping, firstTagKey, keyFileCustody } from './keyFile.ts';
import type { VaultKey } from './keyId.ts';
import { keyVaultCustody } from './keyVault.ts';
import { type KeptTagKey, type TagKeeper, tagKeeper } from './tagKey.ts';
import { type VaultCredential, type VaultPolicies, vaultKeys } from './vaultKeys.ts';

/** What seals credential parts: the key of a vault, or the keys of a file, newest first. */
export type CustodySettings =
  | { readonly keys: readonly [Buffer, ...Buffer[]] }
  | { readonly vaultKey: VaultKey; readonly credential: VaultCredential; readonly policies?: VaultPolicies };

/** @returns `renew` is to be called at start and on schedule */
export function custodyOf(settings: CustodySettings, kept: KeptTagKey): Custody & TagKeeper {
  if ('keys' in settings)
    return { ...keyFileCustody(...settings.keys), ...tagKeeper(fileWrapping(settings.keys), kept, () => firstTagKey(settings.keys)) };
  return keyVaultCustody(vaultKeys(settings.vaultKey, settings.credential, settings.policies), kept);
}
