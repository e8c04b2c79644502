import type { Door } from '../app/dispatch.ts';
import type { Log } from '../app/log.ts';
import type { People } from '../app/ports.ts';
import { ROLES } from '../core/roster/roster.ts';

const WORKER = { kind: 'system', part: 'worker' } as const;

/** Reads who holds each role. A list that could not be read completely is not a change of the roster. */
export async function pollRosters(people: People, door: Door, log: Log): Promise<void> {
  for (const role of ROLES) {
    try {
      await door.dispatch(WORKER, { kind: 'roster-read', role, holders: await people.holders(role) });
    } catch (error) {
      log.warn('roster.unread', { role, error });
    }
  }
}
