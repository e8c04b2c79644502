import type { EmergencyAccount } from '../../core/account/types.ts';
import { DRILL_MINUTES } from '../../core/drill/types.ts';
import type { FieldFault } from '../../core/refusal.ts';
import { type Header, header } from '../header.ts';
import { faultWords } from '../refusals.ts';
import { type Rendered, template } from '../render.ts';
import { plain, typedBefore } from '../text.ts';

/** All that templates/drillForm.json names. */
interface DrillFormView {
  readonly header: Header;
  readonly name: string;
  readonly tenant: string;
  readonly hasFaults: boolean;
  readonly faults: readonly string[];
  readonly minutes: string;
  readonly minutesLabel: string;
  readonly person: string;
  readonly origin: string;
  readonly notes: readonly string[];
  readonly id: string;
}

export interface DrillValues {
  readonly minutes: string;
  readonly person: string;
  readonly origin: string;
}

const render = template<DrillFormView>('drillForm');

/** The form a drill is announced with; with faults, as it was filled in. */
export function drillFormCard(account: EmergencyAccount, values: DrillValues, faults: readonly FieldFault[] = []): Rendered {
  const { least, most } = DRILL_MINUTES;
  const view: DrillFormView = {
    header: header('Drill an emergency access account', 'accent', 'I announce it in the security channel, and time every hop'),
    name: plain(account.userPrincipalName),
    tenant: plain(`in ${account.tenantName}`, 120),
    hasFaults: faults.length > 0,
    faults: faults.slice(0, 6).map(faultWords),
    minutes: typedBefore(values.minutes, 40),
    minutesLabel: `How many minutes it is open (${least} to ${most})`,
    person: typedBefore(values.person, 400),
    origin: typedBefore(values.origin, 400),
    notes: [
      'Somebody signs in with a wrong password once, then with the right one. Both must raise an alert, and both must be acknowledged.',
      'Alerts stay what they are: a drill labels them and hides nothing.',
    ],
    id: plain(account.id, 80),
  };
  return { card: render(view), summary: plain(`Drill of ${account.userPrincipalName}`, 200) };
}
