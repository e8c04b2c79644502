import { door } from '../../src/app/dispatch.ts';
import type { Log } from '../../src/app/log.ts';
import { connect } from '../../src/store/connect.ts';
import { openOutbox } from '../../src/store/outbox.ts';
import { storeOn } from '../../src/store/store.ts';
import { actor, POLICY } from './requests.ts';

/**
 * One replica as its own process: takes clicks from its parent, `{ id, who, kind, requestId, planDigest, at }`, and makes each exactly at
 * the given millisecond, so that two replicas click at the same instant. Answers `{ id, code }`.
 */
interface Click {
  readonly id: number;
  readonly who: string;
  readonly kind: 'approve' | 'deny';
  readonly requestId: string;
  readonly planDigest: string;
  readonly at: number;
}

const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => quiet };
const database = await connect({ kind: 'server', url: process.argv[2] ?? '' });
const outbox = await openOutbox(database, quiet);
const store = storeOn(database, outbox);
const front = door({
  store,
  random: { below: () => 0, id: (prefix) => `${prefix}-${process.pid}` },
  policy: { ...POLICY, coolDownHours: 0, partExpiryHours: 72, validationDays: 90, proofMinutes: 5 },
  tenant: () => undefined,
});

process.on('message', (click: Click) => {
  void (async () => {
    while (Date.now() < click.at) await new Promise(setImmediate);
    const { requestId, planDigest } = click;
    const intent =
      click.kind === 'approve'
        ? ({ kind: 'approve-request', requestId, planDigest } as const)
        : ({ kind: 'deny-request', requestId, planDigest, reason: 'no' } as const);
    try {
      const outcome = await front.dispatch(actor(click.who, 'approver'), intent);
      process.send?.({ id: click.id, code: outcome.ok ? 'ok' : outcome.error.code });
    } catch (error) {
      process.send?.({ id: click.id, code: `fault: ${error instanceof Error ? error.message : String(error)}` });
    }
  })();
});
process.on('disconnect', () => void store.close().then(() => process.exit(0)));
process.send?.('ready');
