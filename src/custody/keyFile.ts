import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { CustodyFault } from '../app/custodyFault.ts';
import type { Custody } from '../app/ports.ts';
import { decrypt, encrypt, KEY_BYTES, tagUnder } from './envelope.ts';
import type { Wrapping } from './tagKey.ts';

const VERSION = 1;
const SALT = 16;

/**
 * Seals credential parts with AES-256-GCM under a key of its own per part, derived (HKDF-SHA256, random salt) from a master key that lives
 * in a file outside the database. A sealed part is `version | salt | nonce | tag | ciphertext` and opens only with the context it was
 * sealed for: a row moved to another custodian stays shut.
 *
 * @param newest seals and makes new tags; 32 random bytes
 * @param older  keys that were the newest before: they still open, and their tags are still ours
 */
export function keyFileCustody(newest: Buffer, ...older: readonly Buffer[]): Custody {
  const keys = [newest, ...older];
  if (keys.some(({ length }) => length !== KEY_BYTES)) throw new RangeError('a custody key must be 32 bytes');
  return {
    async seal(part, context) {
      const salt = randomBytes(SALT);
      const key = derive(newest, salt, 'breakglass credential part');
      try {
        return Buffer.concat([Buffer.of(VERSION), salt, encrypt(key, part, Buffer.from(context, 'utf8'))]);
      } finally {
        key.fill(0);
      }
    },
    async open(sealed, context) {
      const bytes = Buffer.from(sealed);
      const failures: unknown[] = [];
      if (bytes[0] === VERSION && bytes.length > 1 + SALT) {
        for (const master of keys) {
          const key = derive(master, bytes.subarray(1, 1 + SALT), 'breakglass credential part');
          try {
            return decrypt(key, bytes.subarray(1 + SALT), Buffer.from(context, 'utf8'));
          } catch (error) {
            failures.push(error);
          } finally {
            key.fill(0);
          }
        }
      }
      throw new CustodyFault('shut', new AggregateError(failures, 'no key of the custody key file opens it'));
    },
    async tags(text) {
      const tagOf = (master: Buffer): string => {
        const key = derive(master, Buffer.alloc(0), 'breakglass marker');
        const tag = tagUnder(key, text);
        key.fill(0);
        return tag;
      };
      return [tagOf(newest), ...older.map(tagOf)];
    },
  };
}

const derive = (master: Buffer, salt: Buffer, purpose: string): Buffer => Buffer.from(hkdfSync('sha256', master, salt, purpose, KEY_BYTES));

/** Wraps other keys under those of the file, each named by what can be told of it. */
export function fileWrapping(keys: readonly [Buffer, ...Buffer[]]): Wrapping {
  const nameOf = (key: Buffer): string => `file:${createHash('sha256').update(key).digest('hex').slice(0, 16)}`;
  const wrappingKey = (master: Buffer): Buffer => derive(master, Buffer.alloc(0), 'breakglass wrapping');
  return {
    async wrap(key) {
      const wrapper = wrappingKey(keys[0]);
      const keyId = nameOf(keys[0]);
      const wrapped = encrypt(wrapper, key, Buffer.from(keyId));
      wrapper.fill(0);
      return { keyId, key: wrapped };
    },
    async unwrap({ keyId, key }) {
      const master = keys.find((one) => nameOf(one) === keyId);
      if (!master) throw new CustodyFault('shut', new Error(`the custody key file does not hold ${keyId}`));
      const wrapper = wrappingKey(master);
      try {
        return decrypt(wrapper, key, Buffer.from(keyId));
      } catch (error) {
        throw new CustodyFault('shut', error);
      } finally {
        wrapper.fill(0);
      }
    },
    current: async () => nameOf(keys[0]),
  };
}

/** The tag key of an installation that has none: what the oldest key of the file made markers with before one was kept. */
export const firstTagKey = (keys: readonly [Buffer, ...Buffer[]]): Buffer =>
  derive(keys.at(-1) ?? keys[0], Buffer.alloc(0), 'breakglass marker');

/**
 * @param text a key a line, newest first: 32 bytes in base64. Blank lines and those that begin with `#` say nothing
 * @returns the keys, or nothing when a line holds anything else, a key stands twice, or there is none
 */
export function parseKeyFile(text: string): readonly [Buffer, ...Buffer[]] | undefined {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const written = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const [newest, ...older] = written.map((line) => Buffer.from(line, 'base64'));
  const whole = written.every((line) => /^[A-Za-z0-9+/]{43}=$/.test(line)) && new Set(written).size === written.length;
  return newest && whole ? [newest, ...older] : undefined;
}

/** What a part is sealed for: its place in one account, and the custodian it was promised to. */
export const partContext = (key: string, custodianObjectId: string): string => `${key}|${custodianObjectId}`;
