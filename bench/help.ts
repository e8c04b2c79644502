import type { Benchmark, Figure } from './benchmark.ts';
import { type Channel, helpMessage, startChannel } from './channel.ts';
import { type Child, startChild } from './child.ts';
import { median, spread } from './figures.ts';
import { openProduct } from './requests.ts';

const AT_ONCE = 4;
const WARM_UP = 1_500;
const ROUNDS = 7;
const MESSAGES = 600;

/**
 * CPU of the process that holds the bot, per `help` in a personal chat, against a bare botbuilder echo. Load, keys and connector are in
 * this process. Rounds take turns, so that what else the machine does falls on all of them.
 */
export const help: Benchmark = {
  name: 'help',
  title: 'Cost of a stateless command',
  async run({ database }) {
    const url = await database();
    const { store } = await openProduct(url); // makes the tables
    await store.close();
    const channel = await startChannel(AT_ONCE);
    const children: Child[] = [];
    try {
      const start = async (name: string, databaseUrl?: string): Promise<Child> => {
        const child = await startChild(name, { origin: channel.origin, ...(databaseUrl ? { databaseUrl } : {}) });
        children.push(child);
        await round(child, channel, WARM_UP);
        return child;
      };
      const echo = await start('echo');
      const bot = await start('product');
      const durable = await start('product', url);
      const costs = { echo: [] as number[], bot: [] as number[], durable: [] as number[] };
      for (let number = 0; number < ROUNDS; number += 1) {
        costs.echo.push(await round(echo, channel, MESSAGES));
        costs.bot.push(await round(bot, channel, MESSAGES));
        costs.durable.push(await round(durable, channel, MESSAGES));
      }
      return figures(costs);
    } finally {
      await Promise.all(children.map((child) => child.stop()));
      await channel.close();
    }
  },
};

/** @returns microseconds of CPU a message */
async function round(child: Child, channel: Channel, messages: number): Promise<number> {
  const [before, answersBefore] = [await child.cpu(), channel.received()];
  let left = messages;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const { status } = await channel.deliver(child.port, helpMessage('rita'));
      if (status !== 200) throw new Error(`the bot answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  const used = (await child.cpu()) - before;
  if (channel.received() - answersBefore !== messages) throw new Error('not every message was answered once');
  return used / messages;
}

function figures({ echo, bot, durable }: Readonly<Record<'echo' | 'bot' | 'durable', readonly number[]>>): Figure[] {
  const base = median(echo);
  const ratios = (costs: readonly number[]): number[] => costs.map((cost, index) => cost / (echo[index] ?? base));
  return [
    { what: 'bare botbuilder echo, CPU a message', value: base, measured: spread(echo, 'µs', 0) },
    { what: '`help`, CPU a message', value: median(bot), measured: spread(bot, 'µs', 0) },
    {
      what: '`help` against the echo',
      goal: { words: '≤ 1.15 ×', most: 1.15 },
      value: median(bot) / base,
      measured: `${(median(bot) / base).toFixed(2)} × (rounds: ${spread(ratios(bot), '×', 2)})`,
    },
    {
      what: '`help` with the record of handled messages on a PostgreSQL server, against the echo',
      value: median(durable) / base,
      measured: `${(median(durable) / base).toFixed(2)} ×, ${spread(durable, 'µs', 0)}`,
    },
  ];
}
