import type { ShownMessage } from './api.ts';
import { composer, type Send } from './composer.ts';
import { fill, h } from './dom.ts';
import { icon } from './icons.ts';
import { drawMessage, drawNotice, freshenTimes, type MessageActions, messageKey } from './message.ts';
import { avatar } from './people.ts';
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

  constructor(place: HTMLElement, actions: ConversationActions) {
    this.place = place;
    this.actions = actions;
  }

  /** Draws what changed. Stays at the newest message if it was in sight. */
  draw(state: State): void {
    const opened = this.shown !== `${state.as}|${state.where}`;
    if (opened) this.open(state);
    const { scroller } = this;
    const atEnd = opened || scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
    const lastBefore = scroller.dataset.last;
    const elements = state.messages.map((message) => this.elementOf(state, message));
    const wanted = state.where === 'channel' ? this.posts(state, elements) : elements;
    sync(scroller, wanted.length === 0 && state.loaded ? [empty(state)] : wanted);
    const last = state.messages.at(-1);
    scroller.dataset.last = last?.id ?? '';
    const newOwn = last !== undefined && last.id !== lastBefore && last.from === state.as;
    if (!atEnd && !newOwn) return;
    // A new answer may belong to an older post: bring the newest message into sight, wherever it stands.
    const newest = elements.at(-1);
    if (opened || lastBefore === '' || last?.id !== lastBefore) {
      if (state.where === 'channel') newest?.scrollIntoView({ block: 'nearest' });
      else scroller.scrollTop = scroller.scrollHeight;
    }
  }

  private open(state: State): void {
    this.shown = `${state.as}|${state.where}`;
    this.drawn = new Map();
    this.threads = new Map();
    this.scroller = h('div.messages', { tabindex: 0, role: 'log', 'aria-label': 'Messages' });
    fill(this.place, header(state), this.scroller, composer(state, this.actions.send));
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

/** Makes `parent` hold exactly these children, leaving those in place that already are: a moved field would lose its focus. */
function sync(parent: Element, wanted: readonly Element[]): void {
  for (const child of [...parent.children]) if (!wanted.includes(child)) child.remove();
  wanted.forEach((child, index) => {
    const there = parent.children[index];
    if (there !== child) parent.insertBefore(child, there ?? null);
  });
}

function newPost(thread: string, send: Send): HTMLElement {
  const field = h('input.reply-field', {
    type: 'text',
    placeholder: 'Reply to Breakglass in this thread',
    'aria-label': 'Reply',
  }) as HTMLInputElement;
  const open = h('button.reply-button', { type: 'button' }, icon('reply', 16), 'Reply');
  const form = h('form.reply-form', { hidden: true }, field);
  open.addEventListener('click', () => {
    form.hidden = false;
    open.hidden = true;
    field.focus();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (text === '') return;
    field.value = '';
    void send(text, thread);
  });
  return h('article.post', {}, h('div.post-body', {}), h('div.post-foot', {}, open, form));
}

function header(state: State): HTMLElement {
  const inChannel = state.where === 'channel';
  return h(
    'div.conversation-head',
    {},
    inChannel ? h('span.team-picture', { 'aria-hidden': 'true' }, 'S') : avatar('Breakglass'),
    h(
      'div',
      {},
      h('h1', {}, inChannel ? state.world.channel.name : 'Breakglass'),
      h('p', {}, inChannel ? `${state.world.team} · everybody here sees what you post` : 'Only you and the bot see this chat'),
    ),
  );
}

function empty(state: State): HTMLElement {
  return h(
    'div.empty',
    {},
    avatar('Breakglass'),
    h('h2', {}, state.where === 'channel' ? 'Start with a request' : 'Say hello'),
    h('p', {}, 'Ask for an emergency access account with “create contoso”, or type “help” to see what you may do here.'),
  );
}
