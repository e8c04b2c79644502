import type { SandboxClock } from '../clock.ts';
import type { Documents } from '../documents.ts';
import type { PersonName } from '../world.ts';
import { actionsOf, type Json, verbOf } from './cardTree.ts';

export interface Message {
  readonly id: string;
  /** Root conversation id: the channel's, or `a:<person>`. */
  readonly conversation: string;
  /** Id of the post a channel message belongs to (its own id for the post itself); null in personal chats. */
  readonly threadId: string | null;
  readonly replyToId: string | null;
  readonly at: string;
  readonly updatedAt: string | null;
  readonly from: PersonName | 'bot';
  readonly text: string;
  readonly card: Json | null;
  /** What the card was before, newest first: somebody's screen may still show it, and what they press there is pressed. */
  readonly earlier: readonly Json[];
  /** Grows with every update; a person's own view of the card belongs to one version. */
  readonly version: number;
}

export type NewMessage = Pick<Message, 'conversation' | 'from' | 'text' | 'card'> & {
  id?: string;
  threadId?: string | null;
  replyToId?: string | null;
};

/** What was said, kept in `Documents` and mirrored in memory so that reading costs nothing. */
export interface Messages {
  nextId(): string;
  add(message: NewMessage): Message;
  update(id: string, change: Pick<Message, 'text' | 'card'>): Message | undefined;
  remove(id: string): void;
  get(id: string): Message | undefined;
  /** Oldest first. */
  in(conversation: string): Message[];
  /** That person's own view of a message's card: undefined if never asked for at this version, null if the bot had none to give. */
  viewOf(message: Message, person: PersonName): Json | null | undefined;
  keepView(message: Message, person: PersonName, card: Json | null): void;
}

interface View {
  readonly messageId: string;
  readonly person: PersonName;
  readonly version: number;
  readonly card: Json | null;
}

const MESSAGES = 'teams.messages';
const VIEWS = 'teams.views';
const EARLIER_KEPT = 3;
const viewId = (messageId: string, person: PersonName): string => `${messageId}|${person}`;

export function openMessages(documents: Documents, clock: SandboxClock): Messages {
  const messages = new Map(documents.all<Message>(MESSAGES).map((message) => [message.id, message]));
  const views = new Map(documents.all<View>(VIEWS).map((view) => [viewId(view.messageId, view.person), view]));
  let lastId = Math.max(0, ...[...messages.keys()].map(Number));

  const save = (message: Message): Message => {
    documents.put(MESSAGES, message.id, message);
    messages.set(message.id, message);
    return message;
  };
  const dropViews = (messageId: string): void => {
    for (const [id, view] of views) {
      if (view.messageId !== messageId) continue;
      documents.remove(VIEWS, id);
      views.delete(id);
    }
  };
  const nextId = (): string => {
    // Teams' message ids are its own milliseconds; ours stay unique when two fall into one.
    lastId = Math.max(lastId + 1, clock.now().getTime());
    return String(lastId);
  };

  return {
    nextId,
    add: ({ id = nextId(), threadId = null, replyToId = null, ...rest }) =>
      save({ ...rest, id, threadId, replyToId, at: clock.now().toISOString(), updatedAt: null, earlier: [], version: 1 }),
    update(id, change) {
      const before = messages.get(id);
      if (before === undefined) return undefined;
      return documents.together(() => {
        dropViews(id);
        const earlier = keepEarlier(before, change.card);
        return save({ ...before, ...change, earlier, updatedAt: clock.now().toISOString(), version: before.version + 1 });
      });
    },
    remove(id) {
      documents.together(() => {
        dropViews(id);
        documents.remove(MESSAGES, id);
      });
      messages.delete(id);
    },
    get: (id) => messages.get(id),
    in: (conversation) => [...messages.values()].filter((message) => message.conversation === conversation),
    viewOf(message, person) {
      const view = views.get(viewId(message.id, person));
      return view?.version === message.version ? view.card : undefined;
    },
    keepView(message, person, card) {
      // The bot may have updated the message while it was answering this person: then the answer is about a card nobody sees any more.
      if (messages.get(message.id)?.version !== message.version) return;
      const view: View = { messageId: message.id, person, version: message.version, card };
      documents.put(VIEWS, viewId(message.id, person), view);
      views.set(viewId(message.id, person), view);
    },
  };
}

/** Keeps an older card for the sake of buttons that the new one no longer has. */
function keepEarlier(before: Message, next: Json | null): readonly Json[] {
  const verbs = (card: Json | null): string[] => (card === null ? [] : actionsOf(card).flatMap(({ action }) => verbOf(action) ?? []));
  const seen = new Set(verbs(next));
  const kept: Json[] = [];
  for (const card of [before.card, ...before.earlier]) {
    const fresh = verbs(card).filter((verb) => !seen.has(verb));
    if (card === null || fresh.length === 0) continue;
    for (const verb of fresh) seen.add(verb);
    kept.push(card);
  }
  return kept.slice(0, EARLIER_KEPT);
}
