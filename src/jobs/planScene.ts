import { setTimeout as realWait } from 'node:timers/promises';
import { custodiansNow } from '../app/custodians.ts';
import type { TenantUser } from '../app/ports.ts';
import { randomPassword } from '../core/account/password.ts';
import { partKey } from '../core/account/types.ts';
import { whyNotHeld } from '../core/request/named.ts';
import type { ChangeRequest, StepId } from '../core/request/types.ts';
import type { RunPlanNeeds } from './runPlan.ts';
import { type StepScene, StepStopped } from './steps/step.ts';

const WORKER = { kind: 'system', part: 'worker' } as const;

/** The door refused what only the holder of the lease may record. The message is the refusal's code. */
export class LeaseLost extends Error {}

/**
 * What the steps of a run work with. Of one step: the user it found stays the same throughout.
 *
 * @param since     when the step was first begun, in this run or an earlier one
 * @param patienceMs how long what cannot be read may only not be readable yet
 */
export function sceneOf(
  needs: RunPlanNeeds,
  request: ChangeRequest,
  step: StepId,
  since: () => Date | undefined,
  patienceMs: number,
): StepScene {
  const { tenants, custody, random, store, door, partContext } = needs;
  const { plan, fence } = request;
  const reader = tenants.reader(plan.tenant.id);
  const requestId = request.id;
  // Asked for where it is needed: a vault that is away is then a step that waits, and told like one.
  const signed = (tag: string): string => `${plan.account.marker}:${tag}`;
  const isOurs: StepScene['isOurs'] = async (marker) =>
    marker !== undefined && (await custody.tags(plan.account.marker)).some((tag) => signed(tag) === marker);
  const evidence: StepScene['evidence'] = (step) => request.steps.find(({ id }) => id === step)?.evidence;
  const notOurs = () =>
    new StepStopped('NotOurs', `${plan.account.userPrincipalName} does not carry the marker of the request that made it.`);
  const creation = evidence('create-user');
  // Stryker disable next-line StringLiteral: what stands for no evidence only has to name no user
  const created = /^User (\S+) exists/.exec(creation ?? '')?.[1];
  /** Known for an account that exists, and for a new one once its creation was proven. */
  const known = 'objectId' in plan.account ? plan.account.objectId : created;
  let found: string | undefined;

  async function userNowIfThere(): Promise<TenantUser | undefined> {
    const id = known ?? found;
    if (id !== undefined) return stillThere(id);
    const named = await reader.userByName(plan.account.userPrincipalName);
    // Somebody else's user of that name is none of ours, and is not touched (GR-3).
    if (!named || !(await isOurs(named.marker))) return undefined;
    found = named.objectId;
    return named;
  }

  const userIfThere = async (): Promise<string | undefined> => (await userNowIfThere())?.objectId;

  async function userNow(): Promise<TenantUser> {
    const id = known ?? found;
    const read = id === undefined ? await reader.userByName(plan.account.userPrincipalName) : await reader.user(id);
    if (!read) throw Object.assign(new Error('the user cannot be read yet'), { passing: true });
    // Only what carries our marker for this very request is touched (GR-3).
    if (!(await isOurs(read.marker))) throw notOurs();
    found = read.objectId;
    return read;
  }

  const user = async (): Promise<string> => found ?? (await userNow()).objectId;

  /** A user that was there once and cannot be read is gone only when the recycle bin has it, or after long patience (GR-4). */
  async function stillThere(objectId: string): Promise<TenantUser | undefined> {
    const user = await reader.user(objectId);
    if (user) {
      if (!(await isOurs(user.marker))) throw notOurs();
      found = user.objectId;
      return user;
    }
    if (await reader.isDeleted(objectId)) return undefined;
    const begunAt = since();
    if (begunAt && (await store.now()).getTime() - begunAt.getTime() > patienceMs) return undefined;
    throw Object.assign(new Error('the user can be read neither as there nor as deleted'), { passing: true, code: 'NotReadable' });
  }

  async function accountId(): Promise<string> {
    const found =
      'accountId' in plan.account ? plan.account.accountId : (await store.transaction((tx) => tx.accountOfRequest(requestId)))?.id;
    if (found === undefined) throw new StepStopped('NoAccount', 'The account is not on the watch list.');
    return found;
  }
  const parts = async () => (await store.get('account', await accountId()))?.parts ?? [];

  return {
    request,
    step,
    marker: async () => signed((await custody.tags(plan.account.marker))[0]),
    isOurs,
    evidence,
    reader,
    writer: tenants.writer(plan.tenant.id),
    now: () => store.now(),
    pause: needs.wait ?? realWait,
    newPassword: (length) => randomPassword(length, random.below),
    knownId: () => known ?? found,
    userIfThere,
    userNowIfThere,
    async ofUserIfThere(ask) {
      if (known !== undefined) {
        const [objectId, answer] = await Promise.all([userIfThere(), ask(known)]);
        return objectId === undefined ? undefined : answer;
      }
      const objectId = await userIfThere();
      return objectId === undefined ? undefined : ask(objectId);
    },
    user,
    userNow,
    async ofUser(ask) {
      if (known === undefined) return ask(await user());
      const [, answer] = await Promise.all([user(), ask(known)]);
      return answer;
    },
    async watch(user, feed) {
      const outcome = await door.dispatch(WORKER, { kind: 'watch-account', requestId, fence, objectId: user, feed });
      if (!outcome.ok) throw new LeaseLost(outcome.error.code);
    },
    async handOut() {
      const outcome = await door.dispatch(WORKER, { kind: 'hand-out-parts', requestId, fence });
      if (!outcome.ok && outcome.error.code !== 'nothing-to-do') throw new LeaseLost(outcome.error.code);
    },
    part: async (number) => (await parts()).find((part) => part.number === number),
    parts,
    async whyNotHeld(number) {
      const wanted = number === undefined ? plan.custodians : plan.custodians.slice(number - 1, number);
      return whyNotHeld(wanted, await custodiansNow(needs, wanted));
    },
    async sealPass(number, value, pass, expiresAt) {
      const custodian = plan.custodians[number - 1];
      if (!custodian) throw new RangeError('a pass for nobody');
      const sealed = await custody.seal(value, partContext(partKey(await accountId(), number), custodian.objectId));
      const outcome = await door.dispatch(WORKER, { kind: 'seal-pass', requestId, fence, partNumber: number, sealed, pass, expiresAt });
      if (!outcome.ok) throw new LeaseLost(outcome.error.code);
    },
    async recordKey(number, key) {
      const outcome = await door.dispatch(WORKER, { kind: 'record-key', requestId, fence, partNumber: number, key });
      if (!outcome.ok && outcome.error.code !== 'nothing-to-do') throw new LeaseLost(outcome.error.code);
    },
    async sealParts(parts) {
      const account = await accountId();
      const sealed = await Promise.all(
        parts.map((part, index) => {
          const custodian = plan.custodians[index];
          if (!custodian) throw new RangeError('more parts than custodians');
          return custody.seal(part, partContext(partKey(account, index + 1), custodian.objectId));
        }),
      );
      const outcome = await door.dispatch(WORKER, { kind: 'seal-parts', requestId, fence, sealed });
      if (!outcome.ok) throw new LeaseLost(outcome.error.code);
    },
  };
}
