import type { Door } from '../../app/dispatch.ts';
import { drillCard } from '../../cards/views/drill.ts';
import { ok } from '../../core/result.ts';
import type { ActionDef } from '../actionDef.ts';
import type { Asker } from '../commandDef.ts';
import { idFrom } from '../input.ts';

export const drillStop: ActionDef<{ readonly drillId: string }, { readonly asker: Asker; readonly door: Door }> = {
  verb: 'drill.stop',
  via: ['adaptiveCard/action'],
  parse(data) {
    const id = idFrom(data, 'drill');
    return id.ok ? ok({ drillId: id.value }) : id;
  },
  async run({ drillId }, { asker, door }) {
    const outcome = await door.dispatch(asker.actor, { kind: 'stop-drill', drillId });
    if (!outcome.ok) return { kind: 'refused', refusal: outcome.error };
    if (!outcome.value.drill) throw new Error('the door stopped a drill and gave none back');
    return { kind: 'card', rendered: drillCard(outcome.value.drill) };
  },
};
