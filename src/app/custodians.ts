import type { PersonRef } from '../core/people.ts';
import type { NamedPerson } from '../core/request/named.ts';
import { namedPeople, type OpenFactsNeeds } from './openRequest.ts';
import type { Reads } from './ports.ts';

/**
 * Those who are to keep a part, as the directory knows them now: who holds the role in one reading, and why not of each who does not.
 *
 * @throws when it could not be read
 */
export async function custodiansNow(
  needs: Pick<OpenFactsNeeds, 'people'> & { readonly store: Pick<Reads, 'conversation'> },
  custodians: readonly PersonRef[],
): Promise<NamedPerson[]> {
  if (custodians.length === 0) return [];
  const holders = await needs.people.holders('custodian');
  const now = await Promise.all(
    custodians.map(async ({ objectId }): Promise<NamedPerson[]> => {
      const person = holders.find((each) => each.objectId === objectId);
      if (!person) return namedPeople(needs, [objectId]);
      const conversation = await needs.store.conversation({ kind: 'person', objectId });
      return [{ objectId, person, isCustodian: true, reachable: conversation !== undefined }];
    }),
  );
  return now.flat();
}
