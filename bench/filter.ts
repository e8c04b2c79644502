import { TELLTALES } from '../src/core/alert/concern.ts';
import { prefilter } from '../src/signals/filter.ts';
import type { Benchmark, Figure } from './benchmark.ts';
import { median } from './figures.ts';
import { guid, signInEvents } from './signInRecords.ts';

const EVENTS = 4;
const RECORDS_EACH = 100;
const RUNS = 100;
const GOAL = 10;
const WATCHED = [1, 1_000, 10_000];

/** Sign-in records of a stream searched for watched accounts, against parsing every one of them, and against only reading the memory. */
export const filter: Benchmark = {
  name: 'filter',
  title: 'Searching a stream of sign-in records for watched accounts',
  async run() {
    const events = signInEvents(EVENTS, RECORDS_EACH);
    const bytes = events.reduce((sum, event) => sum + event.length, 0);
    const records = EVENTS * RECORDS_EACH;
    const ids = (many: number): string[] => Array.from({ length: many }, (_id, index) => guid('watched', index));
    const parsedFor = new Set(ids(1_000));
    // One after the other in every round, and the median of all: other work on the machine slows whichever it hits.
    const ways = new Map<string, (event: Buffer) => boolean>([
      ['scan', (event) => event.indexOf(0x00) >= 0],
      ['parse', (event) => parsedHas(event, parsedFor)],
      ...WATCHED.map((many): [string, (event: Buffer) => boolean] => [`search ${many}`, prefilter([...ids(many), ...TELLTALES])]),
    ]);
    const times = new Map([...ways.keys()].map((name) => [name, [] as number[]]));
    for (let run = -RUNS / 10; run < RUNS; run += 1) {
      for (const [name, holds] of ways) {
        const began = performance.now();
        const found = events.filter(holds).length;
        const took = performance.now() - began;
        if (found !== 0) throw new Error(`${name} found ${found} events, and nobody watched is in any`);
        if (run >= 0) times.get(name)?.push(took);
      }
    }
    const took = (name: string): number => median(times.get(name) ?? []);
    const rate = (name: string): string =>
      `${(bytes / took(name) / 1e6).toFixed(2)} GB/s, ${((records / took(name)) | 0).toLocaleString('en')} k records/s`;
    const figures = WATCHED.map((many): Figure => {
      const share = took(`search ${many}`) / took('parse');
      return {
        what: `${many.toLocaleString('en')} watched: time of the search as a share of \`JSON.parse\` and a Set`,
        ...(many > 1_000 ? {} : { goal: { words: `≤ 1/${GOAL}`, most: 1 / GOAL } }),
        value: share,
        measured: `1/${(1 / share).toFixed(1)} (${rate(`search ${many}`)})`,
      };
    });
    return [
      ...figures,
      { what: '`JSON.parse` and a Set of 1,000', value: took('parse'), measured: rate('parse') },
      {
        what: 'a plain scan of the same memory for one byte; how much longer the search for 1,000 takes',
        value: took('search 1000') / took('scan'),
        measured: `${rate('scan')}; ${(took('search 1000') / took('scan')).toFixed(1)} times`,
      },
      { what: 'size of a record', value: bytes / records, measured: `${(bytes / records).toFixed(0)} bytes` },
    ];
  },
};

/** The plain way: parse everything, look the one field up. It would not even see ids in other fields. */
function parsedHas(event: Buffer, ids: ReadonlySet<string>): boolean {
  const { records } = JSON.parse(event.toString('utf8')) as { records: { properties: { userId: string } }[] };
  return records.some(({ properties }) => ids.has(properties.userId.toLowerCase()));
}
