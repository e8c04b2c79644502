import { type Decision, later, MINUTE } from '../decision.ts';
import type { Effect } from '../effect.ts';
import { no, ok } from '../result.ts';
import type { Alert } from './types.ts';

/** Name of the condition that cards do not reach the channel. */
export const TEAMS_UNREACHABLE = 'teams';

/** How long an alert may take to the channel before it goes another way too. Teams' own retries take seconds (AL-8). */
const deliverWithinMs = ({ severity }: Alert): number => (severity === 'critical' ? 1 : 3) * MINUTE;

/** The timer that looks whether the alert has reached the channel. What nobody is asked to act on is not worth another path. */
export function deliveryTimer(alert: Alert): Effect[] {
  if (alert.severity === 'low') return [];
  const intent = { kind: 'check-delivery', alertId: alert.id } as const;
  return [{ kind: 'intend', key: `deliver:${alert.id}`, at: later(alert.raisedAt, deliverWithinMs(alert)), intent }];
}

/**
 * An alert that is not in the channel in time: one that somebody is in goes by mail and page itself; of others it is said once an outage
 * that Teams cannot be reached, so that a thousand of them are no thousand pages.
 *
 * @param delivered Teams confirmed the card in the channel
 */
export function checkDelivery(alert: Alert, delivered: boolean, now: Date): Decision<Alert> {
  if (delivered || alert.state !== 'open' || now < later(alert.raisedAt, deliverWithinMs(alert))) return no({ code: 'nothing-to-do' });
  const cause = { kind: 'teams-unreachable', sinceAt: alert.raisedAt } as const;
  const began = { kind: 'condition-began', condition: TEAMS_UNREACHABLE, cause } as const;
  const effects: Effect[] = [{ kind: 'intend', key: `condition:${TEAMS_UNREACHABLE}`, at: now, intent: began }];
  if (alert.severity !== 'critical' || alert.notifiedAt !== undefined) return ok({ next: alert, effects });
  const next = { ...alert, notifiedAt: now, revision: alert.revision + 1 };
  return ok({ next, effects: [...effects, { kind: 'notify', alertId: alert.id, why: 'undelivered' }] });
}

/** What an alert told of is over: it asks for nothing any more, and the channel hears it in a card of its own, because an update is silent. */
export function endAlert(
  alert: Alert,
  now: Date,
  { replaced, inHand, mended }: Pick<Alert, 'replaced' | 'inHand' | 'mended'> = {},
): Decision<Alert> {
  if (alert.state === 'over') return no({ code: 'nothing-to-do' });
  const subject = `alert:${alert.id}` as const;
  const { asked: _asked, ...rest } = alert;
  const next: Alert = {
    ...rest,
    state: 'over',
    overAt: now,
    ...(replaced ? { replaced } : {}),
    ...(inHand ? { inHand } : {}),
    ...(mended ? { mended } : {}),
    revision: alert.revision + 1,
  };
  return ok({
    next,
    effects: [
      { kind: 'forget', key: `escalate:${alert.id}` },
      { kind: 'forget', key: `deliver:${alert.id}` },
      { kind: 'show', subject },
      { kind: 'post', key: `${subject}:over`, place: { kind: 'channel' }, subject, variant: 'over', urgent: true },
      ...(alert.notifiedAt === undefined ? [] : [{ kind: 'notify', alertId: alert.id, why: 'over' } as const]),
    ],
  });
}
