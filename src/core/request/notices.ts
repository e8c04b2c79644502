import type { HowInHand } from '../alert/types.ts';
import type { Effect } from '../effect.ts';
import type { PersonRef } from '../people.ts';
import type { ChangeRequest, RequestState } from './types.ts';

/** What people hear of a request by a message: how it ended or stopped, that its plan is asked for anew, or that approvals count no more. */
export type RequestNews = RequestState | 'asked-again' | 'quorum-lost';

/**
 * A short card to everybody whom it concerns, in their own chats: to the requester and whoever decided, to everybody who was asked to, and
 * to the owners. The shared card changes silently; this one is a message. Once for each person and event, whatever the number of tries.
 */
export const notices = (request: ChangeRequest, news: RequestNews, except: ReadonlySet<string> = new Set()): Effect[] =>
  concernedBy(request)
    .filter(({ objectId }) => !except.has(objectId))
    .map(({ objectId }) => ({
      kind: 'post',
      key: `request:${request.id}:notice:${news}${roundOf(request, news)}:${objectId}`,
      place: { kind: 'person', objectId },
      subject: `request:${request.id}`,
      variant: `notice:${news}`,
    }));

/** What may happen to one request more than once. */
function roundOf({ fence, plan }: ChangeRequest, news: RequestNews): string {
  if (news === 'asked-again') return `:v${plan.version}`;
  return news === 'failed' || news === 'quorum-lost' ? `:${fence}` : '';
}

/** Each account once; and of a human who acted with one account no other, for that is where they look. */
function concernedBy({ requester, decisions, asked = [], plan }: ChangeRequest): PersonRef[] {
  const acted = distinct([requester, ...decisions.map(({ person }) => person)]);
  const humans = new Set(acted.map(({ personKey }) => personKey));
  return distinct([...acted, ...[...asked, ...plan.owners].filter(({ personKey }) => !humans.has(personKey))]);
}

/** By account, the first of each. */
export const distinct = (people: readonly PersonRef[]): PersonRef[] =>
  people.filter(({ objectId }, index) => people.findIndex((person) => person.objectId === objectId) === index);

/**
 * What stopped goes on or is taken back: nobody needs to be woken any more for what was alerted until then.
 *
 * @param replaced another alert tells what stays: nothing is well
 */
export const inHand = ({ id }: Pick<ChangeRequest, 'id'>, at: Date, how: HowInHand, replaced?: true): Effect => ({
  kind: 'intend',
  key: `in-hand:${id}`,
  at,
  intent: { kind: 'request-in-hand', requestId: id, untilAt: at, how, ...(replaced ? { replaced } : {}) },
});

/** What follows for the account. */
export const concluding = ({ id }: Pick<ChangeRequest, 'id'>, at: Date): Effect => ({
  kind: 'intend',
  key: `conclude:${id}`,
  at,
  intent: { kind: 'conclude-request', requestId: id },
});
