import type { TenantReader, TenantUser, TenantWriter } from '../../app/ports.ts';
import type { IssuedPass, Part, RegisteredKey } from '../../core/account/types.ts';
import type { ChangeRequest, StepId } from '../../core/request/types.ts';

/** What a step may use: the plan as approved, this tenant, and the ways to record what follows from it. */
export interface StepScene {
  readonly request: ChangeRequest;
  /** The step as its plan has it. */
  readonly step: StepId;
  readonly reader: TenantReader;
  readonly writer: TenantWriter;
  /** What makes a user ours: the plan's marker and a tag that cannot be guessed (GR-3). */
  marker(): Promise<string>;
  /** Whether a user with this marker is ours: also when it was made under an older key of custody. */
  isOurs(marker: string | undefined): Promise<boolean>;
  /** What an earlier step of this plan proved. */
  evidence(step: StepId): string | undefined;
  /** Object id of the user carrying our marker. @throws StepStopped when the plan's name or id is somebody else's user */
  user(): Promise<string>;
  /** The user carrying our marker, read now. @throws as `user` */
  userNow(): Promise<TenantUser>;
  /** Asks something about the user, in the same round trip as whether it is ours where its id is known. @throws as `user` */
  ofUser<T>(ask: (objectId: string) => Promise<T>): Promise<T>;
  /** The same as `user`; `undefined` when the tenant has no such user. For steps that take away. */
  userIfThere(): Promise<string | undefined>;
  /** That user, read now. */
  userNowIfThere(): Promise<TenantUser | undefined>;
  /** As `ofUser`; `undefined` when the tenant has no such user. */
  ofUserIfThere<T>(ask: (objectId: string) => Promise<T>): Promise<T | undefined>;
  /** Object id of that user, as far as it is known: from the plan, from what made it, or because this step has read it. */
  knownId(): string | undefined;
  newPassword(length: number): Buffer;
  /** Seals the parts for their custodians and stores them, before the password is set. @throws when the lease is lost */
  sealParts(parts: readonly Buffer[]): Promise<void>;
  /** Makes the parts that were sealed ready, before the plan is at its end. @throws when the lease is lost */
  handOut(): Promise<void>;
  /** What is on record under a number of the account's credential. */
  part(number: number): Promise<Part | undefined>;
  /** Everything on record of the account's credential. */
  parts(): Promise<readonly Part[]>;
  /**
   * Why a custodian of the plan cannot keep what is made for them, in words; nothing while they can.
   *
   * @param number of one of them; all unless said
   * @throws when somebody could not be looked up
   */
  whyNotHeld(number?: number): Promise<string | undefined>;
  /** Seals a pass for its custodian and stores it; the caller wipes the value. @throws when the lease is lost */
  sealPass(number: number, value: Buffer, pass: Omit<IssuedPass, 'requestId'>, expiresAt: Date): Promise<void>;
  /** Records the key that was registered with it. @throws when the lease is lost */
  recordKey(number: number, key: RegisteredKey): Promise<void>;
  /** Puts the account on the watch list. @throws when the lease is lost */
  watch(objectId: string, feed: string): Promise<void>;
  now(): Promise<Date>;
  pause(ms: number): Promise<unknown>;
}

/**
 * One step of a plan: first look whether it is already so, else act, then look again. Any step can be run twice.
 * `look` gives the evidence in words, or `undefined` while it is not so.
 */
export interface Step {
  look(scene: StepScene): Promise<string | undefined>;
  /** Acts once. Evidence given here counts as the proof where reading back cannot show it. */
  act(scene: StepScene): Promise<string | undefined>;
}

/**
 * The step waits for somebody, who may take hours. The run gives way, and looks again at `lookAt` or when it is told to. `untilAt`: how long
 * they have; then there is nothing to wait for any more.
 */
export class StepWaits extends Error {
  readonly lookAt: Date | undefined;
  readonly untilAt: Date | undefined;
  constructor(words: string, { lookAt, untilAt }: { readonly lookAt?: Date; readonly untilAt?: Date | undefined } = {}) {
    super(words);
    this.name = 'StepWaits';
    this.lookAt = lookAt;
    this.untilAt = untilAt;
  }
}

/** The plan cannot go on: people must decide. `passing` says that it may yet come right by itself, and patience comes first. */
export class StepStopped extends Error {
  readonly code: string;
  readonly passing: boolean;
  /** The step to be done again, and all after it, where it is not the one that noticed. */
  readonly step: StepId | undefined;
  constructor(code: string, words: string, passing = false, step?: StepId) {
    super(words);
    this.name = 'StepStopped';
    this.code = code;
    this.passing = passing;
    this.step = step;
  }
}

/** What a step of several is done to: what its id says after the first colon. @throws TypeError when it says nothing */
export function subjectOf({ step }: StepScene): string {
  const at = step.indexOf(':');
  if (at === -1) throw new TypeError(`the step ${step} does not say to what`);
  return step.slice(at + 1);
}

/**
 * At the last moment before something is made that only custodians can open: whoever has left meanwhile could not.
 *
 * @throws StepStopped when one of them cannot keep it any more
 */
export async function checkCustodians(scene: StepScene, number?: number): Promise<void> {
  const why = await scene.whyNotHeld(number);
  if (why === undefined) return;
  throw new StepStopped(
    'CustodianGone',
    `${why} So nothing new was made. Give this up and ask with somebody else, or try again when they are back.`,
  );
}

/** A field that only some plans have. @throws TypeError when a plan holds a step without what it needs: a fault of the planner */
export function of<K extends string>(scene: StepScene, field: K): NonNullable<Extract<ChangeRequest['plan'], Record<K, unknown>>[K]> {
  const { plan } = scene.request;
  const value = (plan as unknown as Readonly<Record<string, unknown>>)[field];
  if (value === undefined) throw new TypeError(`a plan to ${plan.operation} has no ${field}`);
  return value as NonNullable<Extract<ChangeRequest['plan'], Record<K, unknown>>[K]>;
}
