import type { Door, Outcome } from '../../app/dispatch.ts';
import type { Reads } from '../../app/ports.ts';
import { requestCard } from '../../cards/views/request.ts';
import type { Intent } from '../../core/intent.ts';
import type { Pressed } from '../actionDef.ts';
import type { Asker } from '../commandDef.ts';
import { viewerOf } from '../viewer.ts';

/** What every button of a request needs. */
export interface RequestNeeds {
  readonly asker: Asker;
  readonly store: Pick<Reads, 'get' | 'now'>;
  readonly door: Door;
}

/** Wants something of a request and shows the presser the request as it is then. The shared card is redrawn by a job. */
export async function decideOn({ asker, store, door }: RequestNeeds, intent: Intent): Promise<Pressed> {
  return shown(await door.dispatch(asker.actor, intent), asker, store);
}

async function shown(outcome: Outcome, asker: Asker, store: Pick<Reads, 'now'>): Promise<Pressed> {
  if (!outcome.ok) return { kind: 'refused', refusal: outcome.error };
  const { request } = outcome.value;
  if (!request) throw new Error('the door took an intent on a request and gave none back');
  return { kind: 'card', rendered: requestCard(request, await store.now(), viewerOf(asker)) };
}
