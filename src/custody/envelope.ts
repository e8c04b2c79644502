import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

const NONCE = 12;
const TAG = 16;
export const KEY_BYTES = 32;

/**
 * AES-256-GCM as `nonce | tag | ciphertext`.
 *
 * @param key        32 bytes; never used for a second message
 * @param additional authenticated, not stored: where the sealed bytes belong
 */
export function encrypt(key: Buffer, clear: Buffer, additional: Buffer): Buffer {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(additional);
  const ciphertext = Buffer.concat([cipher.update(clear), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]);
}

/** @throws when any byte of key, box or `additional` is not what it was */
export function decrypt(key: Buffer, box: Buffer, additional: Buffer): Buffer {
  if (box.length < NONCE + TAG) throw new Error('a sealed part is too short');
  const cipher = createDecipheriv('aes-256-gcm', key, box.subarray(0, NONCE)).setAAD(additional);
  cipher.setAuthTag(box.subarray(NONCE, NONCE + TAG));
  const clear = cipher.update(box.subarray(NONCE + TAG));
  try {
    cipher.final();
  } catch (error) {
    clear.fill(0);
    throw error;
  }
  return clear;
}

/** 32 characters of base64url that only the holder of the key can make. */
export const tagUnder = (key: Buffer, text: string): string =>
  createHmac('sha256', key).update(text, 'utf8').digest('base64url').slice(0, 32);
