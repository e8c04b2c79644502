import { custodiansWho, deviceBound } from '../installation/custodians.ts';
import type { Machine } from '../installation/machine.ts';
import type { Keepers } from './happenings.ts';

const synced = (id: string) => ({ id, kind: 'fido2', passkeyType: 'synced' }) as const;

/** What custodians do when a worker has nothing to do. @returns whether any had something to do */
export function keeping(machine: Machine, how: Keepers | undefined): () => Promise<boolean> {
  // Somebody may have deleted the user: the pass opens nothing, and its custodian says nevertheless what they were asked.
  const place = {
    ...machine,
    register: (id: string, keys: Parameters<Machine['register']>[1]) =>
      machine.tenant.users.has(id) ? machine.register(id, keys) : undefined,
  };
  const act = custodiansWho({});
  switch (how) {
    case undefined:
      return () => act(place);
    case 'away':
      return async () => false;
    case 'silent':
      return () => custodiansWho({ says: false })(place);
    case 'copying':
      return () => custodiansWho({ registers: (id) => [synced(id)] })(place);
    case 'doubling':
      return () => custodiansWho({ registers: (id) => [deviceBound(id), deviceBound(`${id}-too`)] })(place);
    case 'losing': {
      let lost = false;
      return async () => {
        if (!lost) lost = await loseOne(machine);
        return act(place);
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
