import { randomBytes } from 'node:crypto';
import { CustodyFault } from '../app/custodyFault.ts';
import type { Custody } from '../app/ports.ts';
import { decrypt, encrypt, KEY_BYTES } from './envelope.ts';
import { type KeptTagKey, type TagKeeper, tagKeeper, type Wrapped, type Wrapping } from './tagKey.ts';

const VERSION = 2;

/**
 * Seals each part under a fresh data key that the vault's key wraps (RSA-OAEP-256): `version | length and identifier of the key version |
 * length and wrapped data key | nonce | tag | ciphertext`. All of the head is authenticated with the context. A part opens as long as the vault unwraps
 * with the version that wrapped it, and never again once that version is disabled or gone (CR-4).
 */
export function keyVaultCustody(vault: Wrapping, kept: KeptTagKey): Custody & TagKeeper {
  return {
    async seal(part, context) {
      const dataKey = randomBytes(KEY_BYTES);
      try {
        const head = headOf(await vault.wrap(dataKey));
        return Buffer.concat([head, encrypt(dataKey, part, additional(head, context))]);
      } finally {
        dataKey.fill(0);
      }
    },
    async open(sealed, context) {
      const parsed = parseHead(Buffer.from(sealed));
      if (!parsed) throw new CustodyFault('shut', new Error('not sealed under a key vault'));
      const dataKey = await vault.unwrap(parsed.wrapped);
      try {
        return decrypt(dataKey, parsed.box, additional(parsed.head, context));
      } catch (error) {
        throw new CustodyFault('shut', error);
      } finally {
        dataKey.fill(0);
      }
    },
    ...tagKeeper(vault, kept),
  };
}

function headOf({ keyId, key }: Wrapped): Buffer {
  const id = Buffer.from(keyId, 'utf8');
  return Buffer.concat([Buffer.of(VERSION), lengthOf(id), id, lengthOf(key), key]);
}

function lengthOf(bytes: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return length;
}

function parseHead(bytes: Buffer): { readonly wrapped: Wrapped; readonly head: Buffer; readonly box: Buffer } | undefined {
  if (bytes[0] !== VERSION || bytes.length < 3) return undefined;
  const idEnd = 3 + bytes.readUInt16BE(1);
  if (bytes.length < idEnd + 2) return undefined;
  const end = idEnd + 2 + bytes.readUInt16BE(idEnd);
  if (bytes.length < end) return undefined;
  const wrapped = { keyId: bytes.toString('utf8', 3, idEnd), key: bytes.subarray(idEnd + 2, end) };
  return { wrapped, head: bytes.subarray(0, end), box: bytes.subarray(end) };
}

const additional = (head: Buffer, context: string): Buffer => Buffer.concat([head, Buffer.from(context, 'utf8')]);
