import * as api from './api.ts';
import type { Pressed } from './cards.ts';
import { clockPanel } from './clockPanel.ts';
import { ConversationView } from './conversation.ts';
import { showDialog } from './dialog.ts';
import { byId, fill, h } from './dom.ts';
import { icon } from './icons.ts';
import { mishapPanel } from './mishapPanel.ts';
import { drawList, drawRail, drawTopbar } from './navigation.ts';
import { asksAgain, outcomeOf } from './outcome.ts';
import { signInPanel } from './signInPanel.ts';
import { markRead, markUnread, newState, rememberPerson, type State, seesChannel, viewer } from './state.ts';
import { applyTheme, switchTheme } from './theme.ts';
import { toast } from './toast.ts';
import { tour } from './tour.ts';

applyTheme();
void api.world().then(run, (error: unknown) => fill(byId('conversation'), h('p.empty', { role: 'alert' }, String(error))));

function run(world: api.World): void {
  const state = newState(world);
  // Answers may overtake each other; an older one never covers a newer.
  let reads = 0;
  let newestRead = 0;
  const clock = clockPanel(state, (advance, now) => {
    setNow(now);
    guide.see({ kind: 'moved', days: Number(/^P(\d+)D$/.exec(advance)?.[1] ?? 0) });
  });
  const signIn = signInPanel(state, ({ result }) => {
    if (result === 'success') guide.see({ kind: 'signed-in' });
  });
  const view = new ConversationView(byId('conversation'), { send, press, dismiss });
  const guide = tour(state, {
    become,
    write(text) {
      state.panelOpen = false;
      drawAround();
      view.write(text);
    },
    signIn() {
      signIn.scrollIntoView({ block: 'nearest' });
      signIn.querySelector<HTMLElement>('[data-testid=signin-upn]')?.focus();
    },
    move: (advance) => void clock.move(advance),
  });

  const close = h('button.icon-button.panel-close', { type: 'button', 'aria-label': 'Close panel', onclick: togglePanel }, icon('close'));
  fill(byId('panel'), h('div.panel-head', {}, h('h1', {}, 'Try it out'), close), guide.element, clock.element, signIn, mishapPanel(state));
  if (!seesChannel(viewer(state))) state.where = 'personal';
  drawAround();
  void load();
  listen();
  setInterval(() => {
    state.now = new Date(state.now.getTime() + 1_000);
    clock.tick();
  }, 1_000);

  function drawAround(): void {
    const focused = document.activeElement?.getAttribute('data-testid');
    const go = { person: become, place, panel: togglePanel, time: showTime, theme };
    drawTopbar(byId('topbar'), state, go);
    drawRail(byId('rail'), state, go);
    drawList(byId('list'), state, go);
    byId('app').dataset.panel = state.panelOpen ? 'open' : 'closed';
    byId('app').dataset.as = state.as;
    guide.draw();
    // What was drawn anew gets its focus back; after a choice in the menu its button has it.
    if (focused && document.activeElement === document.body) {
      document.querySelector<HTMLElement>(`[data-testid="${focused}"]`)?.focus();
      if (document.activeElement === document.body && focused.startsWith('person-')) {
        document.querySelector<HTMLElement>('[data-testid=person-switcher]')?.focus();
      }
    }
    document.title = `${viewer(state).displayName} · Breakglass sandbox`;
  }

  function theme(): void {
    switchTheme();
    drawAround();
  }

  function become(name: string, where: api.Where = state.where): void {
    state.as = name;
    state.where = where;
    state.panelOpen = false;
    rememberPerson(name);
    if (!seesChannel(viewer(state))) state.where = 'personal';
    opened();
  }

  function place(where: api.Where): void {
    state.where = where;
    state.panelOpen = false;
    opened();
  }

  function opened(): void {
    state.messages = [];
    state.loaded = false;
    markRead(state, state.as, state.where);
    drawAround();
    view.draw(state);
    void load();
  }

  function togglePanel(): void {
    state.panelOpen = !state.panelOpen;
    drawAround();
  }

  /** The clock at the top leads to the buttons that move it. */
  function showTime(): void {
    state.panelOpen = true;
    drawAround();
    clock.element.scrollIntoView({ block: 'nearest' });
  }

  function setNow(now: string): void {
    state.now = new Date(now);
    clock.tick();
    drawAround();
  }

  function dismiss(messageId: string): void {
    state.notices.delete(`${state.as}|${messageId}`);
    view.draw(state);
  }

  /** Reads the conversation as the person who looks now; an answer that comes after a switch is for nobody. */
  async function load(): Promise<void> {
    const { as, where } = state;
    reads += 1;
    const read = reads;
    try {
      const messages = await api.messages(as, where);
      if (as !== state.as || where !== state.where || read < newestRead) return;
      newestRead = read;
      state.messages = messages;
      state.loaded = true;
      view.draw(state);
    } catch (error) {
      if (!(error instanceof api.CallFailed)) throw error;
      toast(error.message);
    }
  }

  async function send(text: string, thread?: string): Promise<void> {
    const { as, where } = state;
    try {
      const { status } = await api.say(as, where, text, thread);
      if (status !== undefined) toast('Breakglass did not answer. Is it running?');
    } catch (error) {
      if (!(error instanceof api.CallFailed)) throw error;
      toast(error.message);
    }
  }

  async function press(messageId: string, pressed: Pressed): Promise<void> {
    const { as } = state;
    const outcome = await outcomeOf(() => api.press(as, messageId, pressed.verb ?? '', pressed.inputs, pressed.data));
    const { status, message, signInUrl, card } = outcome;
    const refused = status >= 400 || message !== undefined || signInUrl !== undefined || asksAgain(card, pressed.verb);
    if (pressed.verb !== undefined) guide.see({ kind: 'pressed', as, verb: pressed.verb, done: !refused });
    note(as, messageId, outcome);
    if (outcome.dialog !== undefined) void converse(as, messageId, outcome.dialog);
    return load();
  }

  /** A dialog from its opening to its end; the button that opened it is free meanwhile. */
  async function converse(as: string, messageId: string, dialog: NonNullable<api.Outcome['dialog']>): Promise<void> {
    const last = await showDialog(dialog, {
      submit: async (id, { verb, data, inputs }) => {
        const answer = await outcomeOf(() => api.submitDialog(as, id, verb, inputs));
        const named = verb ?? (typeof data.verb === 'string' ? data.verb : undefined);
        if (named !== undefined) guide.see({ kind: 'pressed', as, verb: named, done: answer.status < 400 });
        return answer;
      },
      // If this is lost, the server forgets the dialog when it next restarts or has too many.
      closed: (id) => void api.closeDialog(as, id).catch((error: unknown) => toast(String(error))),
    });
    if (last !== undefined) note(as, messageId, last);
    return load();
  }

  function note(as: string, messageId: string, { status, message, card, signInUrl }: api.Outcome): void {
    const key = `${as}|${messageId}`;
    // A card that asks to sign in has its own button for that.
    const signIn = card === undefined && signInUrl !== undefined ? 'Please sign in to go on.' : undefined;
    const text = message ?? (status >= 400 ? 'Something went wrong. Please try again.' : signIn);
    if (text === undefined || text === '') state.notices.delete(key);
    else state.notices.set(key, { text, kind: status >= 400 ? 'refused' : 'said', ...(signInUrl !== undefined && { signInUrl }) });
    view.draw(state);
  }

  function listen(): void {
    const stream = new EventSource('/sandbox/events');
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const changed = (kind: string) => (event: MessageEvent<string>) => {
      const { conversation, from } = JSON.parse(event.data) as { conversation: string; from: string };
      const where = conversation === state.world.channel.id ? 'channel' : 'personal';
      if (kind === 'message') noteUnread(state, conversation, from);
      if (where !== state.where || (where === 'personal' && conversation !== `a:${state.as}`)) return drawAround();
      // A burst of updates (a plan being carried out) is read once.
      clearTimeout(waiting);
      waiting = setTimeout(() => void load(), 50);
    };
    for (const kind of ['message', 'update', 'delete']) stream.addEventListener(kind, changed(kind));
    stream.addEventListener('clock', (event: MessageEvent<string>) => setNow(JSON.parse(event.data).now));
    stream.addEventListener('error', () => void byId('app').setAttribute('data-offline', ''));
    stream.addEventListener('open', () => {
      if (!byId('app').hasAttribute('data-offline')) return;
      byId('app').removeAttribute('data-offline');
      void load();
    });
  }
}

function noteUnread(state: State, conversation: string, from: string): void {
  if (conversation.startsWith('a:')) {
    const person = conversation.slice(2);
    if (person !== from && !(person === state.as && state.where === 'personal')) markUnread(state, person, 'personal');
    return;
  }
  for (const { name } of state.world.people.filter(seesChannel)) {
    if (name !== from && !(name === state.as && state.where === 'channel')) markUnread(state, name, 'channel');
  }
}
