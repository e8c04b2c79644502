import { door } from '../../../src/app/dispatch.ts';
import type { Log } from '../../../src/app/log.ts';
import type { TenantReader, TenantWriter } from '../../../src/app/ports.ts';
import { connect } from '../../../src/store/connect.ts';
import { openOutbox } from '../../../src/store/outbox.ts';
import { storeOn } from '../../../src/store/store.ts';
import { type Custodians, custodiansAct } from '../installation/custodians.ts';
import { CUSTODY, machine } from '../installation/machine.ts';
import { refusal } from '../installation/memoryTenant.ts';
import { manyIds, onDatabase } from '../installation/onDatabase.ts';
import { live } from '../installation/process.ts';

/**
 * A worker as a process of its own, on a PostgreSQL server and on a tenant that its parent holds, with custodians who do what they are asked to. It kills itself, as `kill -9` would, right
 * after its n-th durable event; without a number it works until nothing is left to be done. Arguments: address of the database, the number,
 * whether the tenant has a restricted unit.
 */
const [url = '', dieAfter = '', inUnit = ''] = process.argv.slice(2);
const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => quiet };
const database = await connect({ kind: 'server', url });
const outbox = await openOutbox(database, quiet);
const store = storeOn(database, outbox);
const { people, policy, info, actor } = machine(inUnit === 'unit');
interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly fault?: { readonly status: number; readonly code: string; readonly detail: string };
}
let asked = 0;
const waiting = new Map<number, (answer: Answer) => void>();
process.on('message', (answer: Answer) => waiting.get(answer.id)?.(answer));

const ask = (port: string, call: string, given: readonly unknown[]): Promise<unknown> =>
  new Promise((resolve, reject) => {
    asked += 1;
    waiting.set(asked, ({ id, value, fault }) => {
      waiting.delete(id);
      if (fault) reject(refusal(fault.status, fault.code, fault.detail));
      else resolve(value);
    });
    process.send?.({ id: asked, port, call, given });
  });
const remote = <T extends object>(port: string, like: T): T =>
  Object.fromEntries(Object.keys(like).map((call) => [call, (...given: unknown[]) => ask(port, call, given)])) as T;
const like = machine().tenant;
const tenant: { reader: TenantReader; writer: TenantWriter } = {
  reader: remote('reader', like.reader),
  writer: remote('writer', like.writer),
};

const limit = dieAfter === '' ? Number.POSITIVE_INFINITY : Number(dieAfter);
let events = 0;
const saw = (): void => {
  if (events === limit) process.kill(process.pid, 'SIGKILL');
  events += 1;
};
saw();
const front = door({ store, random: manyIds, policy, tenant: info });
const custodians: Custodians = {
  store,
  press: (objectId, intent) => front.dispatch(actor(objectId), intent),
  register: async (objectId, keys) => void (await ask('custodians', 'register', [objectId, keys])),
};
await live(onDatabase(database, store, { tenant, people, policy, info, random: manyIds, custody: CUSTODY }), {
  saw,
  custodians: () => custodiansAct(custodians),
});
await store.close();
process.exit(0);
