import { PEOPLE, type PersonName, TENANTS } from '../../../sandbox/world.ts';
import { gatherAccountFacts } from '../../../src/app/accountRequest.ts';
import { door, type Outcome } from '../../../src/app/dispatch.ts';
import { gatherOpenFacts } from '../../../src/app/openRequest.ts';
import type { Custody, People, Policy, Random, TenantInfo, Tenants } from '../../../src/app/ports.ts';
import type { Intent } from '../../../src/core/intent.ts';
import type { Actor, PersonRef, Role } from '../../../src/core/people.ts';
import type { AuthenticationMethod } from '../../../src/core/posture/snapshot.ts';
import type { CreateForm } from '../../../src/core/request/open.ts';
import type { AccountForm } from '../../../src/core/request/openAccount.ts';
import type { ChangeRequest } from '../../../src/core/request/types.ts';
import { keyFileCustody } from '../../../src/custody/keyFile.ts';
import { NOON, person } from '../builders.ts';
import { countingRandom, type MemoryStore, memoryStore, TEST_POLICY } from '../memoryStore.ts';
import { custodiansAct } from './custodians.ts';
import { type MemoryTenant, memoryTenant } from './memoryTenant.ts';
import type { OwedRun } from './process.ts';

/** Everything that outlives the process: database, tenant, directory of people, keys, the clock. */
export interface Machine {
  readonly store: MemoryStore;
  readonly tenant: MemoryTenant;
  readonly custody: Custody;
  readonly random: Random;
  readonly people: People;
  /** Settings as of the next start. */
  policy: Policy;
  /** Roles as the directory has them now. */
  readonly roles: Map<string, Set<Role>>;
  /** What custodians wrote down, by part. */
  readonly paper: Map<string, Buffer>;
  now(): Date;
  pass(ms: number): void;
  info(tenantId: string): TenantInfo | undefined;
  actor(objectId: string): Actor;
  /** A person does something, at a replica that does nothing else. */
  press(objectId: string, intent: Intent): Promise<Outcome>;
  ask(
    objectId: string,
    form: Partial<CreateForm> | (Partial<AccountForm> & Pick<AccountForm, 'operation' | 'accountId'>),
  ): Promise<Outcome>;
  /** The requester sends the form in again with another reason, and what was looked up for it. */
  edit(requestId: string, reason: string): Promise<Outcome>;
  dispatch(actor: Actor, intent: Intent): Promise<Outcome>;
  request(id: string): ChangeRequest;
  nextRun(): OwedRun | undefined;
  /** A custodian signs in with a pass, which is used up, and registers keys. */
  register(objectId: string, keys: readonly AuthenticationMethod[]): void;
  custodiansAct(): Promise<boolean>;
  dropCards(): void;
  /** Another machine in the very same state, which goes its own way from here. */
  fork(): Machine;
}

/** A second account of Ann's, who is an approver. */
export const ANN2: PersonRef = {
  objectId: '7c1f0b2a-9e34-4d68-a5b7-3f2e1d0c9b99',
  personKey: person('ann').personKey,
  name: 'Ann Archer (2)',
};
const REFS: readonly PersonRef[] = [...(Object.keys(PEOPLE) as PersonName[]).map(person), ANN2];

export const CUSTODY = rememberingTags(keyFileCustody(Buffer.alloc(32, 5)));

/**
 * @param inUnit the tenant has a restricted management unit
 * @param from   the machine it is a copy of
 */
export function machine(inUnit = true, from?: Machine): Machine {
  let clock = from?.now() ?? NOON;
  const store = from?.store.fork() ?? memoryStore(clock);
  const now = (): Date => clock;
  const tenant = memoryTenant(now, from?.tenant);
  const custody = CUSTODY;
  const random = from?.random ?? countingRandom();
  const roles = new Map<string, Set<Role>>(
    from?.roles ??
      (Object.keys(PEOPLE) as PersonName[]).map((name): [string, Set<Role>] => [PEOPLE[name].objectId, new Set(PEOPLE[name].roles)]),
  );
  if (!from) roles.set(ANN2.objectId, new Set<Role>(['approver']));
  const { restrictedUnitId, ...contoso } = TENANTS.contoso;
  const info: TenantInfo = { ...contoso, ...(inUnit && restrictedUnitId ? { restrictedUnitId } : {}) };
  const people: People = {
    async lookUp(objectId) {
      const found = REFS.find((ref) => ref.objectId === objectId);
      return found ? { ok: true, person: found, roles: roles.get(objectId) ?? new Set() } : { ok: false, why: 'unknown' };
    },
    holders: async (role) => REFS.filter(({ objectId }) => roles.get(objectId)?.has(role)),
  };
  const tenants: Tenants = {
    list: () => [info],
    info: (id) => (id === info.id ? info : undefined),
    reader: () => tenant.reader,
    writer: () => tenant.writer,
    changer: async () => ({}),
  };
  for (const { objectId } of REFS) void store.remember({ place: { kind: 'person', objectId }, conversationId: objectId, reference: {} });
  let forms = 0;
  const failed = (what: string, error: unknown): never => {
    throw new Error(what, { cause: error });
  };
  const needs = { people, tenants, store, custody, failed };
  const self: Machine = {
    store,
    tenant,
    custody,
    random,
    people,
    policy: from?.policy ?? TEST_POLICY,
    roles,
    paper: new Map(from?.paper),
    now,
    pass(ms) {
      clock = new Date(clock.getTime() + ms);
      store.setClock(clock);
    },
    info: (id) => tenants.info(id),
    actor: (objectId) => ({
      kind: 'person',
      person: REFS.find((ref) => ref.objectId === objectId) ?? person('mal'),
      roles: roles.get(objectId) ?? new Set(),
    }),
    press: (objectId, intent) => self.dispatch(self.actor(objectId), intent),
    dispatch: (actor, intent) => door({ store, random, policy: self.policy, tenant: tenants.info }).dispatch(actor, intent),
    async edit(requestId, reason) {
      const { plan, planDigest, requester, formId } = self.request(requestId);
      const actor = self.actor(requester.objectId);
      const custodians = plan.custodians.map(({ objectId }) => objectId);
      if (plan.operation === 'create') {
        const { userPrincipalName, displayName, usageLocation } = plan.account;
        const userName = userPrincipalName.slice(0, userPrincipalName.indexOf('@'));
        const owners = plan.owners.map(({ objectId }) => objectId);
        const said = { formId, tenantId: plan.tenant.id, userName, displayName, usageLocation, owners, reason };
        const form = { ...said, credential: plan.credential.kind, custodians: [...custodians].reverse() };
        const facts = await gatherOpenFacts(needs, form, actor);
        return facts.ok
          ? self.dispatch(actor, { kind: 'edit-request', requestId, planDigest, wanted: { form, facts: facts.value } })
          : facts;
      }
      const leaving = 'leaving' in plan ? (plan.leaving?.objectId ?? '') : '';
      const held = store.rows.account.get(plan.account.accountId)?.parts.map(({ custodian }) => custodian.objectId) ?? [];
      const accountForm: AccountForm = {
        formId,
        operation: plan.operation,
        accountId: plan.account.accountId,
        reason,
        custodians: leaving === '' ? custodians : custodians.filter((objectId) => !held.includes(objectId)),
        leaving,
        fewer: true,
        ...(plan.operation === 'rotate' ? { credential: plan.credential.kind } : {}),
        ...('finding' in plan && plan.finding ? { finding: plan.finding.key } : {}),
      };
      const facts = await gatherAccountFacts(needs, accountForm, actor);
      if (!facts.ok) return facts;
      return self.dispatch(actor, { kind: 'edit-request', requestId, planDigest, wanted: { accountForm, accountFacts: facts.value } });
    },
    async ask(objectId, wanted) {
      forms += 1;
      const common = { formId: `F-${forms}`, reason: 'The yearly exchange.' };
      if ('operation' in wanted) {
        const form: AccountForm = { ...common, custodians: [], leaving: '', fewer: false, ...wanted };
        const facts = await gatherAccountFacts(needs, form, self.actor(objectId));
        return facts.ok ? self.press(objectId, { kind: 'open-account-request', form, facts: facts.value }) : facts;
      }
      const form: CreateForm = {
        ...common,
        tenantId: info.id,
        userName: `ea-${forms}`,
        displayName: 'EA',
        usageLocation: 'NL',
        credential: 'split-password',
        custodians: [person('dana').objectId, person('eli').objectId],
        owners: [person('oona').objectId],
        ...wanted,
      };
      const facts = await gatherOpenFacts(needs, form, self.actor(objectId));
      return facts.ok ? self.press(objectId, { kind: 'open-request', form, facts: facts.value }) : facts;
    },
    request(id) {
      const found = store.rows.request.get(id);
      if (!found) throw new Error(`no request ${id}`);
      return found;
    },
    nextRun() {
      const owed = store.rows.jobs.find(({ queue }) => queue === 'run-plan');
      if (owed?.job.kind !== 'apply-plan') return undefined;
      const done = (): void => {
        const { jobs } = store.rows;
        const at = jobs.indexOf(owed);
        if (at >= 0) jobs.splice(at, 1);
      };
      return { requestId: owed.job.requestId, done };
    },
    register(objectId, keys) {
      const user = tenant.users.get(objectId);
      if (!user) throw new Error('a pass for nobody');
      const others = user.methods.filter((method) => keys.every((key) => key.id !== method.id));
      user.methods = [...others.map((method) => (method.kind === 'temporaryAccessPass' ? { ...method, usable: false } : method)), ...keys];
    },
    custodiansAct: () => custodiansAct(self),
    dropCards() {
      const { jobs } = store.rows;
      jobs.splice(0, jobs.length, ...jobs.filter(({ queue }) => queue === 'run-plan'));
    },
    fork: () => machine(inUnit, self),
  };
  return self;
}

/** A marker's tag is made thousands of times over; it is always the same. */
function rememberingTags(custody: Custody): Custody {
  const known = new Map<string, ReturnType<Custody['tags']>>();
  return {
    ...custody,
    tags(text) {
      const tags = known.get(text) ?? custody.tags(text);
      known.set(text, tags);
      return tags;
    },
  };
}
