import { splitPassword } from '../../core/account/password.ts';
import { kindOfStep, type StepId, type StepKind } from '../../core/request/types.ts';
import { checkCustodians, of, type Step, type StepScene, StepStopped } from './step.ts';

export const setCredential: Step = {
  // What a password is cannot be read back: after a crash a new one is made and the old parts, which nobody saw, are replaced.
  look: async () => undefined,
  async act(scene) {
    const { writer, userNow, newPassword, sealParts } = scene;
    const credential = of(scene, 'credential');
    if (credential.kind !== 'split-password') throw new TypeError('a plan with passkeys sets no password in parts');
    await checkCustodians(scene);
    const { objectId, passwordChangedAt: before } = await userNow();
    await anotherSecond(scene, before);
    const password = newPassword(credential.length);
    const parts = splitPassword(password, credential.parts);
    try {
      await sealParts(parts);
      await setForSure(scene, () => writer.setPassword(objectId, password));
      let after = await changedSince(scene, before, objectId);
      if (after === undefined && before !== undefined) {
        // Not seen: the replica lags, or both fell into one second after all, by clocks that differ. Once more tells the two apart.
        await setForSure(scene, () => writer.setPassword(objectId, password));
        after = await changedSince(scene, before, objectId);
      }
      return `Password set ${when(before, after)}; ${credential.parts} parts sealed`;
    } finally {
      for (const bytes of [password, ...parts]) bytes.fill(0);
    }
  },
};

const when = (before: Date | undefined, after: Date | undefined): string =>
  after ? `at ${after.toISOString()}` : before ? `after ${before.toISOString()}` : 'at an unknown time';

/** When a password was set, as `set-credential` told it: exactly, or for want of a replica that shows it, only what it is later than. */
export function passwordSet(evidence: string | undefined): { readonly at?: Date; readonly after?: Date } {
  // Stryker disable next-line StringLiteral, ArrayDeclaration: what stands for nothing found only has to hold no instant
  const [, word, instant] = /set (at|after) (\S+);/.exec(evidence ?? '') ?? [];
  return instant === undefined ? {} : { [word as 'at' | 'after']: new Date(instant) };
}

/**
 * A run that lost its lease may still have had a password under way: then the parts that were sealed last open nothing (AP-9). It is set
 * again, from where the account leaves the unit that would refuse it; a new account that is inside already has no such step.
 */
export function passwordReplaced({ request: { plan }, step }: StepScene): StepStopped {
  const has = (kind: StepKind): StepId | undefined => plan.steps.find(({ id }) => kindOfStep(id) === kind)?.id;
  const stuck = step === 'verify' && has('join-unit') !== undefined && has('leave-unit') === undefined;
  return stuck
    ? new StepStopped('PasswordReplaced', `${REPLACED} Give this request up, which takes the account back, and ask anew.`)
    : new StepStopped('PasswordReplaced', REPLACED, true, has('leave-unit') ?? 'set-credential');
}

/**
 * Whether the password is the one that was set, before something that could not be mended if it is not. Taking back sets none anew, and may
 * have replaced it itself: it goes on whatever the password is.
 *
 * @throws StepStopped as `passwordReplaced`
 */
export async function checkPassword(scene: StepScene): Promise<void> {
  if (scene.request.state === 'undoing') return;
  const { at } = passwordSet(scene.evidence('set-credential'));
  if (!at) return;
  const changedAt = (await scene.reader.user(await scene.user()))?.passwordChangedAt ?? at;
  if (changedAt > at) throw passwordReplaced(scene);
}

const REPLACED = 'The password was set again after its parts were sealed, so they would not open the account.';

const TRIES = 3;
/** What is under way when the last try is given up shall arrive before another password is set, not in the same second. */
const LATE_MS = 2_000;

/**
 * Sets the same password again while nobody knows whether it was set. Another one may not follow at once: the first may still be under way,
 * and where both arrive within one second, the whole seconds Graph keeps cannot tell which came last (found by `npm run faults`).
 */
async function setForSure({ pause }: StepScene, set: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await set();
    } catch (error) {
      const unknown = error instanceof Error && 'unknownOutcome' in error && error.unknownOutcome === true;
      if (unknown && attempt < TRIES) continue;
      if (unknown) await pause(LATE_MS);
      throw error;
    }
  }
}

/** Graph tells the time of a change in whole seconds: a change within the second of the one before could not be seen. */
async function anotherSecond({ now, pause }: StepScene, before: Date | undefined): Promise<void> {
  const passed = before === undefined ? 1_000 : (await now()).getTime() - before.getTime();
  if (passed >= 0 && passed < 1_000) await pause(1_000 - passed);
}

/** Milliseconds between looks for a change: the replica that is asked may lag. */
const LOOKS = [250, 500, 1_000, 2_000];

/** When the password was changed, as soon as a replica shows that it was. */
async function changedSince({ reader, pause }: StepScene, before: Date | undefined, objectId: string): Promise<Date | undefined> {
  for (const ms of [0, ...LOOKS]) {
    if (ms > 0) await pause(ms);
    const found = (await reader.user(objectId))?.passwordChangedAt;
    if (found && found.getTime() !== before?.getTime()) return found;
  }
  return undefined;
}
