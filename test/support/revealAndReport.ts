import { readFileSync } from 'node:fs';
import { door } from '../../src/app/dispatch.ts';
import { partReveal } from '../../src/bot/actions/partReveal.ts';
import { keepMemoryIn } from '../../src/config/memory.ts';
import { partKey } from '../../src/core/account/types.ts';
import { ok } from '../../src/core/result.ts';
import { keyFileCustody, partContext } from '../../src/custody/keyFile.ts';
import { actor, anAccount, aPart, days, NOON } from './builders.ts';
import { countingRandom, memoryStore, TEST_POLICY } from './memoryStore.ts';

/**
 * A program for test/unit/memory.test.ts: a part is sealed, revealed to its custodian as the bot does it, and then the process tells all that Node will
 * tell of itself: `{ shown, filter, report }` as JSON. The argument is the part; with `LEAK` it is in an error, so that the search can be tried.
 */
const limits = keepMemoryIn();
const part = process.argv[2] ?? '';
const account = anAccount({ state: 'handover', parts: [aPart(1, 'dana', { state: 'ready', expiresAt: days(3) }), aPart(2, 'eli')] });
const custody = keyFileCustody(Buffer.alloc(32, 7));
const store = memoryStore(NOON);
store.put('account', account);
const context = (custodian: string): string => partContext(partKey(account.id, 1), custodian);
const sealed = await custody.seal(Buffer.from(part), context(account.parts[0]?.custodian.objectId ?? ''));
await store.transaction((tx) => tx.putSealedParts(account.id, [sealed]));
const pressed = await partReveal.run(
  { accountId: account.id, partNumber: 1 },
  {
    asker: { actor: actor('dana'), mri: '29:x', where: 'personal', via: 'task/fetch', signal: new AbortController().signal },
    door: door({ store, random: countingRandom(), policy: TEST_POLICY, tenant: () => undefined }),
    store,
    openSealed: async (bytes, _key, custodian) => ok(await custody.open(bytes, context(custodian))),
  },
);
const shown = JSON.stringify(pressed).includes(part);
const report = process.report.getReport(new Error(process.env.LEAK ? `leaked ${part}` : 'a crash'));
process.stdout.write(JSON.stringify({ shown, limits, filter: readFileSync('/proc/self/coredump_filter', 'utf8').trim(), report }));
