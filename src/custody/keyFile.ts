import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { Custody } from '../app/ports.ts';

const VERSION = 1;
const SALT = 16;
const NONCE = 12;
const TAG = 16;

/**
 * Seals credential parts with AES-256-GCM under a key of its own per part, derived (HKDF-SHA256, random salt) from a master key that lives
 * in a file outside the database. A sealed part is `version | salt | nonce | tag | ciphertext` and opens only with the context it was
 * sealed for: a row moved to another custodian stays shut.
 *
 * @param masterKey 32 random bytes
 */
export function keyFileCustody(masterKey: Buffer): Custody {
  if (masterKey.length !== 32) throw new RangeError('the custody key must be 32 bytes');
  const derive = (salt: Buffer): Buffer => Buffer.from(hkdfSync('sha256', masterKey, salt, 'breakglass credential part', 32));
  return {
    async seal(part, context) {
      const salt = randomBytes(SALT);
      const nonce = randomBytes(NONCE);
      const key = derive(salt);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context, 'utf8'));
      const ciphertext = Buffer.concat([cipher.update(part), cipher.final()]);
      key.fill(0);
      return Buffer.concat([Buffer.of(VERSION), salt, nonce, cipher.getAuthTag(), ciphertext]);
    },
    tag(text) {
      const key = Buffer.from(hkdfSync('sha256', masterKey, '', 'breakglass marker', 32));
      return createHmac('sha256', key).update(text, 'utf8').digest('base64url').slice(0, 32);
    },
    async open(sealed, context) {
      const bytes = Buffer.from(sealed);
      if (bytes[0] !== VERSION || bytes.length < 1 + SALT + NONCE + TAG) throw new Error('a sealed part has an unknown form');
      const at = (start: number, size: number): Buffer => bytes.subarray(start, start + size);
      const key = derive(at(1, SALT));
      const cipher = createDecipheriv('aes-256-gcm', key, at(1 + SALT, NONCE)).setAAD(Buffer.from(context, 'utf8'));
      cipher.setAuthTag(at(1 + SALT + NONCE, TAG));
      const part = Buffer.concat([cipher.update(bytes.subarray(1 + SALT + NONCE + TAG)), cipher.final()]);
      key.fill(0);
      return part;
    },
  };
}

/** What a part is sealed for: its place in one account, and the custodian it was promised to. */
export const partContext = (key: string, custodianObjectId: string): string => `${key}|${custodianObjectId}`;
