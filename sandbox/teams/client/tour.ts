import type { Where } from './api.ts';
import { fill, h } from './dom.ts';
import { icon } from './icons.ts';

/** Something this page saw happen. */
export type Seen =
  | { kind: 'said'; as: string; text: string }
  | { kind: 'pressed'; as: string; verb: string; status: number }
  | { kind: 'signed-in' }
  | { kind: 'moved'; days: number };

interface Step {
  readonly title: string;
  readonly hint: string;
  /** Who does it; undefined where anybody can. */
  readonly as?: string;
  /** The channel unless it is said. */
  readonly where?: Where;
  done(seen: readonly Seen[]): boolean;
}

const pressed = (verb: string, as?: string) => (seen: readonly Seen[]) =>
  seen.some((it) => it.kind === 'pressed' && it.verb === verb && it.status < 400 && (as === undefined || it.as === as));
const daysMoved = (seen: readonly Seen[]): number => seen.reduce((sum, it) => sum + (it.kind === 'moved' ? it.days : 0), 0);

const STEPS: readonly Step[] = [
  {
    title: 'Ask for an account',
    as: 'rita',
    hint: 'In the channel: “create contoso”. Fill in the form with Dana and Eli as custodians.',
    done: pressed('create.submit', 'rita'),
  },
  {
    title: 'Approve it as Ann',
    as: 'ann',
    hint: 'Read the plan on the card, then press Approve. Try it as Rita first: she is refused.',
    done: pressed('request.approve', 'ann'),
  },
  {
    title: 'Approve it as Bob',
    as: 'bob',
    hint: 'The second approval completes the quorum; the plan is carried out step by step.',
    done: pressed('request.approve', 'bob'),
  },
  {
    title: 'Dana takes her part',
    as: 'dana',
    where: 'personal',
    hint: 'In her chat: show the part, note it down, say where it is kept.',
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
    hint: 'Below, under “Sign in to a tenant”: the sign-in name from the card and the two parts in order.',
    done: (seen) => seen.some((it) => it.kind === 'signed-in'),
  },
  {
    title: 'Acknowledge the alert',
    as: 'ann',
    hint: 'Every sign-in raises one in the channel. Unacknowledged, it escalates.',
    done: pressed('alert.acknowledge'),
  },
  {
    title: 'Jump 76 days',
    hint: 'Press “+76 days”: two weeks before the validation is due, the owner is reminded.',
    done: (seen) => daysMoved(seen) >= 76,
  },
  {
    title: 'Let it fall due',
    hint: '“+14 days” more, then “+1 day”: reminders become daily and reach the channel.',
    done: (seen) => daysMoved(seen) > 90,
  },
  {
    title: 'Look at the evidence',
    as: 'cy',
    hint: 'As Cy: “audit” shows the head of the log and verifies it.',
    done: (seen) => seen.some((it) => it.kind === 'said' && /\baudit\b/i.test(it.text)),
  },
];

const STORE = 'breakglass.tour';

/** The list of steps; a step is ticked when the page sees it happen. */
export function tour(become: (name: string, where: Where) => void): { element: HTMLElement; see(event: Seen): void } {
  let seen: Seen[] = JSON.parse(localStorage.getItem(STORE) ?? '[]');
  const list = h('ol.tour');
  const count = h('span.tour-count');
  const draw = (): void => {
    const done = STEPS.map((step) => step.done(seen));
    const next = done.indexOf(false);
    count.textContent = `${done.filter(Boolean).length} of ${STEPS.length}`;
    fill(list, ...STEPS.map((step, index) => drawStep(step, index, done[index] === true, index === next, become)));
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
    list,
  );
  return { element, see: (event) => keep([...seen, event]) };
}

function drawStep(step: Step, index: number, done: boolean, next: boolean, become: (name: string, where: Where) => void): HTMLElement {
  const { as, where = 'channel' } = step;
  return h(
    `li.tour-step${done ? '.tour-done' : ''}${next ? '.tour-next' : ''}`,
    { 'data-done': String(done), 'aria-current': next ? 'step' : undefined },
    h('span.tour-mark', { 'aria-hidden': 'true' }, done ? icon('check', 14) : String(index + 1)),
    h(
      'div.tour-text',
      {},
      h('div.tour-title', {}, step.title, done && h('span.visually-hidden', {}, ' (done)')),
      next && h('p', {}, step.hint),
      next &&
        as !== undefined &&
        h('button.button.small', { type: 'button', onclick: () => become(as, where) }, `Be ${as[0]?.toUpperCase()}${as.slice(1)}`),
    ),
  );
}
