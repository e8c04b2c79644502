import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { append, EMPTY_TREE, leafHash, rootOf } from '../../src/core/audit/tree.ts';

const tree = (bodies: readonly Uint8Array[]) => bodies.reduce((head, body) => append(head, leafHash(body)), EMPTY_TREE);

/** RFC 6962, section 2.1, word for word: the oracle the frontier is held against. */
function byDefinition(leaves: readonly Uint8Array[]): Buffer {
  const sha256 = (...parts: readonly Uint8Array[]) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
  const [only] = leaves;
  if (only === undefined) return sha256();
  if (leaves.length === 1) return sha256(Buffer.of(0), only);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Buffer.of(1), byDefinition(leaves.slice(0, split)), byDefinition(leaves.slice(split)));
}

describe('the audit tree', () => {
  // Inputs and roots of the Certificate Transparency reference implementation's own tests, quoted in many RFC 6962 libraries.
  const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
  const roots = [
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ];

  test.each(roots.map((root, index) => [index + 1, root]))('DA-1: gives the published root of the first %i test leaves', (size, root) => {
    expect(rootOf(tree(inputs.slice(0, Number(size)).map((hex) => Buffer.from(hex, 'hex')))).toString('hex')).toBe(root);
  });

  test('DA-1: of nothing is the hash of nothing', () => {
    expect(rootOf(EMPTY_TREE).toString('hex')).toBe(createHash('sha256').digest('hex'));
  });

  test('DA-1: has the root that RFC 6962 defines, for any leaves', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 70 }), (bodies) => {
        const head = tree(bodies);
        expect(head.size).toBe(bodies.length);
        expect(rootOf(head)).toEqual(byDefinition(bodies));
      }),
    );
  });

  test('DA-1: changes with any change, cut, or exchange of entries', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.uint8Array({ maxLength: 12 }), {
          minLength: 2,
          maxLength: 40,
          selector: (bytes) => Buffer.from(bytes).toString('hex'),
        }),
        fc.nat(),
        (bodies, at) => {
          const whole = rootOf(tree(bodies)).toString('hex');
          const index = at % (bodies.length - 1);
          const swapped = bodies.map((body, i) => (i === index ? bodies[index + 1] : i === index + 1 ? bodies[index] : body) as Uint8Array);
          const changed = bodies.map((body, i) => (i === index ? Buffer.concat([body, Buffer.of(7)]) : body));
          for (const other of [swapped, changed, bodies.slice(0, -1)]) expect(rootOf(tree(other)).toString('hex')).not.toBe(whole);
        },
      ),
    );
  });
});
