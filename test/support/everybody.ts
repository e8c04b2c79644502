import { PEOPLE, type PersonName } from '../../sandbox/world.ts';
import type { People, Writes } from '../../src/app/ports.ts';
import { person } from './builders.ts';

const NAMES = Object.keys(PEOPLE) as PersonName[];

/** Everybody is in the directory, with the roles they have in the sandbox. */
export const lookUpAll: People['lookUp'] = async (objectId) => {
  const name = NAMES.find((each) => PEOPLE[each].objectId === objectId);
  return name ? { ok: true, person: person(name), roles: new Set(PEOPLE[name].roles) } : { ok: false, why: 'unknown' };
};

/** Everybody has a chat with the bot. */
export function inTouch(store: Pick<Writes, 'remember'>): void {
  for (const name of NAMES) {
    const { objectId } = person(name);
    void store.remember({ place: { kind: 'person', objectId }, conversationId: objectId, reference: {} });
  }
}
