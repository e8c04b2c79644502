import type { JWTVerifyGetKey } from 'jose';
import { countedRefusals } from '../app/countedRefusals.ts';
import type { Door } from '../app/dispatch.ts';
import type { Log } from '../app/log.ts';
import type { Actor } from '../core/people.ts';
import { parse } from './azureMonitor.ts';
import type { SignalHandler } from './server.ts';
import { isFromSender, type SenderSettings } from './signalToken.ts';

export interface SignalNeeds {
  readonly door: Door;
  readonly sender: SenderSettings;
  readonly keys: JWTVerifyGetKey;
  knowsTenant(tenantId: string): boolean;
  now(): Promise<Date>;
  readonly log: Log;
}

const FEED: Actor = { kind: 'system', part: 'feed' };

/**
 * The secure webhook of Azure Monitor. Everything an alert says is stored before the alert is acknowledged; whatever fails on our side is
 * thrown, and the server answers 503 so that the sender tries again (AL-1). What cannot be read is an alert too (AL-5).
 */
export function azureMonitorSignals(needs: SignalNeeds): SignalHandler {
  const refused = countedRefusals(needs.log, 'signal.refused', { feed: 'azure-monitor' });
  return async (body, headers) => {
    if (!(await isFromSender(headers.authorization, needs.sender, needs.keys))) {
      refused();
      return { status: 401 };
    }
    const receivedAt = await needs.now();
    const { alertId, events, unreadable } = parse(body, receivedAt);
    const unknown = new Set<string>();
    for (const event of events) {
      if (!needs.knowsTenant(event.tenantId)) {
        unknown.add(event.tenantId);
        continue;
      }
      const outcome = await needs.door.dispatch(FEED, { kind: 'sign-in-seen', event, feed: 'azure-monitor', receivedAt });
      if (!outcome.ok && outcome.error.code !== 'nothing-to-do') throw new Error(`a sign-in was refused: ${outcome.error.code}`);
    }
    for (const [index, words] of [
      ...unreadable,
      ...[...unknown].map((id) => `A sign-in came from the tenant ${id}, which is not configured.`),
    ].entries()) {
      const outcome = await needs.door.dispatch(FEED, {
        kind: 'raise-alert',
        dedupe: `azure-monitor:${alertId}:${index}`,
        cause: { kind: 'unreadable-signal', feed: 'azure-monitor', words },
      });
      if (!outcome.ok && outcome.error.code !== 'nothing-to-do') throw new Error(`an unreadable signal was refused: ${outcome.error.code}`);
    }
    needs.log.info('signal.accepted', { feed: 'azure-monitor', events: events.length, unreadable: unreadable.length + unknown.size });
    return { status: 200 };
  };
}
