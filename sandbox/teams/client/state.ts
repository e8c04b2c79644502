import type { Person, ShownMessage, Where, World } from './api.ts';

export interface Notice {
  readonly text: string;
  /** Teams shows the sentence of an invoke the same whether it grants or refuses; only a fault looks different. */
  readonly kind: 'said' | 'refused';
  readonly signInUrl?: string;
}

/** Everything the page shows. One person at a time looks at one conversation. */
export interface State {
  readonly world: World;
  as: string;
  where: Where;
  messages: readonly ShownMessage[];
  /** False from opening a conversation until its messages are there. */
  loaded: boolean;
  /** By person and message: what the bot answered to that person's last press. */
  readonly notices: Map<string, Notice>;
  /** `person|where` of conversations with something new. */
  readonly unread: Set<string>;
  now: Date;
  panelOpen: boolean;
}

const UNREAD = 'breakglass.unread';
const PERSON = 'breakglass.as';

export function newState(world: World): State {
  const asked = new URLSearchParams(location.hash.slice(1)).get('as') ?? sessionStorage.getItem(PERSON);
  return {
    world,
    as: world.people.some(({ name }) => name === asked) ? String(asked) : 'rita',
    where: 'channel',
    messages: [],
    loaded: false,
    notices: new Map(),
    unread: new Set(JSON.parse(localStorage.getItem(UNREAD) ?? '[]')),
    now: new Date(world.now),
    panelOpen: false,
  };
}

export function personOf(state: State, name: string): Person | undefined {
  return state.world.people.find((person) => person.name === name);
}

export function viewer(state: State): Person {
  const person = personOf(state, state.as);
  if (person === undefined) throw new Error(`nobody is called ${state.as}`);
  return person;
}

/** People of another organisation see only their own chat with the bot. */
export const seesChannel = (person: Person): boolean => person.standing !== 'external';

/** Each tab is its own person, so two windows can be two approvers. */
export function rememberPerson(name: string): void {
  sessionStorage.setItem(PERSON, name);
  history.replaceState(null, '', `#as=${name}`);
}

export function markUnread(state: State, person: string, where: Where): void {
  state.unread.add(`${person}|${where}`);
  localStorage.setItem(UNREAD, JSON.stringify([...state.unread]));
}

export function markRead(state: State, person: string, where: Where): void {
  if (state.unread.delete(`${person}|${where}`)) localStorage.setItem(UNREAD, JSON.stringify([...state.unread]));
}
