import { expect, test } from '@jest/globals';
import type { Log } from '../../src/app/log.ts';
import { closed } from '../../src/signals/closing.ts';

test('what closes is waited for; what never does, or fails, keeps nobody from stopping and is in the log', async () => {
  const warned: unknown[] = [];
  const log: Log = {
    info: () => undefined,
    warn: (event, fields) => warned.push([event, fields]),
    error: () => undefined,
    child: () => log,
  };
  let isOver = false;
  const closing = new Promise<void>((resolve) => setTimeout(resolve, 20)).then(() => {
    isOver = true;
  });
  await closed(closing, 5_000, log);
  expect([isOver, warned]).toEqual([true, []]);
  await closed(new Promise(() => undefined), 20, log);
  const error = new Error('the database is away');
  await closed(Promise.reject(error), 5_000, log);
  expect(warned).toEqual([
    ['stream.unclosed', {}],
    ['stream.unclosed', { error }],
  ]);
});
