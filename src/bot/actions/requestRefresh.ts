import { requestCard } from '../../cards/views/request.ts';
import { ok } from '../../core/result.ts';
import type { ActionDef } from '../actionDef.ts';
import { idFrom } from '../input.ts';
import { namedInRequest, readable } from '../reading.ts';
import { viewerOf } from '../viewer.ts';
import type { RequestNeeds } from './requestAnswer.ts';

/** Teams asks for this person's own view of a card by itself; nothing is decided and nothing written. */
export const requestRefresh: ActionDef<{ readonly requestId: string }, RequestNeeds> = {
  verb: 'request.refresh',
  via: ['adaptiveCard/action'],
  parse(data) {
    const id = idFrom(data, 'request');
    return id.ok ? ok({ requestId: id.value }) : id;
  },
  async run({ requestId }, { asker, store }) {
    const request = await store.get('request', requestId);
    const found = readable(asker.actor, request ? [request] : [], namedInRequest);
    if (!found.ok) return { kind: 'refused', refusal: found.error };
    const [one] = found.value;
    if (!one) return { kind: 'refused', refusal: { code: 'not-found', what: 'request' } };
    return { kind: 'card', rendered: requestCard(one, await store.now(), viewerOf(asker)) };
  },
};
