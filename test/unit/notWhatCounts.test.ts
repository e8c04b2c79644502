import { describe, expect, test } from '@jest/globals';
import type { PostedCard } from '../../src/app/ports.ts';
import { revealPart, storePart } from '../../src/core/account/custody.ts';
import { withLedger } from '../../src/core/account/ledger.ts';
import {
  asItStands,
  handOver,
  keysBegun,
  partsBegun,
  partsHandedOut,
  partsInsteadDestroyed,
  partsInsteadGivenUp,
  partsInsteadStored,
  replaceParts,
} from '../../src/core/account/life.ts';
import { keyRegistered, keysInsteadGivenUp, keysStored, passIssued } from '../../src/core/account/passkeys.ts';
import { type EmergencyAccount, kindOf, type Part } from '../../src/core/account/types.ts';
import type { Decision } from '../../src/core/decision.ts';
import { draw } from '../../src/jobs/draw.ts';
import { anAccount, aPart, hours, NOON, person } from '../support/builders.ts';
import { memoryStore } from '../support/memoryStore.ts';

/* No card has its custodian destroy or wipe what opens the account, whatever kinds of credential came and went before it. */
type Name = 'dana' | 'eli' | 'fay';
const POLICY = { partExpiryHours: 72, validationDays: 90 };
const DESTROYS = /destroy|wipe/;

type Posted = Pick<PostedCard, 'subject' | 'variant'> & { readonly place: { readonly kind: 'person'; readonly objectId: string } };

/** An account, and every card that was posted of it. */
function history() {
  let account: EmergencyAccount = { ...anAccount({ state: 'provisioning', parts: [aPart(1, 'dana'), aPart(2, 'eli')] }) };
  let requests = 0;
  const cards: Posted[] = [];
  const put = (next: EmergencyAccount): void => {
    account = withLedger(account, next, NOON);
  };
  const does = (decision: Decision<EmergencyAccount>): void => {
    if (!decision.ok) throw new Error(decision.error.code);
    put(decision.value.next);
    for (const effect of decision.value.effects)
      if (effect.kind === 'post' && effect.place.kind === 'person')
        cards.push({ subject: effect.subject, variant: effect.variant ?? '', place: effect.place });
  };
  const actor = ({ custodian }: Part) => ({ kind: 'person', person: custodian, role: 'custodian' }) as never;
  const opened = (stored: boolean, most = 9): void => {
    for (const part of account.parts.slice(0, most)) {
      does(revealPart(account, part.number, actor(part), hours(2)));
      if (stored) does(storePart(account, part.number, actor(part), { location: 'Safe', sealNumber: '' }, hours(3)));
    }
  };
  const passed = (names: readonly Name[], requestId: string, registers: boolean): void => {
    for (const [index, name] of names.entries()) {
      const pass = { requestId, methodId: `T-${requestId}-${index}`, issuedAt: NOON, keysBefore: [], keysAtStart: [] };
      does(passIssued(account, index + 1, person(name), pass, hours(8)));
      const part = account.parts.find(({ number }) => number === index + 1);
      if (!registers || !part) return;
      does(revealPart(account, index + 1, actor(part), hours(1)));
      does(keyRegistered(account, index + 1, { methodId: `K-${requestId}-${index}` }));
    }
  };
  const asks = () => {
    requests += 1;
    return `R-${requests}`;
  };
  const instead = (names: readonly Name[]) => {
    const requestId = asks();
    return {
      requestId,
      begun: () => {
        put(partsBegun(account, names.map(person), requestId));
        does(partsHandedOut(account, POLICY, NOON));
      },
      givenUp: () => {
        const destroyed = partsInsteadDestroyed(account, requestId);
        if (destroyed.ok) does(destroyed);
        does(partsInsteadGivenUp(account, requestId, false));
      },
    };
  };
  does(handOver(account, POLICY, NOON));
  opened(true);
  return { account: () => account, cards, put, does, opened, passed, asks, instead };
}
type History = ReturnType<typeof history>;

const OFTEN: readonly Name[] = ['dana', 'fay'];
/** What may be asked of a password in parts, and of keys; each calls `look` where people may look at their cards. */
const CHANGES: { readonly [K in 'part' | 'key']: { readonly [name: string]: (of: History, look: () => Promise<void>) => Promise<void> } } =
  {
    part: {
      async rotate(of, look) {
        of.put(replaceParts(of.account(), OFTEN.map(person), of.asks()));
        await look();
        of.does(handOver(of.account(), POLICY, NOON));
        await look();
        of.opened(true);
      },
      async 'to keys'(of, look) {
        const requestId = of.asks();
        of.put(keysBegun(of.account(), OFTEN.map(person), requestId));
        await look();
        of.passed(OFTEN, requestId, true);
        await look();
        of.does(keysStored(of.account(), 2, POLICY, NOON));
      },
      async 'to keys, given up when they were registered'(of, look) {
        const requestId = of.asks();
        of.put(keysBegun(of.account(), OFTEN.map(person), requestId));
        of.passed(OFTEN, requestId, true);
        await look();
        of.does(keysInsteadGivenUp(of.account(), requestId, false, NOON));
      },
      async 'to keys, given up before one was'(of, look) {
        const requestId = of.asks();
        of.put(keysBegun(of.account(), OFTEN.map(person), requestId));
        of.passed(OFTEN, requestId, false);
        await look();
        of.does(keysInsteadGivenUp(of.account(), requestId, false, NOON));
      },
    },
    key: {
      async rotate(of, look) {
        const requestId = of.asks();
        of.passed(OFTEN, requestId, true);
        await look();
        of.does(keysStored(of.account(), 2, POLICY, NOON));
      },
      async 'to a password'(of, look) {
        const { begun } = of.instead(['dana', 'eli']);
        begun();
        await look();
        of.opened(true);
        await look();
        of.does(partsInsteadStored(of.account()));
      },
      async 'to a password, given up'(of, look) {
        const { begun, givenUp } = of.instead(OFTEN);
        begun();
        of.opened(false, 1);
        await look();
        givenUp();
      },
      async 'to a password, made once more'(of, look) {
        const { begun } = of.instead(['dana', 'eli']);
        begun();
        of.opened(false, 1);
        begun();
        await look();
        of.opened(true);
        await look();
        of.does(partsInsteadStored(of.account()));
      },
      async 'to a password, made once more and given up'(of, look) {
        const { begun, givenUp } = of.instead(OFTEN);
        begun();
        of.opened(true, 1);
        begun();
        await look();
        givenUp();
      },
    },
  };

const says = async (account: EmergencyAccount, posted: Posted): Promise<string> => {
  const store = memoryStore(NOON);
  store.put('account', account);
  return JSON.stringify((await draw(store, posted, async () => []))?.card);
};

/** Whoever holds what counts is told to destroy another thing only, by its noun, or by word that theirs is not meant. */
async function look(of: History, path: string): Promise<void> {
  const account = of.account();
  const stands = asItStands(account);
  for (const card of of.cards) {
    const text = await says(account, card);
    if (!DESTROYS.test(text)) continue;
    const noun = /"(?:[^"]* )?wipe/.test(text) ? 'key' : 'part';
    const isKey = card.variant.includes(':pass:') || card.variant.endsWith(':key');
    // It speaks of what was handed out with it.
    expect([path, card.variant, noun]).toEqual([path, card.variant, isKey ? 'key' : 'part']);
    if (stands.parts.every(({ custodian }) => custodian.objectId !== card.place.objectId)) continue;
    expect([path, text]).toEqual([
      path,
      expect.stringMatching(noun === kindOf(stands) ? /Do not take your newer/ : /: keep it\.|keep it where it is/),
    ]);
  }
}

async function walk(path: readonly string[]): Promise<History> {
  const of = history();
  for (const [index, step] of path.entries()) {
    const change = CHANGES[kindOf(of.account())][step];
    if (!change) throw new Error(`no ${step}`);
    await change(of, () => look(of, path.slice(0, index + 1).join(' > ')));
    await look(of, path.slice(0, index + 1).join(' > '));
  }
  return of;
}

/** Every way to go on from there, `more` changes long. */
async function everyPath(path: readonly string[], more: number): Promise<number> {
  const of = await walk(path);
  if (more === 0) return 1;
  let walked = 0;
  for (const step of Object.keys(CHANGES[kindOf(of.account())])) walked += await everyPath([...path, step], more - 1);
  return walked;
}

test('CR-6 CR-7: through every three changes of what opens an account no card has what counts destroyed', async () => {
  expect(await everyPath([], 3)).toBeGreaterThan(60);
});

describe('what was made for a change that was given up', () => {
  const last = async (path: readonly string[], who: Name, number: number, kind: 'part' | 'key') => {
    const of = await walk(path);
    const card = of.cards.findLast(
      ({ subject, variant, place }) =>
        subject.endsWith(`:${number}`) && place.objectId === person(who).objectId && variant.includes(':pass:') === (kind === 'key'),
    );
    if (!card) throw new Error('no card');
    return says(of.account(), card);
  };

  test.each(['to a password, given up', 'to a password, made once more and given up'])(
    '%s: the paper goes, the key stays',
    async (change) => {
      const dana = await last(['to keys', change], 'dana', 1, 'part');
      expect(dana).toMatch(
        /This part is not used.*Part 1 of the password that was to replace the keys of [^:]* opens nothing: destroy that paper\./,
      );
      expect(dana).toContain('Your security key still opens the account: keep it.');
      const fay = await last(['to keys', change], 'fay', 2, 'part');
      expect(fay).toContain('opens nothing. You have nothing of it. Your security key still opens the account: keep it.');
      expect(fay).not.toMatch(/destroy|wipe/);
    },
  );

  test('keys: whoever registered one wipes it and keeps their part; whoever had none has nothing to do', async () => {
    const registered = await last(['to keys, given up when they were registered'], 'dana', 1, 'key');
    expect(registered).toMatch(
      /This key is not used.*The key you registered was taken off: wipe it\. Your part 1 of the password still counts: keep it\./,
    );
    const none = await last(['to keys, given up before one was'], 'dana', 1, 'key');
    expect(none).toContain('You have nothing of it. Your part 1 of the password still counts: keep it.');
    expect(none).not.toMatch(/destroy|wipe/);
  });

  test('CR-6: its card speaks of it also when the next password has the number it had', async () => {
    const key = await last(['to keys, given up when they were registered', 'rotate'], 'dana', 1, 'key');
    expect(key).toMatch(/The key you registered was taken off: wipe it\./);
    expect(key).not.toMatch(/part\.(?:reveal|stored)|Your part is stored/);
  });
});
