import { partKey } from '../../../src/core/account/types.ts';
import type { Intent } from '../../../src/core/intent.ts';
import type { AuthenticationMethod } from '../../../src/core/posture/snapshot.ts';
import type { Machine } from './machine.ts';

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
export const custodiansAct = (machine: Machine): Promise<boolean> => custodiansWho({})(machine);

export const custodiansWho =
  ({ registers = (id) => [deviceBound(id)], says }: Registering) =>
  async (machine: Machine): Promise<boolean> => {
    const { store, tenant } = machine;
    for (const { id, objectId, parts, held } of store.rows.account.values()) {
      // Of a password that takes the place of keys, a part: seen and stored while the run waits for it.
      const own = held && parts.find(({ pass, state }) => pass === undefined && (state === 'ready' || state === 'shown'));
      if (own) {
        const of = { accountId: id, partNumber: own.number };
        const kind = own.state === 'ready' ? 'reveal-part' : 'store-part';
        const said = kind === 'reveal-part' ? { kind, ...of } : { kind, ...of, location: 'Safe', sealNumber: '' };
        const outcome = await machine.press(own.custodian.objectId, said as Intent);
        if (!outcome.ok) throw new Error(`the part of ${own.custodian.name}: ${outcome.error.code}`);
        return true;
      }
      const mine = parts.find(({ pass, state }) => pass !== undefined && state === 'ready');
      if (!mine || !store.rows.sealed.has(partKey(id, mine.number))) continue;
      const { custodian, number: partNumber, pass } = mine;
      const shown = await machine.press(custodian.objectId, { kind: 'reveal-part', accountId: id, partNumber });
      if (!shown.ok) throw new Error(`the pass of ${custodian.name}: ${shown.error.code}`);
      const user = tenant.users.get(objectId);
      if (!user) throw new Error('a pass for nobody');
      const keys = registers(`key-${pass?.requestId}-${partNumber}`);
      const others = user.methods.filter((method) => keys.every((key) => key.id !== method.id));
      user.methods = [...others.map((method) => (method.kind === 'temporaryAccessPass' ? { ...method, usable: false } : method)), ...keys];
      if (says !== false)
        await machine.press(custodian.objectId, { kind: 'store-part', accountId: id, partNumber, location: 'Safe', sealNumber: '' });
      return true;
    }
    return false;
  };
