import { createHash } from 'node:crypto';

/**
 * The audit log as a Merkle tree (RFC 6962, section 2.1), kept as its frontier: the roots of the complete subtrees, largest first.
 * Appending costs at most log2(n) hashes; the root over any prefix can be recomputed by anyone who has the entries.
 */
export interface TreeHead {
  readonly size: number;
  /** One 32-byte root per set bit of `size`, most significant bit first. */
  readonly frontier: readonly Buffer[];
}

export const EMPTY_TREE: TreeHead = { size: 0, frontier: [] };

const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

/** SHA-256(0x00 ‖ body): the bytes as stored, never JSON written again. */
export const leafHash = (body: Uint8Array): Buffer => sha256(LEAF, body);

/** SHA-256(0x01 ‖ left ‖ right). */
const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => sha256(NODE, left, right);

export function append(head: TreeHead, leaf: Buffer): TreeHead {
  const frontier = [...head.frontier];
  let node = leaf;
  // Each trailing 1 bit of the old size is a complete subtree as large as ours: join them, as in binary addition.
  for (let size = head.size; size % 2 === 1; size = Math.floor(size / 2)) {
    const left = frontier.pop();
    if (left === undefined) throw new RangeError('frontier does not fit its size');
    node = nodeHash(left, node);
  }
  frontier.push(node);
  return { size: head.size + 1, frontier };
}

/** The Merkle tree hash of everything appended so far; of nothing, SHA-256 of the empty string. */
export function rootOf(head: TreeHead): Buffer {
  const right = head.frontier.at(-1);
  if (right === undefined) return sha256();
  return head.frontier.slice(0, -1).reduceRight((node, left) => nodeHash(left, node), right);
}
