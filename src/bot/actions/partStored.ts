import type { Door } from '../../app/dispatch.ts';
import type { Reads } from '../../app/ports.ts';
import { partCard } from '../../cards/views/part.ts';
import { no, ok } from '../../core/result.ts';
import type { ActionDef } from '../actionDef.ts';
import type { Asker } from '../commandDef.ts';
import { typed } from '../input.ts';
import { type PartRef, partFrom } from './partKey.ts';

const TEXT_MAX = 200;

interface Needs {
  readonly asker: Asker;
  readonly door: Door;
  readonly store: Pick<Reads, 'now'>;
}

/** Comes from the custodian's card, and from the dialog the part was shown in. */
export const partStored: ActionDef<PartRef & { readonly location: string; readonly sealNumber: string }, Needs> = {
  verb: 'part.stored',
  via: ['adaptiveCard/action', 'task/submit'],
  parse(data) {
    const ref = partFrom(data);
    if (!ref.ok) return ref;
    const location = typed(data, 'location', TEXT_MAX);
    const sealNumber = typed(data, 'sealNumber', TEXT_MAX);
    if (!location.ok) return no({ code: 'bad-form', faults: [location.error] });
    if (!sealNumber.ok) return no({ code: 'bad-form', faults: [sealNumber.error] });
    return ok({ ...ref.value, location: location.value, sealNumber: sealNumber.value });
  },
  async run(args, { asker, door, store }) {
    const outcome = await door.dispatch(asker.actor, { kind: 'store-part', ...args });
    if (!outcome.ok) return { kind: 'refused', refusal: outcome.error };
    const { account } = outcome.value;
    if (!account) throw new Error('the door stored a part and gave no account back');
    const rendered = partCard(account, args.partNumber, await store.now());
    const closing =
      account.credential === 'passkey'
        ? 'Thank you. I look now whether the tenant shows your key; your card says so.'
        : `Thank you. Part ${args.partNumber} is recorded as stored.`;
    return { kind: 'card', rendered, closing };
  },
};
