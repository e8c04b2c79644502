import { sql } from 'kysely';
import { MINUTE } from '../src/core/decision.ts';
import { ringTimers } from '../src/jobs/timers.ts';
import { moveClock } from '../src/store/clock.ts';
import type { Benchmark } from './benchmark.ts';
import { ms, quantile, spread, timed } from './figures.ts';
import { openProduct } from './requests.ts';

const TIMERS = 100_000;
const DUE = 50;
const LOOKS = 300;
const FEED = { kind: 'system', part: 'feed' } as const;

/** Reminders far ahead for 100,000 accounts; then 50 alerts nobody acknowledged fall due among them. */
export const timers: Benchmark = {
  name: 'timers',
  title: `What is due among ${TIMERS.toLocaleString('en')} timers`,
  async run({ database: newDatabase }) {
    const { database, store, front } = await openProduct(await newDatabase());
    try {
      await sql`
        insert into timer (key, at, intent)
        select 'remind:EA-' || n, now() + interval '1 day' + random() * interval '90 days',
               json_build_object('kind', 'remind-validation', 'accountId', 'EA-' || n)
        from generate_series(1, ${sql.lit(TIMERS)}) n`.execute(database.current());
      await sql`analyze timer`.execute(database.current());
      for (let number = 0; number < DUE; number += 1) {
        const cause = { kind: 'feed-failing', feed: 'graph-sign-ins', words: 'The feed is silent.' } as const;
        const outcome = await front.dispatch(FEED, { kind: 'raise-alert', dedupe: `bench:${number}`, cause });
        if (!outcome.ok) throw new Error(`an alert was refused: ${outcome.error.code}`);
      }
      const looks: number[] = [];
      for (let number = 0; number < LOOKS; number += 1) {
        looks.push(
          await timed(async () => {
            if (await store.ringNextTimer(async () => undefined)) throw new Error('a timer rang before its time');
          }),
        );
      }
      await moveClock(database, 6 * MINUTE);
      const rung = await timed(() => ringTimers(store, front));
      const { timers: left } = await store.backlog();
      // Besides, that no card of theirs arrived is an alert with a timer of its own.
      if (left < TIMERS + DUE) throw new Error(`each alert should have set its next timer; there are ${left}`);
      return [
        {
          what: 'finding that nothing is due, p99',
          goal: { words: '≤ 20 ms', most: 20 },
          value: quantile(looks, 0.99),
          measured: `p99 ${ms(quantile(looks, 0.99))}; median ${spread(looks, 'ms')}, n ${LOOKS}`,
        },
        {
          what: `finding and handling one of ${DUE} due (each escalates an alert), mean`,
          value: rung / DUE,
          measured: `${ms(rung / DUE)} each, ${ms(rung)} for all, one after the other`,
        },
      ];
    } finally {
      await store.close();
    }
  },
};
