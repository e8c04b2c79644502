import { attack } from './attack.ts';
import type { Benchmark, Figure } from './benchmark.ts';
import { quantile } from './figures.ts';

const REQUESTS = 200_000;
const SLOW = 200;
const MB = 2 ** 20;

/** What anybody on the internet can do to the bot's HTTP front, and what a legitimate command notices of it. */
export const hostile: Benchmark = {
  name: 'hostile',
  title: `${REQUESTS.toLocaleString('en')} hostile requests and ${SLOW} slow connections`,
  async run() {
    const result = await attack({ requests: REQUESTS, slowConnections: SLOW, atOnce: 32, seed: 7, legitimateEveryMs: 200, warmUp: 20_000 });
    const { before, after, legitimateMs, statuses } = result;
    const answers = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${count} × ${status === 0 ? 'cut' : status}`);
    const p99 = quantile(legitimateMs, 0.99);
    return [
      {
        what: 'exceptions nobody caught and rejections nobody handled; 1 more if the process ended',
        goal: { words: '0', most: 0 },
        value: after.faults + (result.alive ? 0 : 1),
        measured: String(after.faults + (result.alive ? 0 : 1)),
      },
      {
        what: 'delay of the event loop, p99.9',
        goal: { words: '≤ 100 ms', most: 100 },
        value: after.p999Ms,
        measured: `${after.p999Ms.toFixed(1)} ms (most ${after.maxMs.toFixed(1)})`,
      },
      {
        what: 'growth of memory after collection: heap and buffers',
        goal: { words: '≤ 64 MB', most: 64 },
        value: (after.heapBytes - before.heapBytes) / MB,
        measured: `${((after.heapBytes - before.heapBytes) / MB).toFixed(1)} MB (resident: ${((after.rssBytes - before.rssBytes) / MB).toFixed(1)} MB)`,
      },
      {
        what: 'a signed command in between, p99',
        goal: { words: '≤ 500 ms', most: 500 },
        value: p99,
        measured: `${p99.toFixed(1)} ms (median ${quantile(legitimateMs, 0.5).toFixed(1)}, ${legitimateMs.length} commands)`,
      },
      {
        what: 'hostile requests a second',
        value: (result.requests / result.durationMs) * 1_000,
        measured: `${((result.requests / result.durationMs) * 1_000).toFixed(0)} (${answers.join(', ')})`,
      },
      { what: 'slow connections cut and opened again', value: result.slowCuts, measured: String(result.slowCuts) },
      { what: 'lines of log it caused', value: after.logLines - before.logLines, measured: String(after.logLines - before.logLines) },
    ] satisfies Figure[];
  },
};
