import type { StepKind } from '../../core/request/types.ts';
import { setCredential } from './credential.ts';
import { neverExpire, removeMember, removeMethod } from './mend.ts';
import { dropPassword, enrol, issuePass, removeKeys, storeParts, tidyMethods, withdrawKeys, withdrawPassword } from './passkeys.ts';
import { excludePolicy } from './policy.ts';
import { assignRole, exclude, joinUnit, leaveGroup, leaveUnit, removeRole } from './rights.ts';
import type { Step } from './step.ts';
import { createUser, deleteUser, disable, enable, revokeSessions, watch } from './user.ts';
import { confirmGone, verify } from './verify.ts';

/** How each kind of step is carried out. A plan says which of them, in what order. */
export const STEPS: { readonly [K in StepKind]: Step } = {
  'create-user': createUser,
  exclude,
  watch,
  'leave-unit': leaveUnit,
  'set-credential': setCredential,
  'store-parts': storeParts,
  'withdraw-password': withdrawPassword,
  'remove-keys': removeKeys,
  'drop-password': dropPassword,
  'issue-pass': issuePass,
  enrol,
  'tidy-methods': tidyMethods,
  'withdraw-keys': withdrawKeys,
  'revoke-sessions': revokeSessions,
  'assign-role': assignRole,
  enable,
  'join-unit': joinUnit,
  'remove-role': removeRole,
  disable,
  'leave-group': leaveGroup,
  'delete-user': deleteUser,
  'confirm-gone': confirmGone,
  'exclude-policy': excludePolicy,
  'never-expire': neverExpire,
  'remove-member': removeMember,
  'remove-method': removeMethod,
  verify,
};
