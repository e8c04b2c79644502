import { isIP } from 'node:net';
import type { Door } from '../../app/dispatch.ts';
import type { Reads } from '../../app/ports.ts';
import { drillCard } from '../../cards/views/drill.ts';
import { type DrillValues, drillFormCard } from '../../cards/views/drillForm.ts';
import type { Announced } from '../../core/drill/run.ts';
import { DRILL_MINUTES } from '../../core/drill/types.ts';
import type { FieldFault, Refusal } from '../../core/refusal.ts';
import { no, ok, type Result } from '../../core/result.ts';
import type { ActionDef } from '../actionDef.ts';
import type { Asker } from '../commandDef.ts';
import { asTyped, type Data, idFrom, typed } from '../input.ts';

interface Args {
  readonly accountId: string;
  readonly values: DrillValues;
  readonly announced: Result<Announced, readonly FieldFault[]>;
}
interface Needs {
  readonly asker: Asker;
  readonly door: Door;
  readonly store: Pick<Reads, 'get'>;
}

export const drillStart: ActionDef<Args, Needs> = {
  verb: 'drill.start',
  via: ['adaptiveCard/action'],
  parse(data) {
    const id = idFrom(data, 'account');
    if (!id.ok) return id;
    const { values, unread } = readFields(data);
    return ok({ accountId: id.value, values, announced: unread.length > 0 ? no(unread) : announcedIn(values) });
  },
  async run({ accountId, values, announced }, { asker, door, store }) {
    const outcome = announced.ok
      ? await door.dispatch(asker.actor, { kind: 'start-drill', accountId, announced: announced.value })
      : no({ code: 'bad-form', faults: announced.error } as const);
    if (outcome.ok) {
      if (!outcome.value.drill) throw new Error('the door started a drill and gave none back');
      return { kind: 'card', rendered: drillCard(outcome.value.drill) };
    }
    const refusal: Refusal = outcome.error;
    const account = refusal.code === 'bad-form' ? await store.get('account', accountId) : undefined;
    if (!account || refusal.code !== 'bad-form') return { kind: 'refused', refusal };
    return { kind: 'refused', refusal, rendered: drillFormCard(account, values, refusal.faults) };
  },
};

/** The fields as they were typed, and what is no text within bounds. */
function readFields(data: Data): { readonly values: DrillValues; readonly unread: readonly FieldFault[] } {
  const unread: FieldFault[] = [];
  const take = (field: keyof DrillValues, longest: number): string => {
    const read = typed(data, field, longest);
    if (read.ok) return read.value;
    unread.push(read.error);
    return asTyped(data, field);
  };
  return { values: { minutes: take('minutes', 4), person: take('person', 80), origin: take('origin', 64) }, unread };
}

function announcedIn({ minutes, person, origin }: DrillValues): Result<Announced, readonly FieldFault[]> {
  const { least, most, usual } = DRILL_MINUTES;
  const count = minutes === '' ? usual : Number(/^\d{1,3}$/.test(minutes) ? minutes : Number.NaN);
  const faults: FieldFault[] = [
    ...(count >= least && count <= most ? [] : [{ field: 'minutes', problem: 'not-in-range', detail: `${least} to ${most}` } as const]),
    ...(origin === '' || isIP(origin) !== 0 ? [] : [{ field: 'origin', problem: 'not-an-address' } as const]),
  ];
  if (faults.length > 0) return no(faults);
  return ok({ minutes: count, ...(person === '' ? {} : { person }), ...(origin === '' ? {} : { origin: origin.toLowerCase() }) });
}
