import type { Outcome } from '../../src/app/dispatch.ts';
import type { Log } from '../../src/app/log.ts';
import type { Custody } from '../../src/app/ports.ts';
import type { Intent } from '../../src/core/intent.ts';
import type { Actor } from '../../src/core/people.ts';
import type { ChangeRequest, Plan, StepId } from '../../src/core/request/types.ts';
import { ok } from '../../src/core/result.ts';
import { keyFileCustody, partContext } from '../../src/custody/keyFile.ts';
import { sceneOf } from '../../src/jobs/planScene.ts';
import type { RunPlanNeeds } from '../../src/jobs/runPlan.ts';
import type { StepScene } from '../../src/jobs/steps/step.ts';
import { aRequest, NOON } from './builders.ts';
import { inTouch, lookUpAll } from './everybody.ts';
import { countingRandom, memoryStore } from './memoryStore.ts';
import { MemoryTenant, type MemoryUser } from './memoryTenant.ts';

const PATIENCE_MS = 30 * 60_000;
const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => log };

/** What a run that knows more than its plan tells a step. */
export interface SceneFacts extends Partial<ChangeRequest> {
  /** What was proven of earlier steps. */
  readonly proven?: Partial<Record<StepId, string>>;
  /** Since when this step is under way. */
  readonly since?: Date;
}

/**
 * The scenes of one plan on a tenant and a store in memory, as a run makes them: lease 3, thirty minutes of patience. What a step tells the
 * door is kept and answered with yes; nothing is done about it. A second user, who is none of ours, is there to be left alone.
 */
export function scenesOf(plan: Plan, custody: Custody = keyFileCustody(Buffer.alloc(32, 5))) {
  const tenant = new MemoryTenant(NOON, plan.tenant.id);
  const store = memoryStore(NOON);
  inTouch(store);
  const sent: Intent[] = [];
  const senders: Actor[] = [];
  const waited: number[] = [];
  const asked: string[] = [];
  const world = {
    /** What the door says to an intent. */
    answer: (_intent: Intent): Outcome => ok({}),
  };
  /** Time passes for the tenant and for the database alike. */
  const pass = (ms: number): void => {
    tenant.nowMs += ms;
    store.setClock(new Date(NOON.getTime() + tenant.nowMs));
  };
  const needs: RunPlanNeeds = {
    door: {
      async dispatch(actor, intent) {
        senders.push(actor);
        sent.push(intent);
        return world.answer(intent);
      },
    },
    store,
    people: { lookUp: lookUpAll, holders: async () => [] },
    tenants: {
      list: () => [],
      info: () => undefined,
      reader: (tenantId) => {
        asked.push(tenantId);
        return tenant.reader;
      },
      writer: (tenantId) => {
        asked.push(tenantId);
        return tenant.writer;
      },
      changer: async () => ({}),
    },
    custody,
    random: countingRandom(),
    log,
    partContext,
    wait: async (ms) => {
      waited.push(ms);
      pass(ms);
    },
  };
  const bystander: MemoryUser = {
    objectId: 'bystander',
    userPrincipalName: 'bystander@example.org',
    createdAt: 0,
    enabledAt: 0,
    password: 'theirs',
  };
  tenant.users.push(bystander);

  return Object.assign(world, {
    plan,
    tenant,
    store,
    custody,
    needs,
    bystander,
    /** Intents that reached the door, in order. */
    sent,
    /** Whose they were. */
    senders,
    /** Milliseconds waited, in order. */
    waited,
    /** The tenants whose reader or writer was taken. */
    asked,
    pass,
    /** The plan's user as its request left it: disabled, with our marker and tag. */
    async ours(more: Partial<MemoryUser> = {}): Promise<MemoryUser> {
      const { account } = plan;
      const user: MemoryUser = {
        objectId: 'objectId' in account ? account.objectId : 'user-1',
        userPrincipalName: account.userPrincipalName,
        marker: `${account.marker}:${(await custody.tags(account.marker))[0]}`,
        passwordPolicies: 'DisablePasswordExpiration',
        createdAt: 0,
        enabledAt: Number.POSITIVE_INFINITY,
        password: 'as it was',
        ...more,
      };
      tenant.users.push(user);
      return user;
    },
    scene(step: StepId, { proven = {}, since, ...more }: SceneFacts = {}): StepScene {
      const base = aRequest({ plan, state: 'approved', fence: 3, ...more });
      const steps = base.steps.map((each) => {
        const evidence = proven[each.id];
        return evidence === undefined ? each : { ...each, state: 'done' as const, evidence };
      });
      return sceneOf(needs, { ...base, steps }, step, () => since, PATIENCE_MS);
    },
  });
}
export type Scenes = ReturnType<typeof scenesOf>;
