import type { ShownMessage } from './api.ts';
import { composer, type Send } from './composer.ts';
import { empty, header, newPost } from './conversationParts.ts';
import { fill, h } from './dom.ts';
import { icon } from './icons.ts';
import { drawMessage, drawNotice, freshenTimes, type MessageActions, messageKey } from './message.ts';
import type { State } from './state.ts';

export interface ConversationActions extends MessageActions {
  send: Send;
}

interface Drawn {
  readonly key: string;
  readonly element: HTMLElement;
}

/** The middle of the page: header, messages (in the channel: posts with their answers), compose box. */
export class ConversationView {
  private readonly place: HTMLElement;
  private readonly actions: ConversationActions;
  private drawn = new Map<string, Drawn>();
  private threads = new Map<string, HTMLElement>();
  private shown = '';
  private scroller = h('div');
  private newer = h('button');
  /** Where this view last scrolled to; undefined once the person has scrolled away from there. */
  private placedAt: number | undefined;
  private newest: HTMLElement | undefined;

  constructor(place: HTMLElement, actions: ConversationActions) {
    this.place = place;
    this.actions = actions;
  }

  /** Draws what changed. A new message comes into sight, unless the person is reading further up: then a button leads to it. */
  draw(state: State): void {
    const opened = this.shown !== `${state.as}|${state.where}`;
    if (opened) this.open(state);
    const { scroller } = this;
    const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
    const follows = opened || atEnd || this.placedAt !== undefined;
    const lastBefore = scroller.dataset.last;
    const elements = state.messages.map((message) => this.elementOf(state, message));
    const wanted = state.where === 'channel' ? this.posts(state, elements) : elements;
    sync(scroller, wanted.length === 0 && state.loaded ? [empty(state)] : wanted);
    const last = state.messages.at(-1);
    scroller.dataset.last = last?.id ?? '';
    // A new answer may belong to an older post: what comes into sight is the newest message, wherever it stands.
    this.newest = elements.at(-1);
    if (last === undefined) return;
    if (last.id === lastBefore) {
      // What stands above it may have grown or shrunk.
      if (this.placedAt !== undefined) this.showNewest();
      return;
    }
    if (follows || !lastBefore || last.from === state.as) this.showNewest();
    else this.newer.hidden = inSight(this.newest, scroller);
  }

  /** Puts text into the compose box for the person to send. */
  write(text: string): void {
    const field = this.place.querySelector<HTMLTextAreaElement>('.composer textarea');
    if (field === null) return;
    field.value = text;
    field.focus();
  }

  private showNewest(): void {
    const long = (this.newest?.offsetHeight ?? 0) > this.scroller.clientHeight;
    this.newest?.scrollIntoView({ block: long ? 'start' : 'nearest' }); // a long card is read from its top
    this.placedAt = this.scroller.scrollTop;
    this.newer.hidden = true;
  }

  private scrolled(): void {
    if (this.placedAt !== undefined && Math.abs(this.scroller.scrollTop - this.placedAt) > 8) this.placedAt = undefined;
    if (inSight(this.newest, this.scroller)) this.newer.hidden = true;
  }

  private open(state: State): void {
    this.shown = `${state.as}|${state.where}`;
    this.drawn = new Map();
    this.threads = new Map();
    this.newest = undefined;
    this.scroller = h('div.messages', { tabindex: 0, role: 'log', 'aria-label': 'Messages', onscroll: () => this.scrolled() });
    const down = (): void => this.showNewest();
    this.newer = h('button.newer', { type: 'button', hidden: true, onclick: down }, icon('chevron', 16), 'New message');
    const writing = composer(state, this.actions.send);
    writing.prepend(this.newer);
    fill(this.place, header(state), this.scroller, writing);
  }

  private elementOf(state: State, message: ShownMessage): HTMLElement {
    const key = messageKey(state, message);
    const before = this.drawn.get(message.id);
    const element = before?.key === key ? before.element : drawMessage(state, message, this.actions);
    this.drawn.set(message.id, { key, element });
    freshenTimes(element, message, state.now);
    drawNotice(element, state.notices.get(`${state.as}|${message.id}`), () => this.actions.dismiss(message.id));
    return element;
  }

  private posts(state: State, elements: HTMLElement[]): HTMLElement[] {
    const order: string[] = [];
    const content = new Map<string, HTMLElement[]>();
    state.messages.forEach((message, index) => {
      const thread = message.threadId ?? message.id;
      if (!content.has(thread)) order.push(thread);
      const element = elements[index];
      if (element !== undefined) content.set(thread, [...(content.get(thread) ?? []), element]);
    });
    return order.map((thread) => {
      const post = this.threads.get(thread) ?? newPost(thread, this.actions.send);
      this.threads.set(thread, post);
      const body = post.firstElementChild;
      if (body !== null) sync(body, content.get(thread) ?? []);
      return post;
    });
  }
}

/** Whether enough of it shows to be noticed. */
function inSight(element: HTMLElement | undefined, scroller: HTMLElement): boolean {
  if (element === undefined) return true;
  const [its, seen] = [element.getBoundingClientRect(), scroller.getBoundingClientRect()];
  return its.top < seen.bottom - 60 && its.bottom > seen.top + 60;
}

/** Makes `parent` hold exactly these children, leaving those in place that already are: a moved field would lose its focus. */
function sync(parent: Element, wanted: readonly Element[]): void {
  for (const child of [...parent.children]) if (!wanted.includes(child)) child.remove();
  wanted.forEach((child, index) => {
    const there = parent.children[index];
    if (there !== child) parent.insertBefore(child, there ?? null);
  });
}
