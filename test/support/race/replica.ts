import { door } from '../../../src/app/dispatch.ts';
import type { Log } from '../../../src/app/log.ts';
import { partReveal } from '../../../src/bot/actions/partReveal.ts';
import type { Actor } from '../../../src/core/people.ts';
import { ok } from '../../../src/core/result.ts';
import { partContext } from '../../../src/custody/keyFile.ts';
import { runPlan } from '../../../src/jobs/runPlan.ts';
import { connect } from '../../../src/store/connect.ts';
import { openOutbox } from '../../../src/store/outbox.ts';
import { storeOn } from '../../../src/store/store.ts';
import { actor, person } from '../builders.ts';
import { countingRandom, TEST_POLICY } from '../memoryStore.ts';
import { APPROVERS, CUSTODY, setApprover, sharedPeople, sharedTenants } from './sharedTenant.ts';
import type { Task } from './task.ts';

/**
 * One replica as its own process: does what its parent sends, each exactly at the given millisecond, so that several act at the same
 * instant, and answers `{ id, code }`: `ok`, or the code of the refusal; to a button, the answer as JSON.
 */
const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => quiet };
const database = await connect({ kind: 'server', url: process.argv[2] ?? '' });
const outbox = await openOutbox(database, quiet);
const store = storeOn(database, outbox);
const people = sharedPeople(database);
const random = { ...countingRandom(), id: (prefix: string) => `${prefix}-${process.pid}` };
const front = door({ store, random, policy: TEST_POLICY, tenant: () => undefined });

async function codeOf(task: Task): Promise<string> {
  const { requestId, planDigest } = task;
  switch (task.does) {
    case 'approve': {
      const outcome = await front.dispatch(await fresh(task.who), { kind: 'approve-request', requestId, planDigest });
      // The one that completed the quorum carries it out at once, as its own worker would.
      const standing = outcome.ok && outcome.value.request?.state === 'approved';
      if (standing && task.runs) await run(requestId);
      return outcome.ok ? 'ok' : outcome.error.code;
    }
    case 'deny':
      return said(await front.dispatch(await fresh(task.who), { kind: 'deny-request', requestId, planDigest, reason: 'no' }));
    case 'edit':
      return said(await front.dispatch(actor('rita'), { kind: 'edit-request', requestId, planDigest, wanted: task.wanted }));
    case 'expire':
      return said(await front.dispatch({ kind: 'system', part: 'timer' }, { kind: 'expire-request', requestId }));
    case 'revoke':
      await setApprover(database, person('bob').objectId, false);
      return 'ok';
    case 'reveal': {
      const asker = {
        actor: actor('dana'),
        mri: '29:dana',
        where: 'personal',
        via: 'task/fetch',
        signal: new AbortController().signal,
      } as const;
      const openSealed = async (sealed: Uint8Array, key: string, objectId: string) =>
        ok(await CUSTODY.open(sealed, partContext(key, objectId)));
      return JSON.stringify(await partReveal.run({ accountId: task.accountId, partNumber: 1 }, { asker, door: front, store, openSealed }));
    }
    case 'run':
      return run(requestId);
  }
}

/** The right as it is in the directory at that moment. */
async function fresh(who: string): Promise<Actor> {
  const found = APPROVERS.find(({ name }) => name === who);
  if (!found) throw new Error(`nobody is called ${who}`);
  const holds = (await people.holders('approver')).some(({ objectId }) => objectId === found.objectId);
  return { kind: 'person', person: found, roles: new Set(holds ? (['approver'] as const) : []) };
}

const said = (outcome: Awaited<ReturnType<typeof front.dispatch>>): string => (outcome.ok ? 'ok' : outcome.error.code);

async function run(requestId: string): Promise<string> {
  const needs = { door: front, store, people, tenants: sharedTenants(database), custody: CUSTODY, random, log: quiet, partContext };
  return runPlan({ ...needs, wait: async () => undefined }, requestId).then(
    () => 'ok',
    (error: unknown) => `again: ${error instanceof Error ? error.message : String(error)}`,
  );
}

process.on('message', (task: Task) => {
  void (async () => {
    while (Date.now() < task.at) await new Promise(setImmediate);
    const code = await codeOf(task).catch((error: unknown) => `fault: ${error instanceof Error ? error.message : String(error)}`);
    process.send?.({ id: task.id, code });
  })();
});
process.on('disconnect', () => void store.close().then(() => process.exit(0)));
process.send?.('ready');
