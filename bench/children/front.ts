import { monitorEventLoopDelay } from 'node:perf_hooks';
import { jsonLog } from '../../src/logging/jsonLog.ts';
import { frontOn } from '../../test/support/front.ts';
import type { FrontReport } from '../attack.ts';

/** The bot's HTTP front alone, with everything behind it as small as can be, so that what grows or stalls is the front. */
const { origin } = JSON.parse(process.argv[2] ?? '{}') as { origin: string };

let faults = 0;
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    faults += 1;
    process.stderr.write(`${event}: ${error instanceof Error ? error.stack : String(error)}\n`);
  });
}
let logLines = 0;
const log = jsonLog('info', () => {
  logLines += 1;
});
const { http } = frontOn(origin, log, { keep: 200 });
const delay = monitorEventLoopDelay({ resolution: 5 });
const { port } = await http.listen(0, '127.0.0.1');

process.on('message', (said) => {
  if (said === 'begin') {
    delay.reset();
    delay.enable();
  }
  if (typeof gc === 'function') for (let times = 0; times < 3; times += 1) gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  // The timer behind the histogram is itself that much apart: what is over it is delay.
  const p999Ms = Math.max(0, delay.percentile(99.9) / 1e6 - 5);
  const report: FrontReport = {
    faults,
    logLines,
    p999Ms,
    maxMs: Math.max(0, delay.max / 1e6 - 5),
    heapBytes: heapUsed + external,
    rssBytes: rss,
  };
  if (said === 'begin') delay.reset();
  process.send?.(report);
});
process.once('disconnect', () => process.exit(0));
process.send?.(port);
