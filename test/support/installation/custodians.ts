import type { Outcome } from '../../../src/app/dispatch.ts';
import type { Store } from '../../../src/app/ports.ts';
import { partKey } from '../../../src/core/account/types.ts';
import type { Intent } from '../../../src/core/intent.ts';
import type { AuthenticationMethod } from '../../../src/core/posture/snapshot.ts';

/** Where custodians act: what is durable of the product, and the tenant they register their keys in. */
export interface Custodians {
  readonly store: Pick<Store, 'accounts' | 'sealedPart'>;
  /** Presses a button, at a replica that does nothing else. */
  press(objectId: string, intent: Intent): Promise<Outcome>;
  /** Signs in with the pass, which is used up, and registers the keys. */
  register(objectId: string, keys: readonly AuthenticationMethod[]): void | Promise<void>;
}

/** What a custodian does with a pass: the methods that come to the account, and whether they say that the key is registered. */
export interface Registering {
  readonly registers?: (id: string) => readonly AuthenticationMethod[];
  readonly says?: false;
}

/** A key bound to its device, as Graph shows it. */
export const deviceBound = (id: string): AuthenticationMethod => ({ id, kind: 'fido2', passkeyType: 'deviceBound', model: 'YubiKey 5' });

/**
 * Whoever has a pass that was not opened yet opens it, registers a key bound to its device, and says so. What people do outlives the process like
 * everything else on the machine.
 *
 * @returns whether anybody had something to do
 */
export const custodiansAct = (place: Custodians): Promise<boolean> => custodiansWho({})(place);

export const custodiansWho =
  ({ registers = (id) => [deviceBound(id)], says }: Registering) =>
  async ({ store, press, register }: Custodians): Promise<boolean> => {
    for (const { id, objectId, parts, held } of await store.accounts(100)) {
      // Of a password that takes the place of keys, a part: seen and stored while the run waits for it.
      const own = held && parts.find(({ pass, state }) => pass === undefined && (state === 'ready' || state === 'shown'));
      if (own) {
        const of = { accountId: id, partNumber: own.number };
        const kind = own.state === 'ready' ? 'reveal-part' : 'store-part';
        const said = kind === 'reveal-part' ? { kind, ...of } : { kind, ...of, location: 'Safe', sealNumber: '' };
        const outcome = await press(own.custodian.objectId, said as Intent);
        if (!outcome.ok) throw new Error(`the part of ${own.custodian.name}: ${outcome.error.code}`);
        return true;
      }
      const mine = parts.find(({ pass, state }) => pass !== undefined && state === 'ready');
      if (!mine || !(await store.sealedPart(partKey(id, mine.number)))) continue;
      const { custodian, number: partNumber, pass } = mine;
      const shown = await press(custodian.objectId, { kind: 'reveal-part', accountId: id, partNumber });
      if (!shown.ok) throw new Error(`the pass of ${custodian.name}: ${shown.error.code}`);
      await register(objectId, registers(`key-${pass?.requestId}-${partNumber}`));
      if (says !== false)
        await press(custodian.objectId, { kind: 'store-part', accountId: id, partNumber, location: 'Safe', sealNumber: '' });
      return true;
    }
    return false;
  };
