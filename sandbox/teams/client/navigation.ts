import type { Where } from './api.ts';
import { fill, h, isNew } from './dom.ts';
import { type IconName, icon } from './icons.ts';
import { avatar, personSwitcher, showWaiting } from './people.ts';
import { type State, seesChannel, viewer } from './state.ts';
import { longTime } from './times.ts';

export interface Navigate {
  person(name: string): void;
  place(where: Where): void;
  panel(): void;
  time(): void;
  theme(): void;
}

export function drawTopbar(bar: HTMLElement, state: State, go: Navigate): void {
  if (isNew(bar, state.as, state.panelOpen, document.documentElement.dataset.theme)) fillTopbar(bar, state, go);
  // These change by themselves, perhaps while the menu of people is open or a button is held down: nothing is drawn anew for them.
  const time = bar.querySelector('.clock-pill time');
  if (time !== null) time.textContent = longTime(state.now);
  showWaiting(bar, state);
}

function fillTopbar(bar: HTMLElement, state: State, go: Navigate): void {
  fill(
    bar,
    h('div.brand', {}, avatar('Breakglass', 'small'), h('span.brand-name', {}, 'Breakglass'), h('span.brand-note', {}, 'sandbox')),
    h('button.clock-pill', { type: 'button', title: 'Sandbox time: move it in the panel', onclick: go.time }, icon('clock', 16), h('time')),
    h(
      'div.topbar-end',
      {},
      h(
        'button.icon-button',
        { type: 'button', 'data-testid': 'theme', title: 'Light or dark', 'aria-label': 'Switch theme', onclick: go.theme },
        themeIcon(),
      ),
      h(
        'button.panel-toggle',
        {
          type: 'button',
          'data-testid': 'panel-toggle',
          title: 'Guided tour, time, sign-in',
          'aria-expanded': String(state.panelOpen),
          onclick: go.panel,
        },
        icon('panel'),
        'Try it out',
      ),
      personSwitcher(state, go.person),
    ),
  );
}

export function drawRail(rail: HTMLElement, state: State, go: Navigate): void {
  if (!isNew(rail, state.as, state.where, unread(state, 'personal'), unread(state, 'channel'))) return;
  const item = (where: Where, name: IconName, label: string): HTMLElement =>
    h(
      'button.rail-item',
      {
        type: 'button',
        'data-testid': `rail-${where}`,
        'aria-current': state.where === where ? 'page' : undefined,
        onclick: () => go.place(where),
      },
      icon(name, 22),
      h('span', {}, label),
      unread(state, where) && h('span.dot', { title: 'New messages' }),
    );
  fill(
    rail,
    item('personal', 'chat', 'Chat'),
    seesChannel(viewer(state)) && item('channel', 'teams', 'Teams'),
    h(
      'button.rail-item.rail-panel',
      { type: 'button', 'data-testid': 'rail-panel', onclick: go.panel },
      icon('panel', 22),
      h('span', {}, 'Try it out'),
    ),
  );
}

export function drawList(list: HTMLElement, state: State, go: Navigate): void {
  if (!isNew(list, state.as, state.where, unread(state, 'personal'), unread(state, 'channel'))) return;
  const item = (where: Where, picture: Node, label: string, note: string): HTMLElement =>
    h(
      `button.list-item${unread(state, where) ? '.list-item-unread' : ''}`,
      {
        type: 'button',
        'data-testid': `conversation-${where}`,
        'aria-current': state.where === where ? 'page' : undefined,
        onclick: () => go.place(where),
      },
      picture,
      h('span.list-text', {}, h('span.list-name', {}, label), h('span.list-note', {}, note)),
      unread(state, where) && h('span.dot', { title: 'New messages' }),
    );
  fill(
    list,
    h('h2.list-title', {}, 'Chat'),
    h('h3.list-group', {}, 'Chats'),
    item('personal', avatar('Breakglass'), 'Breakglass', 'Your chat with the bot'),
    h('h3.list-group', {}, 'Teams and channels'),
    seesChannel(viewer(state))
      ? h(
          'div.team',
          {},
          h('div.team-name', {}, h('span.team-picture', { 'aria-hidden': 'true' }, 'S'), state.world.team),
          item('channel', h('span.channel-mark', { 'aria-hidden': 'true' }, '#'), state.world.channel.name, 'Requests, approvals, alerts'),
        )
      : h('p.list-empty', {}, 'People of other organisations are in no team here. They can only write to the bot.'),
  );
}

const unread = (state: State, where: Where): boolean => state.unread.has(`${state.as}|${where}`);
const themeIcon = (): Node => icon(document.documentElement.dataset.theme === 'dark' ? 'sun' : 'moon');
