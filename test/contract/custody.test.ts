import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { CustodyFault } from '../../src/app/custodyFault.ts';
import type { Custody } from '../../src/app/ports.ts';
import { custodyOf } from '../../src/custody/custody.ts';
import { keyFileCustody, partContext } from '../../src/custody/keyFile.ts';
import { parseVaultKey } from '../../src/custody/keyId.ts';
import { keyVaultCustody } from '../../src/custody/keyVault.ts';
import type { KeptTagKey, Wrapped } from '../../src/custody/tagKey.ts';
import { type VaultCredential, vaultKeys } from '../../src/custody/vaultKeys.ts';
import { startKeyVault, VAULT_HOST } from '../support/keyVault.ts';

const PART = Buffer.from('kR7#mQ2=xW9&bT4+nH6?', 'latin1');
const CONTEXT = partContext('EA-1:1', '5b7c0b5e-9a53-4c2f-8a55-0d6a3a8f0c01');

let vault: Awaited<ReturnType<typeof startKeyVault>>;
beforeAll(async () => {
  vault = await startKeyVault('parts');
});
afterAll(() => vault.close());
beforeEach(() => {
  delete vault.state.fault;
});

function keptInMemory(): KeptTagKey & { now?: Wrapped } {
  return {
    async read() {
      return this.now;
    },
    async keepFirst(wrapped) {
      this.now ??= wrapped;
      return this.now;
    },
    async replace(before, after) {
      if (this.now?.keyId === before.keyId) this.now = after;
    },
  };
}

const KEY = parseVaultKey(`https://${VAULT_HOST}/keys/parts`, 'vault.azure.net');
const custodyWith = (kept: KeptTagKey, more: { key?: string; credential?: VaultCredential; limitMs?: number } = {}) => {
  const key = more.key === undefined ? KEY : parseVaultKey(more.key, 'vault.azure.net');
  if (!key) throw new Error('no key');
  return keyVaultCustody(vaultKeys(key, more.credential ?? vault.credential, vault.policies, more.limitMs), kept);
};

const KINDS: [string, () => Custody][] = [
  ['a key file', () => custodyOf({ keys: [Buffer.alloc(32, 7), Buffer.alloc(32, 8)] }, keptInMemory())],
  ['a key vault', () => custodyWith(keptInMemory())],
];

describe.each(KINDS)('the port Custody over %s', (_name, make) => {
  let custody: Custody;
  beforeAll(() => {
    custody = make();
  });

  test('CR-4: a part opens to what was sealed, also when it is empty or long', async () => {
    for (const part of [PART, Buffer.alloc(0), Buffer.alloc(300, 'x')])
      expect(await custody.open(await custody.seal(part, CONTEXT), CONTEXT)).toEqual(part);
  });

  test('CR-4: it stays shut anywhere else', async () => {
    const sealed = await custody.seal(PART, CONTEXT);
    for (const other of ['', partContext('EA-1:2', '5b7c0b5e-9a53-4c2f-8a55-0d6a3a8f0c01'), partContext('EA-1:1', 'somebody')])
      await expect(custody.open(sealed, other)).rejects.toMatchObject({ name: 'CustodyFault', why: 'shut', passing: false });
  });

  test('CR-4: it stays shut when a byte was changed or the end cut off', async () => {
    const sealed = Buffer.from(await custody.seal(PART, CONTEXT));
    // Every kind of byte: form, lengths, name of the key, wrapped key or salt, nonce, tag, content.
    const step = Math.ceil(sealed.length / 24);
    for (let index = 0; index < sealed.length; index += index < 4 ? 1 : step) {
      const changed = Buffer.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      await expect(custody.open(changed, CONTEXT)).rejects.toMatchObject({ why: 'shut' });
      await expect(custody.open(sealed.subarray(0, index), CONTEXT)).rejects.toMatchObject({ why: 'shut' });
    }
  });

  test('CR-4: it shows nothing of the part, and two never look alike', async () => {
    const [one, other] = [Buffer.from(await custody.seal(PART, CONTEXT)), Buffer.from(await custody.seal(PART, CONTEXT))];
    for (let start = 0; start + 4 <= PART.length; start += 1) expect(one.includes(PART.subarray(start, start + 4))).toBe(false);
    expect(one.subarray(-64).equals(other.subarray(-64))).toBe(false);
  });

  test('GR-3: tags are steady, differ by text, and fit on a user', async () => {
    const tags = await custody.tags('R-1');
    expect(await custody.tags('R-1')).toEqual(tags);
    expect(await custody.tags('R-2')).not.toContain(tags[0]);
    for (const tag of tags) expect(tag).toMatch(/^[\w-]{32}$/);
  });
});

describe('a key file', () => {
  test('GR-3: markers stay the same when its key is changed, also those made before a tag key was kept', async () => {
    const [first, second, third] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2), Buffer.alloc(32, 3)];
    const before = (await keyFileCustody(first).tags('R-1'))[0];
    const kept = keptInMemory();
    const both = custodyOf({ keys: [second, first] }, kept);
    expect(await both.tags('R-1')).toEqual([before]);
    await expect(custodyOf({ keys: [third] }, kept).tags('R-1')).rejects.toMatchObject({ why: 'shut' });
    expect(await custodyOf({ keys: [third, second] }, kept).renew()).toMatch(/^file:[0-9a-f]{16}$/);
    expect(await custodyOf({ keys: [third] }, kept).tags('R-1')).toEqual([before]);
  });
});

describe('a key vault', () => {
  test('CR-4: what crosses the wire and what is stored holds neither part nor data key', async () => {
    vault.seen.length = 0;
    const custody = custodyWith(keptInMemory());
    const sealed = Buffer.from(await custody.seal(PART, CONTEXT));
    const wrapping = vault.seen.find(({ path, authorised }) => path.endsWith('/wrapkey') && authorised);
    const dataKey = Buffer.from((JSON.parse(wrapping?.body ?? '{}') as { value: string }).value, 'base64url');
    expect(dataKey).toHaveLength(32);
    expect(sealed.includes(dataKey)).toBe(false);
    for (const { body } of vault.seen) expect(body).not.toContain(PART.toString('base64'));
    // No data key is ever sent to somebody who has not proved to be the vault we ask for tokens for.
    for (const { authorised, body } of vault.seen) if (!authorised) expect(body).toBe('');
    expect(sealed.includes(`https://${VAULT_HOST}/keys/parts/${vault.version()}`)).toBe(true);
  });

  test('CR-4: after a rotation older parts still open, new ones are sealed under the new version', async () => {
    const custody = custodyWith(keptInMemory());
    const old = await custody.seal(PART, CONTEXT);
    const version = vault.rotate();
    expect(Buffer.from(await custody.seal(PART, CONTEXT)).includes(version)).toBe(true);
    expect(await custody.open(old, CONTEXT)).toEqual(PART);
  });

  test('CR-4: once a version is disabled or gone, nothing sealed under it opens any more, whoever has the database', async () => {
    const custody = custodyWith(keptInMemory());
    const before = vault.version();
    const [one, other] = [await custody.seal(PART, CONTEXT), await custody.seal(PART, CONTEXT)];
    vault.rotate();
    vault.setEnabled(before, false);
    for (const sealed of [one, other]) await expect(custody.open(sealed, CONTEXT)).rejects.toMatchObject({ why: 'shut', passing: false });
    // The same rows with the same database, in another process and years later.
    await expect(custodyWith(keptInMemory()).open(one, CONTEXT)).rejects.toMatchObject({ why: 'shut' });
    vault.remove();
    await expect(custody.open(one, CONTEXT)).rejects.toMatchObject({ why: 'shut' });
    expect(await custody.open(await custody.seal(PART, CONTEXT), CONTEXT)).toEqual(PART);
  });

  test('GR-3: the tag key is made once, kept wrapped, and outlives the version that wrapped it', async () => {
    const kept = keptInMemory();
    const [tag] = await custodyWith(kept).tags('R-1');
    const wrapped = kept.now;
    const old = vault.version();
    expect(await custodyWith(kept).tags('R-1')).toEqual([tag]);
    expect(kept.now).toBe(wrapped);
    const current = vault.rotate();
    expect(await custodyWith(kept).renew()).toBe(`https://${VAULT_HOST}/keys/parts/${current}`);
    expect(kept.now?.keyId).toContain(current);
    vault.setEnabled(old, false);
    expect(await custodyWith(kept).tags('R-1')).toEqual([tag]);
  });

  test('GR-3: two replicas that make the tag key at once end with the same one', async () => {
    const kept = keptInMemory();
    const [one, other] = await Promise.all([custodyWith(kept).tags('R-1'), custodyWith(kept).tags('R-1')]);
    expect(one).toEqual(other);
  });

  test('a version that is named in the settings is the one that seals', async () => {
    const version = vault.version();
    vault.rotate();
    const custody = custodyWith(keptInMemory(), { key: `https://${VAULT_HOST}/keys/parts/${version}` });
    expect(Buffer.from(await custody.seal(PART, CONTEXT)).includes(version)).toBe(true);
  });

  test('GR-8: what stands in the database chooses no other vault and no other key', async () => {
    const custody = custodyWith(keptInMemory());
    const sealed = Buffer.from(await custody.seal(PART, CONTEXT));
    const at = sealed.indexOf('/keys/parts/');
    for (const [from, to] of [
      [VAULT_HOST, 'bg-evil.vault.azure.net'],
      ['/keys/parts/', '/keys/other/'],
      ['https:', 'http:/'],
    ] as const) {
      const moved = Buffer.from(sealed);
      moved.write(to, moved.indexOf(from), 'latin1');
      vault.seen.length = 0;
      await expect(custody.open(moved, CONTEXT)).rejects.toMatchObject({ why: 'shut' });
      expect(vault.seen).toEqual([]);
    }
    expect(at).toBeGreaterThan(0);
  });

  test.each([
    ['does not answer', 'silent', 'away'],
    ['is out of order', 'unavailable', 'away'],
    ['sends us elsewhere', 'redirect', 'away'],
    ['refuses our identity', 'forbidden', 'denied'],
    ['names another key', 'other-key', 'away'],
  ] as const)('one that %s is a fault that says what to do, in time', async (_what, fault, why) => {
    const custody = custodyWith(keptInMemory(), { limitMs: 800 });
    const sealed = await custodyWith(keptInMemory()).seal(PART, CONTEXT);
    vault.state.fault = fault;
    const began = performance.now();
    const works =
      fault === 'other-key'
        ? [custody.seal(PART, CONTEXT)]
        : [custody.seal(PART, CONTEXT), custody.open(sealed, CONTEXT), custody.tags('R-1')];
    const settled = await Promise.allSettled(works);
    const failures = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    expect(failures).toHaveLength(works.length);
    for (const failure of failures) {
      expect(failure).toBeInstanceOf(CustodyFault);
      expect(failure).toMatchObject({ why, passing: true });
      // Nothing of the request goes into a log: the data key was in it.
      expect(JSON.stringify({ ...(failure as object), cause: String((failure as Error).cause) })).not.toMatch(/value|Bearer|"body"/i);
      expect(Object.keys((failure as { cause: object }).cause)).toEqual([]);
    }
    expect(performance.now() - began).toBeLessThan(7_000);
  });

  test('a token that cannot be had is a fault of the same kind', async () => {
    const never: VaultCredential = { getToken: () => new Promise(() => undefined) };
    await expect(custodyWith(keptInMemory(), { credential: never, limitMs: 300 }).seal(PART, CONTEXT)).rejects.toMatchObject({
      why: 'away',
    });
  });
});

describe('the identifier of a key', () => {
  test('GR-8, ST-3: is one of a vault of the cloud, and nothing else', () => {
    const version = '0123456789abcdef0123456789abcdef';
    expect(parseVaultKey('https://bg-keys.vault.azure.net/keys/parts', 'vault.azure.net')).toEqual({
      vaultUrl: 'https://bg-keys.vault.azure.net',
      name: 'parts',
    });
    expect(parseVaultKey(`https://bg-keys.vault.usgovcloudapi.net/keys/parts/${version}`, 'vault.usgovcloudapi.net')).toEqual({
      vaultUrl: 'https://bg-keys.vault.usgovcloudapi.net',
      name: 'parts',
      version,
    });
    for (const bad of [
      'http://bg-keys.vault.azure.net/keys/parts',
      'https://bg-keys.vault.azure.net:8443/keys/parts',
      'https://user@bg-keys.vault.azure.net/keys/parts',
      'https://bg-keys.vault.azure.net.evil.example/keys/parts',
      'https://vault.azure.net/keys/parts',
      'https://a.b.vault.azure.net/keys/parts',
      'https://bg-keys.vault.usgovcloudapi.net/keys/parts',
      'https://bg-keys.vault.azure.net/secrets/parts',
      'https://bg-keys.vault.azure.net/keys/parts/latest',
      'https://bg-keys.vault.azure.net/keys/parts?x=1',
      'https://bg-keys.vault.azure.net/keys/',
      '',
    ])
      expect({ bad, key: parseVaultKey(bad, 'vault.azure.net') }).toEqual({ bad, key: undefined });
  });
});
