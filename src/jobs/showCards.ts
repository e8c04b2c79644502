import type { Log } from '../app/log.ts';
import type { Channel, Conversation, PostedCard, Store } from '../app/ports.ts';
import { withBanner } from '../cards/render.ts';
import type { Subject } from '../core/effect.ts';
import { type Drawn, draw, type RefreshFor } from './draw.ts';
import { FIRST, ORDINARY, pacer, type Turn, URGENT, type Window } from './pace.ts';

export interface ShowCardsNeeds {
  readonly store: Store;
  readonly channel: Channel;
  readonly refreshFor: RefreshFor;
  readonly log: Log;
}

/** What the channel tells of a failed send. `ambiguous`: it may have arrived. */
interface SendFault {
  readonly status: number;
  readonly ambiguous: boolean;
  readonly retryAfterMs?: number;
}

/** After a 429 that does not say when to come back. */
const HOLD_MS = 1_000;
const SWEPT_AT_ONCE = 200;

const REPEAT = 'This may be a repeat: the first attempt to send it was not confirmed.';

/** Posts cards that are owed and keeps posted ones true. One card is handled by one job at a time; the state decides what it shows. */
export function cardJobs({ store, channel, refreshFor, log }: ShowCardsNeeds, turn: Turn = pacer()) {
  const busy = new Map<string, Promise<void>>();

  /** One after the other per card, so that an older drawing never overtakes a newer one. */
  const alone = (key: string, work: () => Promise<void>): Promise<void> => {
    const before = busy.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    const settled = mine
      .catch(() => undefined)
      .then(() => {
        if (busy.get(key) === settled) busy.delete(key);
      });
    busy.set(key, settled);
    return mine;
  };

  async function post(key: string): Promise<void> {
    const posted = await store.card(key);
    if (!posted || posted.state === 'sent') return;
    const conversation = await store.conversation(posted.place);
    if (!conversation) return log.warn('card.nowhere-to-go', { key }); // stays owed: posted as soon as Teams tells us the conversation
    const drawn = await draw(store, posted, refreshFor);
    if (!drawn) return;
    const card = posted.state === 'sending' ? withBanner(drawn.card, REPEAT) : drawn.card;
    const windows = posted.first ? FIRST : windowsOf(posted);
    await turn(conversation.conversationId, windows);
    // A turn may be long in coming, and a sweep of another replica may have taken the card on meanwhile.
    if ((await store.card(key))?.state !== posted.state) return;
    await store.markSending(key, conversation.conversationId);
    try {
      const sent = await channel.post(conversation, card);
      await store.markSent(key, sent.conversationId, sent.activityId, drawn.revision);
    } catch (error) {
      return failed(error, posted, conversation, 'post');
    }
    await redraw(key, conversation, windows);
  }

  /** Until what is shown is what is so: the state may have moved while the card was under way. */
  async function redraw(key: string, conversation: Conversation, windows?: readonly Window[]): Promise<void> {
    for (;;) {
      const posted = await store.card(key);
      if (posted?.state !== 'sent' || posted.activityId === undefined || posted.conversationId === undefined) return;
      const stale = await draw(store, posted, refreshFor);
      if (!stale || stale.revision <= posted.shown) return;
      await turn(conversation.conversationId, windows ?? windowsOf(posted));
      const drawn: Drawn = (await draw(store, posted, refreshFor)) ?? stale; // drawn again: waiting for a turn takes time
      try {
        await channel.update(conversation, posted.conversationId, posted.activityId, drawn.card);
      } catch (error) {
        return failed(error, posted, conversation, 'update');
      }
      await store.markShown(key, drawn.revision);
    }
  }

  async function failed(error: unknown, posted: PostedCard, { conversationId }: Conversation, what: 'post' | 'update'): Promise<void> {
    if (!isSendFault(error)) throw error;
    if (error.status === 429) turn.hold?.(conversationId, error.retryAfterMs ?? HOLD_MS);
    // Refused for good: the person removed the bot, or the conversation is gone. Trying again helps nobody until Teams tells us another.
    const forGood = error.status === 403 || error.status === 404;
    // After an attempt nobody can answer for, a plain refusal of the next one does not make that one undone (AL-2).
    if (what === 'post' && !error.ambiguous && (posted.state === 'owed' || forGood)) await store.markOwed(posted.key);
    if (forGood) return log.error('card.refused', { key: posted.key, what, status: error.status });
    throw error;
  }

  const postAlone = (key: string) => alone(key, () => post(key));

  return {
    post: postAlone,
    /** Tries what should have been sent long ago. A card that fails holds up no other, and comes back with a later sweep. */
    async sweep(signal: AbortSignal): Promise<void> {
      const keys = (await store.claimUnsent(SWEPT_AT_ONCE)).values();
      const one = async (): Promise<void> => {
        for (const key of keys) {
          if (signal.aborted) return;
          await postAlone(key).catch((error: unknown) => log.warn('card.unsent', { key, error }));
        }
      };
      // Some wait long for their turn: who stops does not wait for them.
      const over = new AbortController();
      await Promise.race([Promise.all([one(), one(), one(), one()]), aborted(signal, over.signal)]);
      over.abort();
    },
    async show(subject: Subject): Promise<void> {
      let first: { readonly error: unknown } | undefined;
      for (const { key, place } of await store.cardsOf(subject)) {
        try {
          const conversation = await store.conversation(place);
          if (conversation) await alone(key, () => redraw(key, conversation));
        } catch (error) {
          first ??= { error }; // one card that cannot be updated holds up no other
        }
      }
      if (first) throw first.error;
    },
  };
}

/** What redraws may use up: the room that is kept for posting that somebody is in is not for them. */
const windowsOf = ({ urgent }: PostedCard): readonly Window[] => (urgent ? URGENT : ORDINARY);

/** Resolves when `signal` is aborted; listens no longer than until `over` is. */
const aborted = (signal: AbortSignal, over: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { signal: over });
  });

const isSendFault = (error: unknown): error is Error & SendFault => error instanceof Error && 'ambiguous' in error && 'status' in error;
