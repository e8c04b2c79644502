import { fork } from 'node:child_process';
import { sql } from 'kysely';
import { PEOPLE } from '../../../sandbox/world.ts';
import type { Log } from '../../../src/app/log.ts';
import { partKey } from '../../../src/core/account/types.ts';
import { connect } from '../../../src/store/connect.ts';
import { migrate } from '../../../src/store/migrate.ts';
import { openOutbox } from '../../../src/store/outbox.ts';
import { storeOn } from '../../../src/store/store.ts';
import { aPlan, aRequest } from '../builders.ts';
import { unwatched } from '../installation/checks.ts';
import type { Machine } from '../installation/machine.ts';
import { freshDatabase } from '../postgres.ts';

const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => quiet };

/** Workers in processes of their own, one after the other, on one database server. */
export interface KilledScene {
  /** Puts what a machine holds into an empty database, its clock included. */
  load(machine: Machine): Promise<void>;
  /** One life. @returns the signal it died of, or nothing when it came to its end */
  life(machine: Machine, inUnit: boolean, dieAfter?: number): Promise<NodeJS.Signals | undefined>;
  /** Takes what the database holds now back into the machine, for its checks. */
  takeBack(machine: Machine): Promise<void>;
  stop(): Promise<void>;
}

export async function killedScene(serverUrl: string): Promise<KilledScene> {
  const { url, drop } = await freshDatabase(serverUrl);
  const database = await connect({ kind: 'server', url });
  await migrate(database.current());
  const outbox = await openOutbox(database, quiet);
  const store = storeOn(database, outbox);
  // Everybody has a chat with the bot: who cannot be reached is handed nothing.
  for (const { objectId } of Object.values(PEOPLE))
    await store.remember({ place: { kind: 'person', objectId }, conversationId: objectId, reference: {} });
  return {
    async load({ store: from, now }) {
      const handle = database.current();
      await sql`truncate request, account, decision, timer, posted_card, sealed_part, once, alert cascade`.execute(handle);
      await sql`delete from jobs.job`.execute(handle);
      await sql`update clock set offset_ms = ${now().getTime() - Date.now()}`.execute(handle);
      await store.transaction(async (tx) => {
        // A row names one that stands before it: an account the request that made it, a request the account it is about.
        const accounts = [...from.rows.account.values()];
        const ofThese = accounts.filter(({ requestId }) => from.rows.request.has(requestId));
        for (const account of accounts.filter((each) => !ofThese.includes(each))) {
          const plan = aPlan({
            requestId: account.requestId,
            userName: account.userPrincipalName.slice(0, account.userPrincipalName.indexOf('@')),
          });
          await tx.insert('request', aRequest({ plan, state: 'applied', formId: `F-${account.requestId}` }));
          await tx.insert('account', account);
        }
        for (const request of from.rows.request.values()) await tx.insert('request', request);
        for (const account of ofThese) await tx.insert('account', account);
        for (const alert of from.rows.alert.values()) await tx.insert('alert', alert);
        for (const [key, sealed] of from.rows.sealed) await tx.putSealedPart(key, sealed);
        await tx.owe([...from.rows.timers].map(([key, { at, intent }]) => ({ kind: 'intend', key, at, intent })));
        await tx.owe(from.rows.jobs.flatMap(({ job }) => (job.kind === 'apply-plan' ? [job] : [])));
      });
    },
    life: (machine, inUnit, dieAfter) =>
      new Promise((resolve, reject) => {
        const given = [url, dieAfter === undefined ? '' : String(dieAfter), inUnit ? 'unit' : ''];
        const child = fork(new URL('./worker.ts', import.meta.url), given, { execArgv: [], serialization: 'advanced' });
        const wrong: string[] = [];
        const answer = async ({
          id,
          port,
          call,
          given: args,
        }: {
          id: number;
          port: 'reader' | 'writer' | 'custodians';
          call: string;
          given: unknown[];
        }) => {
          const carryOut: unknown = Reflect.get(port === 'custodians' ? machine : machine.tenant[port], call);
          if (typeof carryOut !== 'function') throw new TypeError(`no ${port}.${call}`);
          try {
            const value: unknown = await carryOut(...args);
            if (port === 'writer') wrong.push(...(await alone(machine)));
            if (child.connected) child.send({ id, value });
          } catch (error) {
            const { status = 0, code = '', detail = '' } = error as { status?: number; code?: string; detail?: string };
            if (child.connected) child.send({ id, fault: { status, code, detail } });
          }
        };
        child.on('message', (question: Parameters<typeof answer>[0]) => void answer(question));
        child.once('exit', (code, signal) => {
          if (wrong.length > 0) reject(new Error(`GR-2: enabled or privileged, and unwatched: ${wrong.join(', ')}`));
          else if (signal === null && code !== 0) reject(new Error(`the worker ended with ${code}`));
          else resolve(signal ?? undefined);
        });
      }),
    async takeBack({ store: into }) {
      for (const { id } of await store.requests({ open: false, limit: 100 })) {
        const request = await store.get('request', id);
        if (request) into.put('request', request);
      }
      const keys = new Set(into.rows.sealed.keys());
      for (const account of await store.accounts(100)) {
        into.put('account', account);
        for (const { number } of account.parts) keys.add(partKey(account.id, number));
      }
      for (const key of keys) {
        const sealed = await store.sealedPart(key);
        if (sealed) into.rows.sealed.set(key, sealed);
        else into.rows.sealed.delete(key);
      }
    },
    async stop() {
      await outbox.stop();
      await database.close();
      await drop();
    },
  };

  async function alone(machine: Machine): Promise<string[]> {
    const watched = new Set((await store.accounts(100)).map(({ objectId }) => objectId));
    return unwatched(machine).filter((objectId) => !watched.has(objectId));
  }
}
