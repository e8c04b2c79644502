import type { ShownMessage } from './api.ts';
import { drawCard, type Pressed } from './cards.ts';
import { h } from './dom.ts';
import { icon } from './icons.ts';
import { avatar } from './people.ts';
import { richText } from './richText.ts';
import { type Notice, personOf, type State } from './state.ts';
import { shortTime } from './times.ts';

export interface MessageActions {
  press(messageId: string, pressed: Pressed): Promise<void>;
  dismiss(messageId: string): void;
}

/** All a drawn message depends on: when it is unchanged, the element stays, and with it what is half typed into its card. */
export function messageKey(state: State, message: ShownMessage): string {
  const { id, text, card, updatedAt } = message;
  return JSON.stringify([state.as, id, text, card, updatedAt]);
}

export function drawMessage(state: State, message: ShownMessage, actions: MessageActions): HTMLElement {
  const fromBot = message.from === 'bot';
  const name = fromBot ? 'Breakglass' : (personOf(state, message.from)?.displayName ?? message.from);
  const mine = message.from === state.as;
  const { card } = message;
  return h(
    `div.message${mine ? '.message-mine' : ''}`,
    { 'data-testid': 'message', 'data-message-id': message.id, 'data-from': message.from },
    avatar(name),
    h(
      'div.message-main',
      {},
      h(
        'div.message-head',
        {},
        h('span.message-from', {}, name),
        fromBot && h('span.app-badge', {}, 'App'),
        h('time', { datetime: message.at }),
        h('span.edited'),
      ),
      message.text !== '' && h('div.message-text', {}, richText(message.text)),
      card !== null && drawCard(card, (pressed) => actions.press(message.id, pressed)),
      h('div.notice-place', { 'aria-live': 'polite' }),
    ),
  );
}

/** Times change their words when the clock moves; the message is not drawn again for that, or what is typed into its card were lost. */
export function freshenTimes(element: Element, { at, updatedAt }: ShownMessage, now: Date): void {
  const time = element.querySelector('.message-head time');
  const edited = element.querySelector('.edited');
  if (time !== null) time.textContent = shortTime(at, now);
  if (edited !== null) edited.textContent = updatedAt === null ? '' : `Edited ${shortTime(updatedAt, now)}`;
}

/** Puts the bot's answer to a press under the card, or takes it away. */
export function drawNotice(element: Element, notice: Notice | undefined, dismiss: () => void): void {
  const place = element.querySelector('.notice-place');
  const before = place?.firstElementChild?.getAttribute('data-text');
  if (place === null || before === (notice?.text ?? null) || (notice === undefined && before === undefined)) return;
  place.replaceChildren();
  if (notice === undefined) return;
  requestAnimationFrame(() => place.scrollIntoView({ block: 'nearest' }));
  place.append(
    h(
      `div.notice.notice-${notice.kind}`,
      { 'data-testid': 'notice', 'data-text': notice.text, role: notice.kind === 'refused' ? 'alert' : 'status' },
      icon(notice.kind === 'refused' ? 'warning' : 'info', 18),
      h(
        'div.notice-text',
        {},
        richText(notice.text),
        notice.signInUrl !== undefined &&
          /^https?:\/\//i.test(notice.signInUrl) &&
          h('a.notice-link', { href: notice.signInUrl, target: '_blank', rel: 'noopener noreferrer' }, 'Sign in'),
      ),
      h('button.icon-button', { type: 'button', 'aria-label': 'Dismiss', onclick: dismiss }, icon('close', 16)),
    ),
  );
}
