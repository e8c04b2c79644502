import { h } from './dom.ts';
import { icon } from './icons.ts';
import type { State } from './state.ts';

/** @param thread id of the post this answers; without it a new post */
export type Send = (text: string, thread?: string) => Promise<void>;

const COMMANDS = ['help', 'create contoso', 'requests', 'accounts', 'status', 'whoami'];

/** The box at the bottom, with the bot's commands at hand as Teams offers them. */
export function composer(state: State, send: Send): HTMLElement {
  const inChannel = state.where === 'channel';
  const field = h('textarea', {
    rows: 1,
    'data-testid': 'composer',
    'aria-label': inChannel ? 'Start a post' : 'Type a message',
    placeholder: inChannel ? 'Post to @Breakglass: “create contoso”' : 'Write to Breakglass: “help”',
  }) as HTMLTextAreaElement;
  const button = h('button.send', { type: 'submit', 'data-testid': 'send', 'aria-label': 'Send' }, icon('send'));
  const grow = (): void => {
    field.rows = Math.min(6, field.value.split('\n').length);
  };
  const form = h('form.composer', { 'aria-label': 'Compose' }, field, button);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (text === '') return;
    field.value = '';
    grow();
    field.focus();
    void send(text);
  });
  field.addEventListener('input', grow);
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    (form as HTMLFormElement).requestSubmit();
  });
  const suggestions = COMMANDS.map((command) => {
    const choose = (): void => {
      field.value = command;
      field.focus();
    };
    return h('button.suggestion', { type: 'button', onclick: choose }, command);
  });
  return h('div.compose-area', {}, h('div.suggestions', { role: 'group', 'aria-label': 'Commands' }, ...suggestions), form);
}
