import { TENANTS } from '../../../sandbox/world.ts';
import { gatherAccountFacts } from '../../../src/app/accountRequest.ts';
import { door, type Outcome } from '../../../src/app/dispatch.ts';
import type { Log } from '../../../src/app/log.ts';
import type { Store } from '../../../src/app/ports.ts';
import { partReveal } from '../../../src/bot/actions/partReveal.ts';
import { type Part, partKey } from '../../../src/core/account/types.ts';
import type { Intent } from '../../../src/core/intent.ts';
import type { AccountForm } from '../../../src/core/request/openAccount.ts';
import { ok } from '../../../src/core/result.ts';
import { partContext } from '../../../src/custody/keyFile.ts';
import type { Database } from '../../../src/store/connect.ts';
import { actor, person } from '../builders.ts';
import { deviceBound } from '../installation/custodians.ts';
import { machine } from '../installation/machine.ts';
import { fingerprint } from '../installation/memoryTenant.ts';
import { manyIds, onDatabase } from '../installation/onDatabase.ts';
import { live } from '../installation/process.ts';

/** Accounts that are created, handed over, rotated, handed over again, given security keys and retired, on a database that keeps everything. */
export interface Lives {
  /** One whole life. @returns every part and pass that a custodian was shown, and both passwords */
  one(number: number): Promise<string[]>;
  /** The tenant's own log of what was written to it. */
  writes(): unknown;
}

const PEOPLE = ['dana', 'eli', 'fay'] as const;
const actorOf = ({ objectId }: { readonly objectId: string }) => actor(PEOPLE.find((name) => person(name).objectId === objectId) ?? 'dana');

export function lives(database: Database, store: Store, log: Log): Lives {
  const on = machine();
  const place = { ...onDatabase(database, store, { ...on, info: on.info, random: manyIds }), log };
  const front = door({ store, random: manyIds, policy: on.policy, tenant: on.info });
  const tenants = {
    list: () => [],
    info: on.info,
    reader: () => on.tenant.reader,
    writer: () => on.tenant.writer,
    changer: async () => ({}),
  };
  const needs = {
    people: on.people,
    tenants,
    store,
    custody: on.custody,
    failed: (what: string, error: unknown): never => {
      throw new Error(what, { cause: error });
    },
  };
  const must = (outcome: Outcome) => {
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.error));
    return outcome.value;
  };

  /** @param custodians what they do while the run waits for them */
  async function carriedOut(opened: Intent, custodians = async (): Promise<boolean> => false): Promise<string> {
    const { request } = must(await front.dispatch(actor('rita'), opened));
    if (!request) throw new Error('no request');
    const { id: requestId, planDigest } = request;
    for (const who of ['ann', 'bob'] as const) must(await front.dispatch(actor(who), { kind: 'approve-request', requestId, planDigest }));
    await live(place, { custodians });
    const { state, failure } = (await store.get('request', requestId)) ?? {};
    if (state !== 'applied') throw new Error(`${requestId} is ${state}: ${failure?.words}`);
    return requestId;
  }

  /** A custodian opens what waits for them, twice, and is shown it once. @returns what it was; `undefined` where nothing waits */
  async function opened(accountId: string, { number, custodian }: Part): Promise<string | undefined> {
    const key = partKey(accountId, number);
    const sealed = await store.sealedPart(key);
    if (!sealed) return undefined;
    const part = (await on.custody.open(sealed, partContext(key, custodian.objectId))).toString('utf8');
    const asker = { actor: actorOf(custodian), mri: '29:x', where: 'personal', signal: new AbortController().signal } as const;
    const open = async (sealed: Uint8Array, key: string, objectId: string) => ok(await on.custody.open(sealed, partContext(key, objectId)));
    const press = () => partReveal.run({ accountId, partNumber: number }, { asker, door: front, store, openSealed: open });
    if (!JSON.stringify(await press()).includes(JSON.stringify(part).slice(1, -1))) throw new Error('the dialog does not show it');
    if ((await press()).kind !== 'refused') throw new Error('it was shown twice');
    return part;
  }

  async function stored(accountId: string, { number, custodian }: Part): Promise<void> {
    const said = { kind: 'store-part', accountId, partNumber: number, location: 'Safe', sealNumber: '7' } as const;
    must(await front.dispatch(actorOf(custodian), said));
  }

  /** Each custodian opens their part and says where it is. @returns the parts, and the password they make */
  async function handedOver(accountId: string): Promise<string[]> {
    const parts: string[] = [];
    for (const part of (await store.get('account', accountId))?.parts ?? []) {
      parts.push((await opened(accountId, part)) ?? '');
      await stored(accountId, part);
    }
    const whole = parts.join('');
    const objectId = (await store.get('account', accountId))?.objectId ?? '';
    if (on.tenant.users.get(objectId)?.password !== fingerprint(Buffer.from(whole))) throw new Error('the parts do not open the account');
    return [...parts, whole];
  }

  /** Whoever has a pass opens it, registers a key and says so. @returns false when nobody has one; its value is put to `passes` */
  async function enrolled(accountId: string, passes: string[]): Promise<boolean> {
    const account = await store.get('account', accountId);
    const mine = account?.parts.find(({ pass, state }) => pass !== undefined && state === 'ready');
    if (!account || !mine) return false;
    const pass = await opened(accountId, mine);
    if (pass === undefined) return false;
    passes.push(pass);
    on.register(account.objectId, [deviceBound(`key-${passes.length}`)]);
    await stored(accountId, mine);
    return true;
  }

  async function asked(form: AccountForm): Promise<Intent> {
    const facts = await gatherAccountFacts(needs, form, actor('rita'));
    if (!facts.ok) throw new Error(facts.error.code);
    return { kind: 'open-account-request', form, facts: facts.value };
  }

  return {
    writes: () => on.tenant.writes,
    async one(number) {
      // Once: whoever is remembered is owed every card that waits for them, and here none ever leaves.
      for (const name of number === 0 ? PEOPLE : []) {
        const { objectId } = person(name);
        await store.remember({ place: { kind: 'person', objectId }, conversationId: objectId, reference: {} });
      }
      const named = (name: 'dana' | 'eli' | 'oona') => ({
        objectId: person(name).objectId,
        person: person(name),
        isCustodian: true,
        reachable: true,
      });
      const tenant = on.info(TENANTS.contoso.id);
      if (!tenant) throw new Error('no tenant');
      const custodians = [named('dana'), named('eli')];
      const requestId = await carriedOut({
        kind: 'open-request',
        form: {
          formId: `F-${number}`,
          tenantId: tenant.id,
          userName: `ea-${number}`,
          displayName: 'EA',
          usageLocation: 'NL',
          credential: 'split-password',
          custodians: custodians.map(({ objectId }) => objectId),
          owners: [person('oona').objectId],
          reason: 'A life.',
        },
        facts: {
          tenant: { ...tenant, name: tenant.displayName },
          watchable: true,
          taken: undefined,
          custodians,
          owners: [named('oona')],
          approvers: await on.people.holders('approver'),
        },
      });
      const accountId = (await store.transaction((tx) => tx.accountOfRequest(requestId)))?.id ?? '';
      const common = { accountId, reason: 'A life.', leaving: '', fewer: true };
      const first = await handedOver(accountId);
      const both = [person('eli').objectId, person('fay').objectId];
      await carriedOut(await asked({ ...common, formId: `F-${number}-rotate`, operation: 'rotate', custodians: both }));
      const second = await handedOver(accountId);
      const passes: string[] = [];
      // The tenant says until when a pass is valid, by its own clock.
      on.pass((await store.now()).getTime() - (await on.store.now()).getTime());
      const keys = { ...common, formId: `F-${number}-keys`, operation: 'rotate', credential: 'passkey', custodians: both } as const;
      await carriedOut(await asked(keys), () => enrolled(accountId, passes));
      await carriedOut(await asked({ ...common, formId: `F-${number}-retire`, operation: 'retire', custodians: [] }));
      return [...first, ...second, ...passes];
    },
  };
}
