import { splitPassword } from '../../core/account/password.ts';
import { of, type Step } from './step.ts';

export const setCredential: Step = {
  // What a password is cannot be read back: after a crash a new one is made and the old parts, which nobody saw, are replaced.
  look: async () => undefined,
  async act(scene) {
    const { reader, writer, user, newPassword, sealParts } = scene;
    const credential = of(scene, 'credential');
    const objectId = await user();
    const before = (await reader.user(objectId))?.passwordChangedAt;
    const password = newPassword(credential.length);
    const parts = splitPassword(password, credential.parts);
    try {
      await sealParts(parts);
      await setForSure(() => writer.setPassword(objectId, password));
    } finally {
      for (const bytes of [password, ...parts]) bytes.fill(0);
    }
    const after = await changedSince(before, async () => (await reader.user(objectId))?.passwordChangedAt);
    return `Password set at ${after?.toISOString() ?? 'an unknown time'}; ${credential.parts} parts sealed`;
  },
};

const TRIES = 3;

/**
 * Sets the same password again while nobody knows whether it was set. Another one may not follow at once: the first may still be under way,
 * and where both arrive within one second, the whole seconds Graph keeps cannot tell which came last (found by `npm run faults`).
 */
async function setForSure(set: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await set();
    } catch (error) {
      const unknown = error instanceof Error && 'unknownOutcome' in error && error.unknownOutcome === true;
      if (!unknown || attempt === TRIES) throw error;
    }
  }
}

/** When the password was changed, as soon as a replica shows that it was; the last answer if none does in time. */
async function changedSince(before: Date | undefined, read: () => Promise<Date | undefined>): Promise<Date | undefined> {
  let found: Date | undefined;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    found = await read();
    if (found?.getTime() !== before?.getTime()) break;
  }
  return found;
}
