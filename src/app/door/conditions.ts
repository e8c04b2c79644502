import { checkDelivery, endAlert } from '../../core/alert/delivery.ts';
import { later } from '../../core/decision.ts';
import { no, ok } from '../../core/result.ts';
import { raised } from './alerts.ts';
import { change, type Outcome, type Scene, type Wanted } from './scene.ts';

/** One alert an outage: while the condition stands, that it began is no news (SI-1). */
export async function began(scene: Scene, { condition, tenantId, cause }: Wanted<'condition-began'>): Promise<Outcome> {
  const id = scene.random.id('AL');
  if (!(await scene.tx.beginCondition(condition, id, scene.now))) return no({ code: 'nothing-to-do' });
  return raised(scene, id, tenantId, cause, undefined);
}

export async function ended(scene: Scene, { condition, replaced }: Wanted<'condition-ended'>): Promise<Outcome> {
  const alertId = await scene.tx.endCondition(condition);
  if (alertId === undefined) return no({ code: 'nothing-to-do' });
  return change(scene, 'alert', alertId, (alert) => endAlert(alert, scene.now, replaced ? { replaced } : {}));
}

/** What was acknowledged already, even in this moment, is left as people know it; so is a failure that came after. */
export async function inHand(scene: Scene, { requestId, untilAt, how, replaced }: Wanted<'request-in-hand'>): Promise<Outcome> {
  let outcome: Outcome = no({ code: 'nothing-to-do' });
  for (const alertId of await scene.tx.openFailures(requestId, untilAt)) {
    const ended = await change(scene, 'alert', alertId, (alert) =>
      alert.state === 'open'
        ? endAlert(alert, scene.now, replaced ? { replaced } : how ? { inHand: how } : {})
        : no({ code: 'nothing-to-do' }),
    );
    if (ended.ok) outcome = ended;
  }
  return outcome;
}

/** Whether the alert's own card in the channel was confirmed is a fact of this transaction. */
export async function deliveryChecked(scene: Scene, { alertId }: Wanted<'check-delivery'>): Promise<Outcome> {
  const delivered = await scene.tx.isSent(`alert:${alertId}:0`);
  return change(scene, 'alert', alertId, (alert) => checkDelivery(alert, delivered, scene.now));
}

/** The next heartbeat sets out, unless one is still under way: its job goes on until Teams takes it. */
export async function beat({ tx, now, heartbeatSeconds = 300 }: Scene): Promise<Outcome> {
  const number = await tx.nextHeartbeat(now);
  await tx.owe([
    ...(number === undefined ? [] : [{ kind: 'beat', number } as const]),
    { kind: 'intend', key: 'heartbeat', at: later(now, heartbeatSeconds * 1_000), intent: { kind: 'beat' } },
  ]);
  return ok({});
}
