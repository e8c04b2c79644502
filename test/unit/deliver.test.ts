import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Intent } from '../../src/core/intent.ts';
import { ok } from '../../src/core/result.ts';
import { deliver } from '../../src/signals/deliver.ts';
import { aSignIn } from '../support/builders.ts';

const intent: Intent = { kind: 'sign-in-seen', event: aSignIn(), feed: 'event-hub' };
const otherwise: Intent = { kind: 'signal-quarantined', feed: 'event-hub', dedupe: 'd', words: 'w', bytes: new Uint8Array() };

/** Whether the door fails at an intent, in the so many-th round of tries. */
let fails: (intent: Intent, round: number) => boolean;
let round: number;
let told: Intent['kind'][];
let tried: string[];
const stopping = new AbortController().signal;
const delivered = () =>
  deliver(
    {
      store: { now: async () => new Date() },
      door: {
        async dispatch(_actor, wanted) {
          tried.push(`${round}:${wanted.kind}`);
          if (fails(wanted, round)) throw new Error('the door failed');
          told.push(wanted.kind);
          return ok({});
        },
      },
      failed: async () => undefined,
      stopping,
      pause: async () => {
        round += 1;
      },
    },
    { intent, otherwise },
  );

beforeEach(() => {
  [round, told, tried] = [0, [], []];
});

describe('what a stream brought', () => {
  test('AL-1, AL-5: is told as itself, however long a database that answers cannot be written to', async () => {
    fails = (_wanted, at) => at < 12;
    expect(await delivered()).toBe(true);
    expect(told).toEqual(['sign-in-seen']);
  });

  test('AL-5: that the door fails at while it takes the rest is poison: quarantined, once it was tried first in the same round', async () => {
    fails = ({ kind }) => kind === 'sign-in-seen';
    expect(await delivered()).toBe(true);
    expect(told).toEqual(['signal-quarantined']);
    expect(tried.slice(-2)).toEqual([`${round}:sign-in-seen`, `${round}:signal-quarantined`]);
  });
});
