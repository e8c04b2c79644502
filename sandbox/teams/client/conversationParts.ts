import type { Send } from './composer.ts';
import { h } from './dom.ts';
import { icon } from './icons.ts';
import { avatar } from './people.ts';
import type { State } from './state.ts';

/** A post of the channel: room for its messages, and below them the way to answer in its thread. */
export function newPost(thread: string, send: Send): HTMLElement {
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

/** Who or what one is looking at. */
export function header(state: State): HTMLElement {
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

/** What stands where nothing was said yet. */
export function empty(state: State): HTMLElement {
  return h(
    'div.empty',
    {},
    avatar('Breakglass'),
    h('h2', {}, state.where === 'channel' ? 'Start with a request' : 'Say hello'),
    h('p', {}, 'Type “help” to see what the bot does for you, or “whoami” to see who you are to it.'),
  );
}
