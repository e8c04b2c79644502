import { GRAPH_CALLS, type GraphCall } from '../tenant/calls.ts';
import { isGranted } from '../tenant/permissions.ts';
import { roleName, rolesLacking } from '../tenant/roles.ts';
import { type ChangeRequest, isUntouched, kindOfStep, type StepId, type StepKind, subjectOfStep } from './types.ts';

/** Application permissions by name, and directory roles for the whole tenant by template id. */
export interface Rights {
  readonly permissions: readonly string[];
  readonly roles: readonly string[];
}

/** What the identity that writes in a tenant holds there, as read now. What is left out nobody knows, and nothing is held against it. */
export type HeldRights = Partial<Rights>;

const NOTHING: Rights = { permissions: [], roles: [] };

/** What a call of the changer takes, all of it. */
const taking = (named: string): Rights => {
  const found = GRAPH_CALLS.find(({ identity, call }: GraphCall) => identity === 'changer' && call === named);
  return found ? { permissions: found.permissions, roles: found.directoryRole === undefined ? [] : [found.directoryRole] } : NOTHING;
};
/** Of a call that can set several things, what this one takes. */
const only = (permission: string, { roles }: Rights): Rights => ({ permissions: [permission], roles });
const both = (...rights: readonly Rights[]): Rights => ({
  permissions: [...new Set(rights.flatMap(({ permissions }) => permissions))],
  roles: [...new Set(rights.flatMap(({ roles }) => roles))],
});

const method = (kind: string): Rights => taking(`DELETE /users/{id}/authentication/${kind}Methods/{id}`);
const patch = taking('PATCH /users/{id}');
const PASSWORD = only('User-PasswordProfile.ReadWrite.All', patch);
const SWITCH = only('User.EnableDisableAccount.All', patch);
const LEAVE_GROUP = taking('DELETE /groups/{id}/members/{id}/$ref');
const PASS_AND_KEYS = both(method('temporaryAccessPass'), method('fido2'));

/**
 * What a step of each kind is refused without. Of steps that delete whatever sign-in methods they find it is what they are there for: a
 * method of a rare kind that turns up needs more.
 */
const NEEDED: { readonly [K in StepKind]: Rights } = {
  'create-user': taking('POST /users'),
  exclude: taking('POST /groups/{id}/members/$ref'),
  watch: NOTHING,
  'leave-unit': taking('DELETE /directory/administrativeUnits/{id}/members/{id}/$ref'),
  'set-credential': PASSWORD,
  'store-parts': NOTHING,
  'withdraw-password': PASSWORD,
  'remove-keys': method('fido2'),
  'drop-password': PASSWORD,
  'issue-pass': taking('POST /users/{id}/authentication/temporaryAccessPassMethods'),
  enrol: NOTHING,
  'tidy-methods': PASS_AND_KEYS,
  'withdraw-keys': PASS_AND_KEYS,
  'revoke-sessions': taking('POST /users/{id}/revokeSignInSessions'),
  'assign-role': taking('POST /roleManagement/directory/roleAssignments'),
  enable: SWITCH,
  'join-unit': taking('POST /directory/administrativeUnits/{id}/members/$ref'),
  'remove-role': taking('DELETE /roleManagement/directory/roleAssignments/{id}'),
  disable: SWITCH,
  'leave-group': LEAVE_GROUP,
  'delete-user': taking('DELETE /users/{id}'),
  'confirm-gone': NOTHING,
  'exclude-policy': taking('PATCH /identity/conditionalAccess/policies/{id}'),
  // No sensitive action: it takes no directory role, whosever password it is (Learn, users: sensitive actions).
  'never-expire': { permissions: ['User.ReadWrite.All'], roles: [] },
  'remove-member': LEAVE_GROUP,
  // By the method that its id names.
  'remove-method': NOTHING,
  verify: NOTHING,
};

/** What a step is refused without. */
export function rightsOfStep(id: StepId): Rights {
  const kind = kindOfStep(id);
  return kind === 'remove-method' ? method(subjectOfStep(id).split(':', 1)[0] ?? '') : NEEDED[kind];
}

/** What a run of a request still takes: before its first write also what taking it back would, for nothing is begun that could not be. */
export function rightsStillNeeded(request: ChangeRequest): Rights {
  const { plan, steps } = request;
  const left = isUntouched(request) ? [...plan.steps, ...plan.undo] : steps.filter(({ state }) => state !== 'done');
  return both(...left.map(({ id }) => rightsOfStep(id)));
}

/** Those needed that are known not to be held. */
export const rightsLacking = (needed: Rights, held: HeldRights): Rights => ({
  permissions: held.permissions ? needed.permissions.filter((each) => !isGranted(each, held.permissions ?? [])) : [],
  roles: held.roles ? rolesLacking(needed.roles, held.roles) : [],
});

const MOST_NAMED = 3;

/** `the directory role A, the permission B and 2 more`; empty where there is nothing to name. */
export function rightsNamed({ permissions, roles }: Rights): string {
  const all = [...roles.map((role) => `the directory role ${roleName(role)}`), ...permissions.map((each) => `the permission ${each}`)];
  const named = all.slice(0, MOST_NAMED);
  const more = all.length > MOST_NAMED ? [`${all.length - MOST_NAMED} more`] : [];
  return [...named, ...more].join(', ').replace(/, ([^,]*)$/, ' and $1');
}

/**
 * Why a run may not be taken up, in words: what it still takes is not there, so it would stop half-way.
 *
 * @returns nothing while nothing is known to be missing
 */
export function whyNotAllowed(request: ChangeRequest, held: HeldRights): string | undefined {
  const lacking = rightsLacking(rightsStillNeeded(request), held);
  const named = rightsNamed(lacking);
  if (named === '') return undefined;
  const token = lacking.permissions.length > 0 ? ' A permission counts from the next token on, within about an hour.' : '';
  const more = isUntouched(request) ? '' : ' more';
  const { name } = request.plan.tenant;
  const asked = [...that(lacking.roles, 'directory role'), ...that(lacking.permissions, 'permission')].join(' and ');
  return `In ${name} the identity Breakglass writes with (its changer) lacks ${named}, so nothing${more} was written. In Entra, give the changer ${asked} (status ${name} says how), then try again.${token}`;
}

const that = ({ length }: readonly string[], what: string): string[] =>
  length === 0 ? [] : [length === 1 ? `that ${what}` : `those ${what}s`];
