import { KeyClient, type KeyClientOptions } from '@azure/keyvault-keys';
import { CustodyFault, type CustodyTrouble } from '../app/custodyFault.ts';
import { type VaultKey, versionedId, versionOf } from './keyId.ts';
import type { Wrapping } from './tagKey.ts';

/** What the key vault's client takes a token from; @azure/identity makes it, and only src/graph knows that library. */
export type VaultCredential = ConstructorParameters<typeof KeyClient>[1];
/** For the way there: a test puts a vault on loopback behind it. */
export type VaultPolicies = NonNullable<KeyClientOptions['additionalPolicies']>;

const ALGORITHM = 'RSA-OAEP-256';
/** In all, with one repeat: a press must be answered within five seconds (design.md section 4). */
const LIMIT_MS = 3_500;

/**
 * The vault's key by @azure/keyvault-keys 4.10.2. Nothing is kept between two calls but the token, so a version that was disabled opens
 * nothing from that moment. The client does RSA-OAEP-256 in the vault only (it knows no local provider for it), and follows no redirect.
 */
export function vaultKeys(
  key: VaultKey,
  credential: VaultCredential,
  additionalPolicies: VaultPolicies = [],
  limitMs: number = LIMIT_MS,
): Wrapping {
  const client = new KeyClient(key.vaultUrl, credential, {
    retryOptions: { maxRetries: 1, retryDelayInMs: 200, maxRetryDelayInMs: 500 },
    redirectOptions: { maxRetries: 0 },
    additionalPolicies: [...additionalPolicies],
  });
  const currentVersion = async (abortSignal: AbortSignal): Promise<string> => {
    const found = await client.getKey(key.name, { abortSignal, ...(key.version === undefined ? {} : { version: key.version }) });
    const version = versionOf(key, found.id ?? '');
    if (version === undefined) throw new Error('the vault named another key than the one it was asked for');
    return version;
  };
  const call = <T>(work: (abortSignal: AbortSignal) => Promise<T>): Promise<T> => withLimit(limitMs, work);
  return {
    wrap: (dataKey) =>
      call(async (abortSignal) => {
        // By version, so that a rotation between the two calls cannot part the key from its name.
        const keyVersion = await currentVersion(abortSignal);
        const { result } = await client.getCryptographyClient(key.name, { keyVersion }).wrapKey(ALGORITHM, dataKey, { abortSignal });
        return { keyId: versionedId(key, keyVersion), key: Buffer.from(result) };
      }),
    unwrap: ({ keyId, key: wrapped }) =>
      call(async (abortSignal) => {
        const keyVersion = versionOf(key, keyId);
        if (keyVersion === undefined) throw new CustodyFault('shut', new Error('sealed under another key than the one that is configured'));
        const { result } = await client.getCryptographyClient(key.name, { keyVersion }).unwrapKey(ALGORITHM, wrapped, { abortSignal });
        // The client's own copy, not one more.
        return Buffer.from(result.buffer, result.byteOffset, result.byteLength);
      }),
    current: () => call(async (abortSignal) => versionedId(key, await currentVersion(abortSignal))),
  };
}

async function withLimit<T>(limitMs: number, work: (abortSignal: AbortSignal) => Promise<T>): Promise<T> {
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  // Beside the signal, because a credential may not heed it.
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`the vault did not answer within ${limitMs} ms`);
      late.abort(error);
      reject(error);
    }, limitMs);
  });
  try {
    return await Promise.race([work(late.signal), limit]);
  } catch (error) {
    throw error instanceof CustodyFault ? error : new CustodyFault(troubleOf(error), causeOf(error));
  } finally {
    clearTimeout(timer);
  }
}

/** What is shut for good: Key Vault answers 404 for a version that is not there and 403 with `KeyDisabled` inside (Learn, REST error codes, 2026-04). */
function troubleOf(error: unknown): CustodyTrouble {
  const { status, codes } = answerOf(error);
  if (status === 404 || codes.some((code) => SHUT.test(code))) return 'shut';
  if (status === 400) return 'shut'; // the wrapped key is not one of this key's
  return status === 401 || status === 403 ? 'denied' : 'away';
}

const SHUT = /^(KeyDisabled|KeyNotFound|SecretDisabled|KeyExpired)$/i;

interface VaultAnswer {
  readonly status: number | undefined;
  readonly codes: readonly string[];
}

function answerOf(error: unknown): VaultAnswer {
  if (!(error instanceof Error)) return { status: undefined, codes: [] };
  // The client itself refuses a version past its date, by a plain Error (cryptographyClient.js, ensureValid).
  if (/^Key \S+ expired at /.test(error.message)) return { status: undefined, codes: ['KeyExpired'] };
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : undefined;
  const details = 'details' in error ? error.details : undefined;
  return { status, codes: codesIn(details) };
}

/** `{ error: { code, innererror: { code } } }`, however deep. */
function codesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => (name === 'code' && typeof inner === 'string' ? [inner] : codesIn(inner)));
}

/** The client's errors carry the whole request, body and all: a data key on its way to be wrapped. Only what it was about goes on. */
function causeOf(error: unknown): Error {
  const { status, codes } = answerOf(error);
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const name = error instanceof Error ? error.name : 'unknown';
  return new Error(`key vault: ${[name, status, code, ...codes].filter((part) => part !== undefined).join(' ')}`);
}
