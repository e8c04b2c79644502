import type { Permissions } from './graphRoute.ts';
import type { JsonObject } from './json.ts';
import type { MethodRow } from './records.ts';

/** A kind of sign-in method as Graph knows it. */
export interface MethodKind {
  readonly kind: string;
  /** Last segment of its collection. */
  readonly segment: string;
  readonly type: string;
  /** What stands in `UserAuthMethod-….Read.All`. */
  readonly permission: string;
  readonly properties: readonly string[];
  /** In audit rows. */
  readonly words: string;
}

const COMMON = ['id', 'createdDateTime'];

function methodKind(kind: string, permission: string, words: string, properties: readonly string[]): MethodKind {
  const type = `#microsoft.graph.${kind}AuthenticationMethod`;
  return { kind, segment: `${kind}Methods`, type, permission, words, properties: [...COMMON, ...properties] };
}

/** Every kind the sandbox knows, in the order Graph's reference lists them; the properties are those of v1.0. */
export const METHOD_KINDS: readonly MethodKind[] = [
  methodKind('password', 'Password', 'password', ['password']),
  methodKind('phone', 'Phone', 'phone', ['phoneNumber', 'phoneType', 'smsSignInState']),
  methodKind('microsoftAuthenticator', 'MicrosoftAuthApp', 'Authenticator app', ['displayName', 'deviceTag', 'phoneAppVersion']),
  methodKind('fido2', 'Passkey', 'passkey (FIDO2)', [
    'displayName',
    'aaGuid',
    'attestationCertificates',
    'attestationLevel',
    'model',
    'passkeyType',
  ]),
  methodKind('windowsHelloForBusiness', 'WindowsHello', 'Windows Hello for Business', ['displayName', 'keyStrength']),
  methodKind('platformCredential', 'PlatformCred', 'platform credential', ['displayName', 'keyStrength', 'platform']),
  methodKind('softwareOath', 'SoftwareOATH', 'software OATH', ['secretKey']),
  methodKind('email', 'Email', 'email', ['emailAddress']),
  methodKind('temporaryAccessPass', 'TAP', 'temporary access pass', [
    'isUsable',
    'isUsableOnce',
    'lifetimeInMinutes',
    'methodUsabilityReason',
    'startDateTime',
    'temporaryAccessPass',
  ]),
];

/** The kind of this name; `temporary-access-pass` means the same as `temporaryAccessPass`. */
export function findMethodKind(name: string): MethodKind | undefined {
  const plain = name.replace(/-(.)/g, (_dash, letter: string) => letter.toUpperCase());
  return METHOD_KINDS.find((one) => one.kind === plain);
}

const ALL_READ = 'UserAuthenticationMethod.Read.All';
const ALL_WRITE = 'UserAuthenticationMethod.ReadWrite.All';

export const readsMethods: Permissions = [ALL_READ, ALL_WRITE];
export const readsKind = ({ permission }: MethodKind): Permissions => [
  `UserAuthMethod-${permission}.Read.All`,
  `UserAuthMethod-${permission}.ReadWrite.All`,
  ...readsMethods,
];
export const writesKind = ({ permission }: MethodKind): Permissions => [`UserAuthMethod-${permission}.ReadWrite.All`, ALL_WRITE];

/** Key of a method among all users: Graph gives everybody's mobile phone, email and password the same id. */
export const methodKey = ({ userId, id }: Pick<MethodRow, 'userId' | 'id'>): string => `${userId}/${id}`;

/** A method as Graph shows it, secrets as null. */
export const methodView = (row: MethodRow, kind: MethodKind): JsonObject => ({
  ...Object.fromEntries(kind.properties.map((name) => [name, null])),
  ...row.properties,
  id: row.id,
  createdDateTime: row.createdDateTime,
});
