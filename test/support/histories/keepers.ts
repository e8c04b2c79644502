import { custodiansWho, deviceBound } from '../installation/custodians.ts';
import type { Machine } from '../installation/machine.ts';
import type { Keepers } from './happenings.ts';

const synced = (id: string) => ({ id, kind: 'fido2', passkeyType: 'synced' }) as const;

/** What custodians do when a worker has nothing to do. @returns whether any had something to do */
export function keeping(machine: Machine, how: Keepers | undefined): () => Promise<boolean> {
  switch (how) {
    case undefined:
      return () => machine.custodiansAct();
    case 'away':
      return async () => false;
    case 'silent':
      return () => custodiansWho({ says: false })(machine);
    case 'copying':
      return () => custodiansWho({ registers: (id) => [synced(id)] })(machine);
    case 'doubling':
      return () => custodiansWho({ registers: (id) => [deviceBound(id), deviceBound(`${id}-too`)] })(machine);
    case 'losing': {
      let lost = false;
      return async () => {
        if (!lost) lost = await loseOne(machine);
        return machine.custodiansAct();
      };
    }
  }
}

/** The first who is handed something looks at it, and says that it is lost. */
async function loseOne({ store, press }: Machine): Promise<boolean> {
  for (const { id: accountId, parts, held } of await store.accounts(100)) {
    const mine = parts.find(({ pass, state }) => state === 'ready' && (pass !== undefined || held !== undefined));
    if (!mine) continue;
    const { custodian, number: partNumber } = mine;
    const shown = await press(custodian.objectId, { kind: 'reveal-part', accountId, partNumber });
    if (!shown.ok) continue;
    return (await press(custodian.objectId, { kind: 'lose-part', accountId, partNumber })).ok;
  }
  return false;
}
