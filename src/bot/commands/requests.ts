import type { Reads } from '../../app/ports.ts';
import { words } from '../../cards/refusals.ts';
import { requestCard } from '../../cards/views/request.ts';
import { requestListCard } from '../../cards/views/requestList.ts';
import { ok } from '../../core/result.ts';
import type { Asker, CommandDef } from '../commandDef.ts';
import { card, say } from '../needs.ts';
import { namedInRequest, readable } from '../reading.ts';
import { viewerOf } from '../viewer.ts';

const MOST_REQUESTS = 20;

interface Needs {
  readonly asker: Asker;
  readonly store: Pick<Reads, 'get' | 'requests' | 'now'>;
}

export const requests: CommandDef<{ readonly id: string }, Needs> = {
  word: 'requests',
  usage: 'requests [id]',
  summary: 'Open requests, or one with its plan, its approvals and its steps.',
  parse: (id) => ok({ id }),
  async run({ id }, { asker, store }) {
    const now = await store.now();
    if (id === '') {
      const found = readable(asker.actor, await store.requests({ open: true, limit: MOST_REQUESTS }), namedInRequest);
      return found.ok ? card(requestListCard(found.value, now)) : say(words(found.error));
    }
    const request = (await store.get('request', id)) ?? (await store.get('request', id.toUpperCase()));
    const found = readable(asker.actor, request ? [request] : [], namedInRequest);
    if (!found.ok) return say(words(found.error));
    const [one] = found.value;
    return one ? card(requestCard(one, now, viewerOf(asker))) : say(words({ code: 'not-found', what: 'request', called: id }));
  },
};
