import type { Where } from './api.ts';
import { fill, h, isNew } from './dom.ts';
import { icon } from './icons.ts';
import { type State, viewer } from './state.ts';

/** Something this page saw happen; `done` is false for a press that the bot refused. */
export type Seen = { kind: 'pressed'; as: string; verb: string; done: boolean } | { kind: 'signed-in' } | { kind: 'moved'; days: number };

/** What a step's button does for the person who reads it. */
type Act = { do: 'write'; text: string } | { do: 'sign-in' } | { do: 'move'; advance: string; label: string };

export interface TourActions {
  become(name: string, where: Where): void;
  write(text: string): void;
  signIn(): void;
  move(advance: string): void;
}

interface Step {
  readonly title: string;
  readonly hint: string;
  /** Who does it; undefined where anybody can. */
  readonly as?: string;
  /** The channel unless it is said. */
  readonly where?: Where;
  readonly act?: Act;
  done(seen: readonly Seen[]): boolean;
}

const pressed = (verb: string, as?: string) => (seen: readonly Seen[]) =>
  seen.some((it) => it.kind === 'pressed' && it.verb === verb && it.done && (as === undefined || it.as === as));
const daysMoved = (seen: readonly Seen[]): number => seen.reduce((sum, it) => sum + (it.kind === 'moved' ? it.days : 0), 0);

const STEPS: readonly Step[] = [
  {
    title: 'Rita asks for an account',
    as: 'rita',
    hint: 'Send “create contoso” and fill in the form: a password in parts as credential, Dana and Eli as custodians, Oona as owner.',
    act: { do: 'write', text: 'create contoso' },
    done: pressed('create.submit', 'rita'),
  },
  {
    title: 'Ann approves it',
    as: 'ann',
    hint: 'Read the plan on the card, then press Approve. Rita may try too: she is refused.',
    done: pressed('request.approve', 'ann'),
  },
  {
    title: 'Bob approves it',
    as: 'bob',
    hint: 'His is the second approval: now the plan is carried out, step by step on the card.',
    done: pressed('request.approve', 'bob'),
  },
  {
    title: 'Dana takes her part',
    as: 'dana',
    where: 'personal',
    hint: 'Show the part, note it down (you need it below), say where it is kept.',
    done: pressed('part.reveal', 'dana'),
  },
  {
    title: 'Eli takes his part',
    as: 'eli',
    where: 'personal',
    hint: 'Each part is shown once, to one custodian. Nobody sees the whole password.',
    done: pressed('part.reveal', 'eli'),
  },
  {
    title: 'Sign in with both parts',
    hint: 'The sign-in name from the card, and the two parts in order.',
    act: { do: 'sign-in' },
    done: (seen) => seen.some((it) => it.kind === 'signed-in'),
  },
  {
    title: 'Ann acknowledges the alert',
    as: 'ann',
    hint: 'Every sign-in raises one in the channel. Unacknowledged, it escalates.',
    done: pressed('alert.acknowledge'),
  },
  {
    title: 'Oona drills it',
    as: 'oona',
    hint: 'Send “drill” and the account’s name, start it, then sign in below with a wrong password once and with the right one. Acknowledge both alerts: the card times every hop.',
    act: { do: 'write', text: 'accounts' },
    done: pressed('drill.start'),
  },
  {
    title: 'Jump 76 days',
    hint: 'Two weeks before a validation is due, the owner is reminded: Oona, in her own chat.',
    act: { do: 'move', advance: 'P76D', label: '+76 days' },
    done: (seen) => daysMoved(seen) >= 76,
  },
  {
    title: 'Let the validation fall due',
    hint: 'Past the 90 days the channel hears of it too.',
    act: { do: 'move', advance: 'P15D', label: '+15 days' },
    done: (seen) => daysMoved(seen) > 90,
  },
  {
    title: 'Oona records the validation',
    as: 'oona',
    where: 'personal',
    hint: 'Tick what was checked on the reminder; the next is due in 90 days.',
    done: pressed('validation.submit', 'oona'),
  },
  {
    title: 'Cy checks the audit log',
    as: 'cy',
    where: 'personal',
    hint: 'Send “audit”: all of it is computed anew. Export it, and run “npm run audit:verify -- FILE”, which needs only the file. Change a letter in it, and see it named.',
    act: { do: 'write', text: 'audit' },
    done: pressed('audit.export', 'cy'),
  },
];

const STORE = 'breakglass.tour';

/** The list of steps; a step is ticked when the page sees it happen. `draw` after another person or place was chosen. */
export function tour(state: State, actions: TourActions): { element: HTMLElement; see(event: Seen): void; draw(): void } {
  let seen: Seen[] = JSON.parse(localStorage.getItem(STORE) ?? '[]');
  const list = h('ol.tour');
  const count = h('span.tour-count');
  const end = h('p.tour-end', { hidden: true }, 'That was the main path. Try “accounts”, “status” or a wrong password next.');
  const draw = (): void => {
    const done = STEPS.map((step) => step.done(seen));
    if (!isNew(list, done, state.as, state.where)) return;
    const next = done.indexOf(false);
    count.textContent = `${done.filter(Boolean).length} of ${STEPS.length}`;
    end.hidden = next !== -1;
    fill(list, ...STEPS.map((step, index) => drawStep(step, index, done[index] === true, index === next, state, actions)));
  };
  const keep = (events: Seen[]): void => {
    seen = events;
    localStorage.setItem(STORE, JSON.stringify(seen));
    draw();
  };
  draw();
  const restart = h('button.link-button', { type: 'button', onclick: () => keep([]) }, 'Start over');
  const element = h(
    'section.panel-section',
    { 'data-testid': 'tour' },
    h('div.panel-title', {}, h('h2', {}, 'Guided tour'), count, restart),
    h('p.panel-note', {}, 'The bot is real; Teams, people and tenants are pretended. You play everybody: switch at the top right.'),
    list,
    end,
  );
  return { element, see: (event) => keep([...seen, event]), draw };
}

function drawStep(step: Step, index: number, done: boolean, next: boolean, state: State, actions: TourActions): HTMLElement {
  return h(
    `li.tour-step${done ? '.tour-done' : ''}${next ? '.tour-next' : ''}`,
    { 'data-done': String(done), 'aria-current': next ? 'step' : undefined },
    h('span.tour-mark', { 'aria-hidden': 'true' }, done ? icon('check', 14) : String(index + 1)),
    h(
      'div.tour-text',
      {},
      h('div.tour-title', {}, step.title, done && h('span.visually-hidden', {}, ' (done)')),
      next && h('p', {}, step.hint),
      next && button(step, state, actions),
    ),
  );
}

/** The one thing to press next: first to be the right person in the right place, then what the step is about. */
function button({ as, where = 'channel', act }: Step, state: State, actions: TourActions): HTMLElement | undefined {
  const small = (label: string, go: () => void) =>
    h('button.button.small', { type: 'button', 'data-testid': 'tour-act', onclick: go }, label);
  if (as !== undefined && (as !== state.as || where !== state.where)) {
    const name = `${as[0]?.toUpperCase()}${as.slice(1)}`;
    const place = where === 'channel' ? 'the channel' : 'the chat';
    return small(as === viewer(state).name ? `Go to ${place}` : `Be ${name}`, () => actions.become(as, where));
  }
  if (act?.do === 'write') return small(`Write “${act.text}”`, () => actions.write(act.text));
  if (act?.do === 'sign-in') return small('To the sign-in form', () => actions.signIn());
  if (act?.do === 'move') return small(act.label, () => actions.move(act.advance));
  return undefined;
}
