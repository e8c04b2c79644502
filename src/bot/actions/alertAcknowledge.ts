import type { Door } from '../../app/dispatch.ts';
import type { Reads } from '../../app/ports.ts';
import { alertCard } from '../../cards/views/alert.ts';
import { ok } from '../../core/result.ts';
import type { ActionDef } from '../actionDef.ts';
import type { Asker } from '../commandDef.ts';
import { idFrom } from '../input.ts';

interface Needs {
  readonly asker: Asker;
  readonly door: Door;
  readonly store: Pick<Reads, 'now'>;
}

export const alertAcknowledge: ActionDef<{ readonly alertId: string }, Needs> = {
  verb: 'alert.acknowledge',
  via: ['adaptiveCard/action'],
  parse(data) {
    const id = idFrom(data, 'alert');
    return id.ok ? ok({ alertId: id.value }) : id;
  },
  async run(args, { asker, door, store }) {
    const outcome = await door.dispatch(asker.actor, { kind: 'acknowledge-alert', ...args });
    if (!outcome.ok) return { kind: 'refused', refusal: outcome.error };
    const { alert } = outcome.value;
    if (!alert) throw new Error('the door acknowledged an alert and gave none back');
    return { kind: 'card', rendered: alertCard(alert, await store.now()) };
  },
};
