import { later, MINUTE } from '../decision.ts';
import type { ChangeRequest } from '../request/types.ts';
import type { DirectoryChange } from './change.ts';

/** Clocks of Entra and ours differ by seconds; rows of one write follow each other within a minute. */
const SLACK_MS = 2 * MINUTE;

/**
 * The request whose approved plan accounts for a write of our own changer identity: it was running then, its plan names the object, and no
 * user is touched that the plan does not name.
 *
 * @param requests those of the tenant whose run has begun, with the object ids that came to be in it
 */
export function requestBehind(
  change: DirectoryChange,
  requests: readonly { readonly request: ChangeRequest; readonly objectId?: string }[],
): string | undefined {
  return requests.find(({ request, objectId }) => ranThen(request, change.changedAt) && accountsFor(request, objectId, change))?.request.id;
}

function ranThen({ begunAt, closedAt, state, steps }: ChangeRequest, at: Date): boolean {
  if (begunAt === undefined || at < later(begunAt, -SLACK_MS)) return false;
  if (state === 'approved') return true;
  const last = steps.reduce((newest, step) => (step.at && step.at > newest ? step.at : newest), closedAt ?? begunAt);
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
