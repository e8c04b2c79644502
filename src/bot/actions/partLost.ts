import type { Door } from '../../app/dispatch.ts';
import type { Reads } from '../../app/ports.ts';
import { partCard } from '../../cards/views/part.ts';
import { partReminderCard } from '../../cards/views/partReminder.ts';
import { personOf } from '../../core/decision.ts';
import type { ActionDef } from '../actionDef.ts';
import type { Asker } from '../commandDef.ts';
import { type PartRef, partFrom } from './partKey.ts';

interface Needs {
  readonly asker: Asker;
  readonly door: Door;
  readonly store: Pick<Reads, 'now'>;
}

/** Comes from the custodian's card, and from the one that tells owners of a part nobody confirmed. */
export const partLost: ActionDef<PartRef, Needs> = {
  verb: 'part.lost',
  via: ['adaptiveCard/action'],
  parse: partFrom,
  async run(ref, { asker, door, store }) {
    const outcome = await door.dispatch(asker.actor, { kind: 'lose-part', ...ref });
    if (!outcome.ok) return { kind: 'refused', refusal: outcome.error };
    const { account } = outcome.value;
    if (!account) throw new Error('the door noted a part as lost and gave no account back');
    const person = personOf(asker.actor);
    const mine = account.parts.some(
      ({ number, custodian }) => number === ref.partNumber && person.ok && custodian.objectId === person.value.objectId,
    );
    return {
      kind: 'card',
      rendered: mine ? partCard(account, ref.partNumber, await store.now()) : partReminderCard(account, ref.partNumber),
    };
  },
};
