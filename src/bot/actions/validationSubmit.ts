import type { Door } from '../../app/dispatch.ts';
import type { Reads } from '../../app/ports.ts';
import { validationCard } from '../../cards/views/validation.ts';
import { no, ok } from '../../core/result.ts';
import { CHECKLIST, type ValidationReport } from '../../core/validation/schedule.ts';
import type { ActionDef } from '../actionDef.ts';
import type { Asker } from '../commandDef.ts';
import { idFrom, typed } from '../input.ts';

const NOTE_MAX = 1_000;

interface Needs {
  readonly asker: Asker;
  readonly door: Door;
  readonly store: Pick<Reads, 'now'>;
}

export const validationSubmit: ActionDef<{ readonly accountId: string; readonly report: ValidationReport }, Needs> = {
  verb: 'validation.submit',
  via: ['adaptiveCard/action'],
  parse(data) {
    const id = idFrom(data, 'account');
    if (!id.ok) return id;
    const note = typed(data, 'note', NOTE_MAX);
    if (!note.ok) return no({ code: 'bad-form', faults: [note.error] });
    // A switch says the text "true"; whatever else it says, the point is not confirmed.
    const confirmed = CHECKLIST.filter((point) => data[point.id] === 'true' || data[point.id] === true).map((point) => point.id);
    return ok({ accountId: id.value, report: { confirmed, note: note.value } });
  },
  async run(args, { asker, door, store }) {
    const outcome = await door.dispatch(asker.actor, { kind: 'complete-validation', ...args });
    if (!outcome.ok) return { kind: 'refused', refusal: outcome.error };
    const { account } = outcome.value;
    if (!account) throw new Error('the door took a validation and gave no account back');
    return { kind: 'card', rendered: validationCard(account, await store.now()) };
  },
};
