/** A key of a vault; without a version, whichever is the current one. */
export interface VaultKey {
  /** `https://<vault>.<domain of the cloud>` */
  readonly vaultUrl: string;
  readonly name: string;
  readonly version?: string;
}

const VAULT = /^[a-z](?:-?[a-z0-9]){2,23}$/;
const NAME = /^[A-Za-z0-9-]{1,127}$/;
/** As Key Vault makes them: 32 hex digits. */
const VERSION = /^[0-9a-f]{32}$/;

/**
 * @param id     `https://<vault>.<domain>/keys/<name>[/<version>]`
 * @param domain where vaults of the cloud answer: no token goes anywhere else (ST-3, GR-8)
 * @returns nothing for any other form, scheme, port or host, also not for those of another cloud
 */
export function parseVaultKey(id: string, domain: string): VaultKey | undefined {
  const [, vault = '', host = '', name = '', version] = /^https:\/\/([^./]+)\.([^/]+)\/keys\/([^/]+)(?:\/([^/]+))?\/?$/.exec(id) ?? [];
  const known = VAULT.test(vault) && host === domain && NAME.test(name) && (version === undefined || VERSION.test(version));
  return known ? { vaultUrl: `https://${vault}.${domain}`, name, ...(version === undefined ? {} : { version }) } : undefined;
}

/** The identifier of one version of the key. */
export const versionedId = ({ vaultUrl, name }: VaultKey, version: string): string => `${vaultUrl}/keys/${name}/${version}`;

/** The version an identifier names, if it is one of this very key: what stands in the database chooses no host and no other key. */
export function versionOf(key: VaultKey, id: string): string | undefined {
  const version = id.slice(id.lastIndexOf('/') + 1);
  return VERSION.test(version) && id === versionedId(key, version) ? version : undefined;
}
