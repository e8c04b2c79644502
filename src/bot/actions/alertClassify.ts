import type { Door } from '../../app/dispatch.ts';
import type { Reads } from '../../app/ports.ts';
import { alertCard } from '../../cards/views/alert.ts';
import { CLASSIFICATIONS, type Classification } from '../../core/alert/types.ts';
import { no, ok } from '../../core/result.ts';
import type { ActionDef } from '../actionDef.ts';
import type { Asker } from '../commandDef.ts';
import { idFrom } from '../input.ts';

interface Needs {
  readonly asker: Asker;
  readonly door: Door;
  readonly store: Pick<Reads, 'now'>;
}

export const alertClassify: ActionDef<{ readonly alertId: string; readonly as: Classification }, Needs> = {
  verb: 'alert.classify',
  via: ['adaptiveCard/action'],
  parse(data) {
    const id = idFrom(data, 'alert');
    if (!id.ok) return id;
    const as = CLASSIFICATIONS.find((each) => each === data.classification);
    return as ? ok({ alertId: id.value, as }) : no({ code: 'bad-form', faults: [{ field: 'classification', problem: 'unknown-choice' }] });
  },
  async run(args, { asker, door, store }) {
    const outcome = await door.dispatch(asker.actor, { kind: 'classify-alert', ...args });
    if (!outcome.ok) return { kind: 'refused', refusal: outcome.error };
    const { alert } = outcome.value;
    if (!alert) throw new Error('the door classified an alert and gave none back');
    return { kind: 'card', rendered: alertCard(alert, await store.now()) };
  },
};
