import { type ChildProcess, fork } from 'node:child_process';
import { sql } from 'kysely';
import type { Log } from '../../../src/app/log.ts';
import { partKey } from '../../../src/core/account/types.ts';
import type { ChangeRequest } from '../../../src/core/request/types.ts';
import { partContext } from '../../../src/custody/keyFile.ts';
import { connect, type Database } from '../../../src/store/connect.ts';
import { migrate } from '../../../src/store/migrate.ts';
import { openOutbox } from '../../../src/store/outbox.ts';
import { storeOn } from '../../../src/store/store.ts';
import { anAccount, anAccountPlan, aPart, aPlan, aRequest, days } from '../builders.ts';
import { freshDatabase } from '../postgres.ts';
import { CUSTODY, makeShared } from './sharedTenant.ts';
import type { Task } from './task.ts';

const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => quiet };
type Wanted<T> = T extends unknown ? Omit<T, 'id' | 'at'> & { readonly at?: number } : never;

/** An audit entry, as far as a race is about it. */
export interface Entry {
  readonly intent: string;
  readonly refusal?: { readonly code: string };
  readonly details?: { readonly fence?: number };
}

/** Several replicas of the product on one PostgreSQL server. */
export interface Replicas {
  readonly database: Database;
  /** A request of Rita's to disable an account of its own, kept as if it had just been asked. */
  pending(id: string, expiresAt?: Date): Promise<ChangeRequest>;
  /** An account whose first part, or pass, waits for Dana. @returns its id */
  waitingPart(id: string, kind: 'part' | 'pass', secret: string): Promise<string>;
  /** What the audit log says of a request, in order. */
  history(requestId: string): Promise<readonly Entry[]>;
  request(id: string): Promise<ChangeRequest>;
  do(replica: number, task: Wanted<Task>): Promise<string>;
  /** Jobs that are owed for its run, whoever may have taken it up already. */
  runsOwed(requestId: string): Promise<number>;
  stop(): Promise<void>;
}

export async function startReplicas(count: number, serverUrl: string): Promise<Replicas> {
  const { url, drop } = await freshDatabase(serverUrl);
  const database = await connect({ kind: 'server', url });
  await migrate(database.current());
  await makeShared(database);
  const outbox = await openOutbox(database, quiet);
  const store = storeOn(database, outbox);
  const children: ChildProcess[] = [];
  const waiting = new Map<number, (code: string) => void>();
  let tasks = 0;
  const end = async (): Promise<void> => {
    const running = children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    const ended = running.map((child) => new Promise<void>((resolve) => child.once('exit', () => resolve())));
    for (const child of running) if (child.connected) child.disconnect();
    await Promise.all(ended);
    await outbox.stop();
    await database.close();
    await drop();
  };
  const begin = async (): Promise<void> => {
    const child = fork(new URL('./replica.ts', import.meta.url), [url], { execArgv: [] });
    children.push(child);
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('exit', (code) => reject(new Error(`a replica ended with ${code}`)));
    });
    child.on('message', ({ id, code }: { id: number; code: string }) => waiting.get(id)?.(code));
  };
  try {
    for (let number = 0; number < count; number += 1) await begin();
  } catch (error) {
    await end();
    throw error;
  }
  return {
    database,
    async pending(id, expiresAt = new Date(Date.now() + 3_600_000)) {
      const madeBy = `${id}M`;
      const made = aRequest({ plan: aPlan({ requestId: madeBy, userName: id.toLowerCase() }), state: 'applied', formId: `F-${madeBy}` });
      const account = anAccount({ id: `EA-${id.slice(2)}`, requestId: madeBy, objectId: `user-${id}`, userPrincipalName: id });
      const request = aRequest({ plan: anAccountPlan('disable', { requestId: id, account, expiresAt }), formId: `F-${id}` });
      await store.transaction(async (tx) => {
        await tx.insert('request', made);
        await tx.insert('account', account);
        await tx.insert('request', { ...request, openedAt: new Date() });
      });
      return request;
    },
    async waitingPart(id, kind, secret) {
      const made = aRequest({ plan: aPlan({ requestId: id, userName: id.toLowerCase() }), state: 'applied', formId: `F-${id}` });
      const issued = { requestId: id, methodId: 'pass', issuedAt: new Date(), keysBefore: [], keysAtStart: [] };
      const ready = { state: 'ready', expiresAt: days(365), ...(kind === 'pass' ? { pass: issued } : {}) } as const;
      const parts = [aPart(1, 'dana', ready), aPart(2, 'eli', ready)];
      const account = anAccount({
        id: `EA-${id.slice(2)}`,
        requestId: id,
        objectId: `user-${id}`,
        userPrincipalName: id,
        state: 'handover',
        parts,
        ...(kind === 'pass' ? { credential: 'passkey' } : {}),
      });
      const sealed = await Promise.all(
        parts.map(({ number, custodian }) =>
          CUSTODY.seal(Buffer.from(number === 1 ? secret : 'another'), partContext(partKey(account.id, number), custodian.objectId)),
        ),
      );
      await store.transaction(async (tx) => {
        await tx.insert('request', made);
        await tx.insert('account', account);
        await tx.putSealedParts(account.id, sealed);
      });
      return account.id;
    },
    async history(requestId) {
      const { rows } = await sql<{ body: string }>`
        select convert_from(body, 'UTF8') as body from audit where subject = ${`request:${requestId}`} order by seq`.execute(
        database.current(),
      );
      return rows.map(({ body }) => JSON.parse(body) as Entry);
    },
    async request(id) {
      const found = await store.get('request', id);
      if (!found) throw new Error(`no request ${id}`);
      return found;
    },
    do: (replica, task) =>
      new Promise((resolve) => {
        tasks += 1;
        const id = tasks;
        waiting.set(id, (code) => {
          waiting.delete(id);
          resolve(code);
        });
        children[replica]?.send({ at: 0, ...task, id });
      }),
    async runsOwed(requestId) {
      const { rows } = await sql<{ count: number }>`
        select count(*)::int as count from jobs.job where name = 'run-plan' and data ->> 'requestId' = ${requestId}`.execute(
        database.current(),
      );
      return rows[0]?.count ?? 0;
    },
    stop: end,
  };
}
