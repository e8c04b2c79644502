import type { Effect } from '../effect.ts';
import type { ChangeRequest, RequestState } from './types.ts';

/**
 * A short card to everybody who had a part in a request, when it comes to its end or stops: to the requester and to whoever decided, in
 * their own chats. The shared card changes silently; this one is a message. Once for each end, whatever the number of tries.
 */
export function notices(request: ChangeRequest, state: RequestState): Effect[] {
  const people = new Map([request.requester, ...request.decisions.map(({ person }) => person)].map((person) => [person.objectId, person]));
  const round = state === 'failed' ? `:${request.fence}` : '';
  return [...people.keys()].map((objectId) => ({
    kind: 'post',
    key: `request:${request.id}:notice:${state}${round}:${objectId}`,
    place: { kind: 'person', objectId },
    subject: `request:${request.id}`,
    variant: `notice:${state}`,
  }));
}

/** What stopped goes on or is taken back: nobody needs to be woken any more for what was alerted until then. */
export const inHand = ({ id }: Pick<ChangeRequest, 'id'>, at: Date): Effect => ({
  kind: 'intend',
  key: `in-hand:${id}`,
  at,
  intent: { kind: 'request-in-hand', requestId: id, untilAt: at },
});
