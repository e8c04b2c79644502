import type { Log } from '../app/log.ts';
import type { Notice, Reads, SecondPath, SecondPaths } from '../app/ports.ts';
import { plainAlert } from '../cards/alertNotice.ts';
import type { NotifyWhy } from '../core/effect.ts';

interface Needs {
  readonly store: Pick<Reads, 'get'>;
  readonly secondPaths: SecondPaths;
  readonly log: Log;
}

const DOES: { readonly [W in NotifyWhy]: Notice['does'] } = {
  raised: 'trigger',
  undelivered: 'trigger',
  unacknowledged: 'trigger',
  acknowledged: 'acknowledge',
  over: 'resolve',
};

/** Says an alert by mail or page, as it is now (AL-8). A way that is not set up says nothing; one that fails throws, and is tried again. */
export async function sayElsewhere({ store, secondPaths, log }: Needs, path: SecondPath, alertId: string, why: NotifyWhy): Promise<void> {
  const tell = secondPaths[path];
  if (!tell) return;
  const alert = await store.get('alert', alertId);
  if (!alert) throw new Error(`there is no alert ${alertId}`);
  try {
    await tell({ alertId, does: DOES[why], severity: alert.severity, at: alert.raisedAt, ...plainAlert(alert, why) });
  } catch (error) {
    log.error('second-path.failed', { path, alertId, error });
    throw error;
  }
  log.info('second-path.told', { path, alertId, why });
}
