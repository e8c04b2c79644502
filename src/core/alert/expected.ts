import { later } from '../decision.ts';
import { consumed, SLACK_MS } from '../request/expected.ts';
import type { ChangeRequest } from '../request/types.ts';
import type { DirectoryChange } from './change.ts';

/** A request whose run has begun, with the object id that came to be in it. */
export interface Begun {
  readonly request: ChangeRequest;
  readonly objectId?: string;
}

/**
 * The request whose approved plan accounts for a change: it was running then, its plan names the object, no user is touched that the plan
 * does not name, and one of its steps causes just that, and not more often than it was done.
 *
 * @param requests those of the tenant whose run has begun
 */
export function requestBehind(change: DirectoryChange, requests: readonly Begun[]): string | undefined {
  return requests.find((begun) => standsBehind(change, begun))?.request.id;
}

export const standsBehind = (change: DirectoryChange, { request, objectId }: Begun): boolean =>
  ranThen(request, change.changedAt) &&
  accountsFor(request, objectId, change) &&
  (request.expected === undefined ? !isByAccount(change, request, objectId) : consumed(request, objectId, change) !== undefined);

/** What an account does itself is expected of a run only where that says so. */
const isByAccount = ({ actor }: DirectoryChange, { plan }: ChangeRequest, objectId: string | undefined): boolean =>
  actor.userId !== undefined && actor.userId === ('objectId' in plan.account ? plan.account.objectId : objectId);

function ranThen({ begunAt, closedAt, state, steps, undoSteps }: ChangeRequest, at: Date): boolean {
  if (begunAt === undefined || at < later(begunAt, -SLACK_MS)) return false;
  if (state === 'approved' || state === 'undoing') return true;
  const last = [...steps, ...(undoSteps ?? [])].reduce(
    (newest, step) => (step.at && step.at > newest ? step.at : newest),
    closedAt ?? begunAt,
  );
  return at <= later(last, SLACK_MS);
}

function accountsFor({ plan }: ChangeRequest, objectId: string | undefined, { targets }: DirectoryChange): boolean {
  const planned = JSON.stringify(plan).toLowerCase();
  const named = targets.map(({ id, userPrincipalName, type }) => ({
    isUser: type.toLowerCase() === 'user',
    isNamed:
      id === objectId ||
      (id !== '' && planned.includes(`"${id}"`)) ||
      (userPrincipalName !== undefined && planned.includes(`"${userPrincipalName.toLowerCase()}"`)),
  }));
  return named.some(({ isNamed }) => isNamed) && named.every(({ isUser, isNamed }) => isNamed || !isUser);
}
