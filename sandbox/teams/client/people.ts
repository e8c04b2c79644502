import type { Person } from './api.ts';
import { h } from './dom.ts';
import { icon } from './icons.ts';
import { type State, viewer } from './state.ts';

const HUES = 8;

/** Round picture with initials; a colour of its own for each person, a square one for the bot. */
export function avatar(displayName: string, size: 'small' | 'large' = 'large'): HTMLElement {
  const words = displayName
    .replace(/\(.*\)/, '')
    .trim()
    .split(' ');
  const initials = displayName === 'Breakglass' ? '!' : `${words[0]?.[0] ?? ''}${words.at(-1)?.[0] ?? ''}`;
  const hue = [...displayName].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % HUES;
  const kind = displayName === 'Breakglass' ? 'avatar-bot' : `avatar-${hue}`;
  return h(`span.avatar.${kind}.avatar-${size}`, { 'aria-hidden': 'true' }, initials);
}

function badges(person: Person): HTMLElement[] {
  const standing = person.standing === 'member' ? [] : [person.standing];
  const roles = person.roles.length === 0 && standing.length === 0 ? ['no role'] : person.roles;
  return [...standing, ...roles].map((role) => h(`span.badge.badge-${role.replace(' ', '-')}`, {}, role));
}

/** Puts a dot at everybody who has something new in their chat, and at the button if that is somebody else. */
export function showWaiting(place: HTMLElement, state: State): void {
  const waits = (name: string): boolean => state.unread.has(`${name}|personal`);
  for (const dot of place.querySelectorAll<HTMLElement>('.dot[data-for]')) dot.hidden = !waits(dot.dataset.for ?? '');
  const button = place.querySelector<HTMLElement>('.person-button .dot');
  if (button !== null) button.hidden = !state.world.people.some(({ name }) => name !== state.as && waits(name));
}

/** The button at the top that says who you are, and the menu to be somebody else. */
export function personSwitcher(state: State, choose: (name: string) => void): HTMLElement {
  const me = viewer(state);
  const items = state.world.people.map((person) => personItem(state, person, () => choose(person.name)));
  const menu = h('div.people-menu', { role: 'menu', hidden: true, 'aria-label': 'Be another person' }, ...items);
  const button = h(
    'button.person-button',
    { type: 'button', 'data-testid': 'person-switcher', 'data-person': me.name, 'aria-haspopup': 'menu', 'aria-expanded': 'false' },
    avatar(me.displayName, 'small'),
    h('span.person-button-name', {}, me.displayName),
    icon('chevron', 16),
    h('span.dot', { title: 'Somebody else has a new message', hidden: true }),
  );
  const show = (open: boolean): void => {
    menu.hidden = !open;
    button.setAttribute('aria-expanded', String(open));
    if (open) (items.find((item) => item.getAttribute('aria-checked') === 'true') ?? items[0])?.focus();
  };
  button.addEventListener('click', () => show(menu.hidden !== false));
  const whole = h('div.person-switcher', {}, button, menu);
  whole.addEventListener('keydown', (event) => {
    const at = items.indexOf(document.activeElement as HTMLElement);
    if (event.key === 'Escape') {
      show(false);
      button.focus();
    }
    if (event.key === 'ArrowDown') items[(at + 1) % items.length]?.focus();
    if (event.key === 'ArrowUp') items.at(at - 1)?.focus();
    if (event.key.startsWith('Arrow')) event.preventDefault();
  });
  whole.addEventListener('focusout', (event) => {
    if (!whole.contains(event.relatedTarget as Node | null)) show(false);
  });
  return whole;
}

function personItem(state: State, person: Person, choose: () => void): HTMLElement {
  return h(
    'button.person-item',
    {
      type: 'button',
      role: 'menuitemradio',
      'aria-checked': String(person.name === state.as),
      'data-testid': `person-${person.name}`,
      onclick: choose,
    },
    avatar(person.displayName, 'small'),
    h('span.person-item-text', {}, h('span.person-item-name', {}, person.displayName), h('span.badges', {}, ...badges(person))),
    h('span.dot', { title: 'New message', hidden: true, 'data-for': person.name }),
  );
}
