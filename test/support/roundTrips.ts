import type { Middleware } from '@microsoft/microsoft-graph-client';
import { sandboxClock } from '../../sandbox/clock.ts';
import { loopbackCredential } from '../../sandbox/credentials.ts';
import { openDocuments } from '../../sandbox/documents.ts';
import { loopbackTransport } from '../../sandbox/graphTransport.ts';
import { call } from '../../sandbox/tenant/client.ts';
import { APPS, HOME_TENANT, PEOPLE, ROLE_GROUPS, TENANTS } from '../../sandbox/world.ts';
import { gatherAccountFacts } from '../../src/app/accountRequest.ts';
import { door } from '../../src/app/dispatch.ts';
import type { Log } from '../../src/app/log.ts';
import { gatherOpenFacts } from '../../src/app/openRequest.ts';
import type { EmergencyAccount } from '../../src/core/account/types.ts';
import type { Actor } from '../../src/core/people.ts';
import type { AccountForm } from '../../src/core/request/openAccount.ts';
import type { ChangeRequest } from '../../src/core/request/types.ts';
import { keyFileCustody, partContext } from '../../src/custody/keyFile.ts';
import { graphClient } from '../../src/graph/client.ts';
import { graphPeople } from '../../src/graph/people.ts';
import { graphTenants } from '../../src/graph/tenants.ts';
import { runPlan } from '../../src/jobs/runPlan.ts';
import { ringTimers } from '../../src/jobs/timers.ts';
import { actor, NOON } from './builders.ts';
import { countingRandom, memoryStore, TEST_POLICY } from './memoryStore.ts';
import { startTenant } from './tenantInContract.ts';

const ORIGIN = 'https://graph.microsoft.com';
const { contoso } = TENANTS;

/** What work cost: calls over the wire, and the requests in them (a batch of twenty is one round trip and twenty requests). */
export interface Cost {
  readonly trips: number;
  readonly requests: number;
}

const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => quiet };

/**
 * Everything of the product that talks to Graph, in front of one sandbox tenant, with each call counted where it leaves the client. The
 * store is in memory and nothing runs by itself, so a count is the operation's own.
 */
export async function countedProduct() {
  const documents = openDocuments(':memory:');
  const clock = sandboxClock();
  const server = await startTenant({ port: 0, documents, clock, replicationMs: 0, logDelayMs: 0 });
  const real = loopbackTransport(ORIGIN, server.url);
  let trips: string[] = [];
  let requests = 0;
  const transport: Middleware = {
    async execute(context) {
      const asked = typeof context.request === 'string' ? context.request : context.request.url;
      const { pathname } = new URL(asked);
      trips.push(`${context.options?.method ?? 'GET'} ${pathname}`);
      const inside = pathname.endsWith('/$batch')
        ? (JSON.parse(String(context.options?.body)) as { requests: unknown[] }).requests.length
        : 1;
      requests += inside;
      clock.move(1_000); // no two writes at one instant: what changed is told by when
      await real.execute(context);
    },
  };
  const credential = (app: 'reader' | 'changer') => loopbackCredential(server.url, contoso.id, APPS[app], server.secrets[app]);
  const identities = [
    { appId: APPS.reader, standsFor: ['reader', 'people'] as const },
    { appId: APPS.changer, standsFor: ['changer'] as const },
  ];
  const tenants = graphTenants([{ info: contoso, reader: credential('reader'), writer: credential('changer'), identities }], {
    graphOrigin: ORIGIN,
    transport,
    timeoutMs: 10_000,
    conditionalAccessGapMs: 0,
  });
  const people = graphPeople(
    graphClient({
      origin: ORIGIN,
      transport,
      timeoutMs: 10_000,
      credential: loopbackCredential(server.url, HOME_TENANT.id, APPS.reader, server.secrets.reader),
    }),
    { groups: ROLE_GROUPS, personKeyAttribute: 'employeeId' },
  );
  const store = memoryStore(NOON);
  for (const { objectId } of Object.values(PEOPLE))
    await store.remember({ conversationId: `c-${objectId}`, place: { kind: 'person', objectId }, reference: {} });
  const random = countingRandom();
  const front = door({ store, random, policy: TEST_POLICY, tenant: tenants.info, heartbeatSeconds: 60 });
  const custody = keyFileCustody(Buffer.alloc(32, 5));
  const needs = {
    people,
    tenants,
    store,
    custody,
    failed(what: string, error: unknown) {
      throw new Error(what, { cause: error });
    },
  };

  async function opened(intent: Parameters<typeof front.dispatch>[1]): Promise<ChangeRequest> {
    const outcome = await front.dispatch(actor('rita'), intent);
    if (!outcome.ok || !outcome.value.request) throw new Error(`refused: ${JSON.stringify(outcome)}`);
    return outcome.value.request;
  }

  const accountMadeBy = (requestId: string) => store.transaction((tx) => tx.accountOfRequest(requestId));

  return {
    server,
    tenants,
    people,
    reader: tenants.reader(contoso.id),
    /** Paths of the calls of the latest count, in order. */
    trips: () => trips,
    async count(work: () => Promise<unknown>): Promise<Cost> {
      trips = [];
      requests = 0;
      await work();
      return { trips: trips.length, requests };
    },
    /** The create form, sent in. */
    async askForAccount(userName: string): Promise<ChangeRequest> {
      const form = {
        ...{ formId: `F-${userName}`, tenantId: contoso.id, userName, displayName: userName, usageLocation: 'DE' },
        ...{ credential: 'split-password' as const, custodians: [PEOPLE.dana.objectId, PEOPLE.eli.objectId] },
        ...{ owners: [PEOPLE.oona.objectId], reason: 'To be counted' },
      };
      const facts = await gatherOpenFacts(needs, form, actor('rita'));
      if (!facts.ok) throw new Error(facts.error.code);
      return opened({ kind: 'open-request', form, facts: facts.value });
    },
    /** A form on the account, sent in. */
    async ask(operation: AccountForm['operation'], account: EmergencyAccount, more: Partial<AccountForm> = {}): Promise<ChangeRequest> {
      const plain = { formId: `F-${operation}-${account.id}`, accountId: account.id, operation, reason: 'To be counted' };
      const form: AccountForm = { ...plain, custodians: [], leaving: '', fewer: true, ...more };
      const facts = await gatherAccountFacts(needs, form, actor('rita'));
      if (!facts.ok) throw new Error(facts.error.code);
      return opened({ kind: 'open-account-request', form, facts: facts.value });
    },
    /** Two people approve, each looked up. */
    async approve({ id, planDigest }: ChangeRequest): Promise<void> {
      for (const name of ['ann', 'bob'] as const) {
        const found = await people.lookUp(PEOPLE[name].objectId);
        if (!found.ok) throw new Error(found.why);
        const outcome = await front.dispatch({ kind: 'person', ...found }, { kind: 'approve-request', requestId: id, planDigest });
        if (!outcome.ok) throw new Error(outcome.error.code);
      }
    },
    /** The plan carried out by the worker; the account as it is then. */
    async carryOut({ id }: ChangeRequest): Promise<EmergencyAccount> {
      await runPlan({ door: front, store, people, tenants, custody, random, log: quiet, partContext }, id);
      const request = await store.get('request', id);
      if (request?.state !== 'applied') throw new Error(`${request?.kind} is ${request?.state}: ${JSON.stringify(request?.failure)}`);
      await ringTimers(store, front);
      const { account } = request.plan;
      const found = 'accountId' in account ? await store.get('account', account.accountId) : await accountMadeBy(id);
      if (!found) throw new Error('no account');
      return found;
    },
    /** Every custodian opens and stores their part: the account is in service. */
    async store({ id, parts }: EmergencyAccount): Promise<void> {
      for (const { number, custodian } of parts) {
        const who: Actor = { kind: 'person', person: custodian, roles: new Set(['custodian']) };
        await front.dispatch(who, { kind: 'reveal-part', accountId: id, partNumber: number });
        await front.dispatch(who, { kind: 'store-part', accountId: id, partNumber: number, location: 'Safe', sealNumber: '1' });
      }
    },
    control: (path: string, body: object) => call(server, 'POST', `/sandbox/${path}`, { body: { tenantId: contoso.id, ...body } }),
    async close() {
      await server.close();
      documents.close();
    },
  };
}
