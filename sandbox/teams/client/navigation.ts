import type { Where } from './api.ts';
import { fill, h } from './dom.ts';
import { type IconName, icon } from './icons.ts';
import { avatar, personSwitcher } from './people.ts';
import { type State, seesChannel, viewer } from './state.ts';
import { longTime } from './times.ts';

export interface Navigate {
  person(name: string): void;
  place(where: Where): void;
  panel(): void;
  theme(): void;
}

export function drawTopbar(bar: HTMLElement, state: State, go: Navigate): void {
  fill(
    bar,
    h('div.brand', {}, avatar('Breakglass', 'small'), h('span.brand-name', {}, 'Breakglass'), h('span.brand-note', {}, 'sandbox')),
    h(
      'button.clock-pill',
      { type: 'button', title: 'Sandbox time. Open the panel to move it.', onclick: go.panel },
      icon('clock', 16),
      h('time', {}, longTime(state.now)),
    ),
    h(
      'div.topbar-end',
      {},
      h(
        'button.icon-button',
        { type: 'button', 'data-testid': 'theme', title: 'Light or dark', 'aria-label': 'Switch theme', onclick: go.theme },
        themeIcon(),
      ),
      h(
        'button.icon-button.panel-toggle',
        {
          type: 'button',
          'data-testid': 'panel-toggle',
          title: 'Tenant and time',
          'aria-label': 'Tenant and time',
          'aria-expanded': String(state.panelOpen),
          onclick: go.panel,
        },
        icon('panel'),
      ),
      personSwitcher(state, go.person),
    ),
  );
}

export function drawRail(rail: HTMLElement, state: State, go: Navigate): void {
  const item = (where: Where, name: IconName, label: string): HTMLElement =>
    h(
      'button.rail-item',
      { type: 'button', 'aria-current': state.where === where ? 'page' : undefined, onclick: () => go.place(where) },
      icon(name, 22),
      h('span', {}, label),
      unread(state, where) && h('span.dot', { title: 'New messages' }),
    );
  fill(
    rail,
    item('personal', 'chat', 'Chat'),
    seesChannel(viewer(state)) && item('channel', 'teams', 'Teams'),
    h('button.rail-item.rail-panel', { type: 'button', onclick: go.panel }, icon('key', 22), h('span', {}, 'Tenant')),
  );
}

export function drawList(list: HTMLElement, state: State, go: Navigate): void {
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
