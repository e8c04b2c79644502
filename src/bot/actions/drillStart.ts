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
import { type Data, idFrom, typed } from '../input.ts';

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
    const values = valuesFrom(data);
    return values.ok ? ok({ accountId: id.value, values: values.value, announced: announcedIn(values.value) }) : values;
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

/** Text as it was typed. Refusal `bad-form` for what is no text at all. */
function valuesFrom(data: Data): Result<DrillValues, Refusal> {
  const [minutes, person, origin] = [typed(data, 'minutes', 4), typed(data, 'person', 80), typed(data, 'origin', 64)];
  const faults = [minutes, person, origin].flatMap((each) => (each.ok ? [] : [each.error]));
  if (!minutes.ok || !person.ok || !origin.ok) return no({ code: 'bad-form', faults });
  return ok({ minutes: minutes.value, person: person.value, origin: origin.value });
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
