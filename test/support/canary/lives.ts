import { TENANTS } from '../../../sandbox/world.ts';
import { gatherAccountFacts } from '../../../src/app/accountRequest.ts';
import { door, type Outcome } from '../../../src/app/dispatch.ts';
import type { Log } from '../../../src/app/log.ts';
import type { Store, TenantWriter } from '../../../src/app/ports.ts';
import { partReveal } from '../../../src/bot/actions/partReveal.ts';
import { type Part, partKey } from '../../../src/core/account/types.ts';
import type { Intent } from '../../../src/core/intent.ts';
import type { AccountForm } from '../../../src/core/request/openAccount.ts';
import type { ChangeRequest, RequestState } from '../../../src/core/request/types.ts';
import { ok } from '../../../src/core/result.ts';
import { partContext } from '../../../src/custody/keyFile.ts';
import type { Database } from '../../../src/store/connect.ts';
import { actor, person } from '../builders.ts';
import { deviceBound } from '../installation/custodians.ts';
import { machine } from '../installation/machine.ts';
import { fingerprint, refusal } from '../installation/memoryTenant.ts';
import { manyIds, onDatabase } from '../installation/onDatabase.ts';
import { live } from '../installation/process.ts';
import { type CardsOfLife, cardsOfLife } from './cards.ts';

/**
 * Accounts that are created, handed over, rotated, handed over again, given security keys and retired, on a database that keeps everything.
 * In every fifth life things go wrong besides: the first password is refused and tried again, a part is lost, a rotation is given up once
 * its parts are sealed, and the answer with a pass never arrives. There its cards are drawn after every step, too: for each life it would
 * take as long again as the life.
 */
export interface Lives {
  /** One whole life. */
  one(number: number): Promise<Life>;
  /** The tenant's own log of what was written to it. */
  writes(): unknown;
}

export interface Life {
  /** Every password that was sent to the tenant, its parts as they were sealed, and every pass that the tenant made. */
  readonly secrets: ReadonlySet<string>;
  /** What people could read of it: the answers to a second opening, and of one that goes wrong its cards as they were after every step. */
  readonly texts: ReadonlySet<string>;
}

export const isTroubled = (number: number): boolean => number % 5 === 0;

const PEOPLE = ['dana', 'eli', 'fay'] as const;
const actorOf = ({ objectId }: { readonly objectId: string }) => actor(PEOPLE.find((name) => person(name).objectId === objectId) ?? 'dana');

export function lives(database: Database, store: Store, log: Log): Lives {
  const on = machine();
  let secrets = new Set<string>();
  let texts = new Set<string>();
  let cards: CardsOfLife | undefined;
  /** The tenant as the worker has it: what it is sent and what it gives out is taken down, and `once` goes wrong the next time. */
  const once = new Set<'setPassword' | 'issuePass'>();
  const { writer: real } = on.tenant;
  const taken = (secret: Uint8Array): void => void secrets.add(Buffer.from(secret).toString('utf8'));
  const writer: TenantWriter = {
    ...real,
    createUser(user, password) {
      taken(password);
      return real.createUser(user, password);
    },
    async setPassword(objectId, password) {
      taken(password);
      if (once.delete('setPassword')) throw refusal(400, 'Request_BadRequest', 'The specified password does not comply.');
      await real.setPassword(objectId, password);
    },
    async issuePass(objectId, minutes) {
      const issued = await real.issuePass(objectId, minutes);
      taken(issued.value);
      if (once.delete('issuePass')) throw refusal(0, 'TimeoutError');
      return issued;
    },
  };
  const tenant = { reader: on.tenant.reader, writer };
  const place = { ...onDatabase(database, store, { ...on, tenant, info: on.info, random: manyIds }), log };
  const behind = door({ store, random: manyIds, policy: on.policy, tenant: on.info });
  const front: typeof behind = {
    async dispatch(actor, intent) {
      const outcome = await behind.dispatch(actor, intent);
      await cards?.look();
      return outcome;
    },
  };
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

  /** Parts that were just sealed: of a password that is refused nobody is ever shown one. */
  async function sealed(requestId: string): Promise<void> {
    const plan = (await store.get('request', requestId))?.plan;
    const made = await store.transaction((tx) => tx.accountOfRequest(requestId));
    const account = made ?? (plan && 'accountId' in plan.account ? await store.get('account', plan.account.accountId) : undefined);
    for (const { number, custodian } of account?.parts ?? []) {
      const key = partKey(account?.id ?? '', number);
      const part = await store.sealedPart(key);
      if (part) taken(await on.custody.open(part, partContext(key, custodian.objectId)));
    }
  }

  /** @param custodians what they do while the run waits for them */
  async function worked(requestId: string, custodians = async (): Promise<boolean> => false): Promise<ChangeRequest> {
    const saw = async (event: string): Promise<void> => {
      if (event === 'seal-parts') await sealed(requestId);
      await cards?.look();
    };
    await live(place, { custodians, saw });
    const request = await store.get('request', requestId);
    if (!request) throw new Error(`no request ${requestId}`);
    return request;
  }

  const shouldBe = (wanted: RequestState, { id, state, failure }: ChangeRequest): void => {
    if (state !== wanted) throw new Error(`${id} is ${state}, not ${wanted}: ${failure?.words}`);
  };

  async function approved(opened: Intent): Promise<string> {
    const { request } = must(await front.dispatch(actor('rita'), opened));
    if (!request) throw new Error('no request');
    const { id: requestId, planDigest } = request;
    for (const who of ['ann', 'bob'] as const) must(await front.dispatch(actor(who), { kind: 'approve-request', requestId, planDigest }));
    return requestId;
  }

  async function carriedOut(opened: Intent, custodians?: () => Promise<boolean>): Promise<string> {
    const requestId = await approved(opened);
    shouldBe('applied', await worked(requestId, custodians));
    return requestId;
  }

  /** Its password is refused by the tenant when its parts are sealed already. */
  async function refusedOnce(opened: Intent): Promise<string> {
    once.add('setPassword');
    const requestId = await approved(opened);
    shouldBe('failed', await worked(requestId));
    return requestId;
  }

  async function triedAgain(opened: Intent): Promise<string> {
    const requestId = await refusedOnce(opened);
    must(await front.dispatch(actor('ann'), { kind: 'retry-request', requestId }));
    shouldBe('applied', await worked(requestId));
    return requestId;
  }

  async function givenUp(opened: Intent): Promise<void> {
    const requestId = await refusedOnce(opened);
    must(await front.dispatch(actor('rita'), { kind: 'withdraw-request', requestId }));
    shouldBe('undone', await worked(requestId));
  }

  /** A custodian opens what waits for them, twice, and is shown it once. @returns what it was; `undefined` where nothing waits */
  async function opened(accountId: string, { number, custodian }: Part): Promise<string | undefined> {
    const key = partKey(accountId, number);
    const sealed = await store.sealedPart(key);
    if (!sealed) return undefined;
    const part = (await on.custody.open(sealed, partContext(key, custodian.objectId))).toString('utf8');
    const asker = {
      actor: actorOf(custodian),
      mri: '29:x',
      where: 'personal',
      via: 'task/fetch',
      signal: new AbortController().signal,
    } as const;
    const open = async (sealed: Uint8Array, key: string, objectId: string) => ok(await on.custody.open(sealed, partContext(key, objectId)));
    const press = () => partReveal.run({ accountId, partNumber: number }, { asker, door: front, store, openSealed: open });
    if (!JSON.stringify(await press()).includes(JSON.stringify(part).slice(1, -1))) throw new Error('the dialog does not show it');
    const again = await press();
    if (again.kind !== 'refused') throw new Error('it was shown twice');
    texts.add(JSON.stringify(again));
    return part;
  }

  async function lost(accountId: string, { number, custodian }: Part): Promise<void> {
    must(await front.dispatch(actorOf(custodian), { kind: 'lose-part', accountId, partNumber: number }));
  }

  async function stored(accountId: string, { number, custodian }: Part): Promise<void> {
    const said = { kind: 'store-part', accountId, partNumber: number, location: 'Safe', sealNumber: '7' } as const;
    must(await front.dispatch(actorOf(custodian), said));
  }

  /** Each custodian opens their part and says where it is, or that it is lost; together they are the password. */
  async function handedOver(accountId: string, losing = false): Promise<void> {
    const parts: string[] = [];
    for (const part of (await store.get('account', accountId))?.parts ?? []) {
      parts.push((await opened(accountId, part)) ?? '');
      await (losing && part.number === 1 ? lost : stored)(accountId, part);
    }
    const whole = parts.join('');
    const objectId = (await store.get('account', accountId))?.objectId ?? '';
    if (on.tenant.users.get(objectId)?.password !== fingerprint(Buffer.from(whole))) throw new Error('the parts do not open the account');
    for (const secret of [...parts, whole]) if (!secrets.has(secret)) throw new Error('a secret was not taken down');
  }

  /** Whoever has a pass opens it, registers a key and says so. @returns false when nobody has one */
  async function enrolled(accountId: string): Promise<boolean> {
    const account = await store.get('account', accountId);
    const mine = account?.parts.find(({ pass, state }) => pass !== undefined && state === 'ready');
    if (!account || !mine) return false;
    const pass = await opened(accountId, mine);
    if (pass === undefined) return false;
    if (!secrets.has(pass)) throw new Error('a pass was not taken down');
    on.register(account.objectId, [deviceBound(`key-${mine.number}`)]);
    await stored(accountId, mine);
    return true;
  }

  async function asked(form: AccountForm): Promise<Intent> {
    const facts = await gatherAccountFacts(needs, form, actor('rita'));
    if (!facts.ok) throw new Error(facts.error.code);
    return { kind: 'open-account-request', form, facts: facts.value };
  }

  async function creation(number: number): Promise<Intent> {
    const named = (name: 'dana' | 'eli' | 'oona') => ({
      objectId: person(name).objectId,
      person: person(name),
      isCustodian: true,
      reachable: true,
    });
    const tenant = on.info(TENANTS.contoso.id);
    if (!tenant) throw new Error('no tenant');
    const custodians = [named('dana'), named('eli')];
    return {
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
    };
  }

  return {
    writes: () => on.tenant.writes,
    async one(number) {
      secrets = new Set();
      texts = new Set();
      const troubled = isTroubled(number);
      cards = troubled ? await cardsOfLife(database, store) : undefined;
      // Once: whoever is remembered is owed every card that waits for them, and here none ever leaves.
      for (const name of number === 0 ? PEOPLE : []) {
        const { objectId } = person(name);
        await store.remember({ place: { kind: 'person', objectId }, conversationId: objectId, reference: {} });
      }
      const requestId = await (troubled ? triedAgain : carriedOut)(await creation(number));
      const accountId = (await store.transaction((tx) => tx.accountOfRequest(requestId)))?.id ?? '';
      const common = { accountId, reason: 'A life.', leaving: '', fewer: true };
      await handedOver(accountId, troubled);
      const both = [person('eli').objectId, person('fay').objectId];
      const rotation = (formId: string) => asked({ ...common, formId, operation: 'rotate', custodians: both });
      if (troubled) await givenUp(await rotation(`F-${number}-given-up`));
      await carriedOut(await rotation(`F-${number}-rotate`));
      await handedOver(accountId);
      // The tenant says until when a pass is valid, by its own clock.
      on.pass((await store.now()).getTime() - (await on.store.now()).getTime());
      const keys = { ...common, formId: `F-${number}-keys`, operation: 'rotate', credential: 'passkey', custodians: both } as const;
      if (troubled) once.add('issuePass');
      await carriedOut(await asked(keys), () => enrolled(accountId));
      await carriedOut(await asked({ ...common, formId: `F-${number}-retire`, operation: 'retire', custodians: [] }));
      return { secrets, texts: new Set([...texts, ...(cards?.texts ?? [])]) };
    },
  };
}
