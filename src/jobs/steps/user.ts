import { type Step, StepStopped } from './step.ts';

export const createUser: Step = {
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
    if (plan.operation !== 'create') throw new TypeError(`a plan to ${plan.operation} creates no user`);
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

export const watch: Step = {
  look: async () => undefined,
  async act({ reader, user, watch: put, now }) {
    const objectId = await user();
    await reader.signIns([objectId], await now());
    await put(objectId, 'graph-sign-ins');
    return 'On the watch list; its sign-in log answered';
  },
};

export const enable: Step = {
  async look({ userNow }) {
    return (await userNow()).accountEnabled ? 'Account enabled' : undefined;
  },
  async act({ writer, user }) {
    await writer.enable(await user());
    return undefined;
  },
};

export const disable: Step = {
  async look({ userNowIfThere }) {
    const found = await userNowIfThere();
    if (!found) return 'There is no such user';
    return found.accountEnabled ? undefined : 'Account disabled';
  },
  async act({ writer, user }) {
    await writer.disable(await user());
    return undefined;
  },
};

export const revokeSessions: Step = {
  // Whether a session was ended by us or before us cannot be told apart: ending them once more harms nothing.
  look: async () => undefined,
  async act({ writer, reader, user }) {
    const objectId = await user();
    await writer.revokeSessions(objectId);
    const from = (await reader.user(objectId))?.sessionsValidFromAt;
    return from ? `Sessions begun before ${from.toISOString()} are void` : 'The tenant confirmed that its sessions were ended';
  },
};

/** In two looks: gone from the users, and in the recycle bin, where Entra keeps it for 30 days. */
export const deleteUser: Step = {
  async look({ reader, userIfThere, knownId }) {
    if ((await userIfThere()) !== undefined) return undefined;
    const objectId = knownId();
    const binned = objectId !== undefined && (await reader.isDeleted(objectId));
    return binned ? 'User deleted; restorable in Entra for 30 days' : 'There is no such user';
  },
  async act({ writer, userIfThere }) {
    const objectId = await userIfThere();
    if (objectId !== undefined) await writer.deleteUser(objectId);
    return undefined;
  },
};
