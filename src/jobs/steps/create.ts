import { splitPassword } from '../../core/account/password.ts';
import { type Step, StepStopped } from './step.ts';

const createUser: Step = {
  id: 'create-user',
  async look({ request: { plan }, reader, isOurs }) {
    const user = await reader.userByName(plan.account.userPrincipalName);
    if (!user) return undefined;
    // Ours is created disabled: one that is enabled by now was made, or taken over, by somebody else (GR-2, GR-3).
    if (user.accountEnabled || !(await isOurs(user.marker))) {
      throw new StepStopped(
        'NameTaken',
        `Somebody else created ${plan.account.userPrincipalName} after this plan was approved. It was not touched.`,
      );
    }
    return `User ${user.objectId} exists, disabled`;
  },
  async act({ request: { plan }, writer, newPassword, marker: makeMarker }) {
    const marker = await makeMarker();
    const discarded = newPassword(64);
    try {
      await writer.createUser({ ...plan.account, marker }, discarded);
    } finally {
      discarded.fill(0);
    }
    return undefined;
  },
};

const exclude: Step = {
  id: 'exclude',
  async look({ request: { plan }, reader, user }) {
    return (await reader.isMember(plan.exclusionGroupId, await user())) ? `Member of group ${plan.exclusionGroupId}` : undefined;
  },
  async act({ request: { plan }, writer, user }) {
    await writer.addToGroup(plan.exclusionGroupId, await user());
    return undefined;
  },
};

const watch: Step = {
  id: 'watch',
  look: async () => undefined,
  async act({ reader, user, watch: put, now }) {
    const objectId = await user();
    await reader.signIns([objectId], await now());
    await put(objectId, 'graph-sign-ins');
    return 'On the watch list; its sign-in log answered';
  },
};

const setCredential: Step = {
  id: 'set-credential',
  // What a password is cannot be read back: after a crash a new one is made and the old parts, which nobody saw, are replaced.
  look: async () => undefined,
  async act({ request: { plan }, reader, writer, user, newPassword, sealParts }) {
    const objectId = await user();
    const before = (await reader.user(objectId))?.passwordChangedAt;
    const password = newPassword(plan.credential.length);
    const parts = splitPassword(password, plan.credential.parts);
    try {
      await sealParts(parts);
      await writer.setPassword(objectId, password);
    } finally {
      for (const bytes of [password, ...parts]) bytes.fill(0);
    }
    const after = await changedSince(before, async () => (await reader.user(objectId))?.passwordChangedAt);
    return `Password set at ${after?.toISOString() ?? 'an unknown time'}; ${plan.credential.parts} parts sealed`;
  },
};

/** When the password was changed, as soon as a replica shows that it was; the last answer if none does in time. */
async function changedSince(before: Date | undefined, read: () => Promise<Date | undefined>): Promise<Date | undefined> {
  let found: Date | undefined;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    found = await read();
    if (found?.getTime() !== before?.getTime()) break;
  }
  return found;
}

const assignRole: Step = {
  id: 'assign-role',
  async look({ request: { plan }, reader, user }) {
    return (await reader.roles(await user())).includes(plan.role.templateId)
      ? `${plan.role.name}, active, scope ${plan.role.scope}`
      : undefined;
  },
  async act({ request: { plan }, writer, user }) {
    await writer.assignRole(await user(), plan.role.templateId);
    return undefined;
  },
};

const enable: Step = {
  id: 'enable',
  async look({ reader, user }) {
    return (await reader.user(await user()))?.accountEnabled ? 'Account enabled' : undefined;
  },
  async act({ writer, user }) {
    await writer.enable(await user());
    return undefined;
  },
};

const verify: Step = {
  id: 'verify',
  async look({ request: { plan }, reader, user, isOurs, evidence }) {
    const objectId = await user();
    const [found, excluded, roles] = await Promise.all([
      reader.user(objectId),
      reader.isMember(plan.exclusionGroupId, objectId),
      reader.roles(objectId),
    ]);
    const wrong = [
      found?.accountEnabled ? '' : 'it is not enabled',
      (await isOurs(found?.marker)) ? '' : 'our marker is gone',
      found?.passwordPolicies?.includes('DisablePasswordExpiration') ? '' : 'its password expires',
      excluded ? '' : 'it is not in the exclusion group',
      roles.includes(plan.role.templateId) ? '' : 'the role is missing',
    ].filter((text) => text !== '');
    // Every step was proven once, but another replica may be behind the one that proved it (GR-4).
    if (wrong.length > 0) throw new StepStopped('NotAsPlanned', `Read back, the account is not as planned: ${wrong.join(', ')}.`, true);
    const setAt = /set at (\S+);/.exec(evidence('set-credential') ?? '')?.[1];
    const changedAt = found?.passwordChangedAt?.toISOString();
    if (setAt !== undefined && changedAt !== undefined && setAt !== changedAt) {
      // A run that lost its lease may still have had a password under way: then the parts that were sealed last open nothing (AP-9).
      throw new StepStopped('PasswordReplaced', PASSWORD_REPLACED, true, 'set-credential');
    }
    return 'User, group, role and password policy read back as planned';
  },
  act: async () => undefined,
};

const PASSWORD_REPLACED =
  'The password was set again after its parts were sealed, so they would not open the account. Try again makes a new one.';

/** The steps of a new account, in the order of design.md decision 12. */
export const CREATE_STEPS: readonly Step[] = [createUser, exclude, watch, setCredential, assignRole, enable, verify];
