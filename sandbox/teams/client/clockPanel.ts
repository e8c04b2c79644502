import { CallFailed, moveClock } from './api.ts';
import { fill, h } from './dom.ts';
import type { State } from './state.ts';
import { longTime } from './times.ts';

const STEPS = [
  ['PT15M', '+15 min'],
  ['PT1H', '+1 hour'],
  ['P1D', '+1 day'],
  ['P14D', '+14 days'],
  ['P76D', '+76 days'],
  ['P90D', '+90 days'],
] as const;

/** Sandbox time, and buttons that move it for the whole product. */
export function clockPanel(
  state: State,
  moved: (advance: string, now: string) => void,
): { element: HTMLElement; tick(): void; move(advance: string): Promise<void> } {
  const now = h('output.clock-now', { 'data-testid': 'clock-now' });
  const problem = h('p.panel-problem', { role: 'alert' });
  const buttons = STEPS.map(([advance, label]) =>
    h('button.button', { type: 'button', 'data-testid': `clock-advance-${advance}`, onclick: () => void move(advance) }, label),
  ) as HTMLButtonElement[];

  const tick = (): void => {
    now.textContent = longTime(state.now);
    now.dataset.now = state.now.toISOString();
  };
  const move = async (advance: string): Promise<void> => {
    for (const button of buttons) button.disabled = true;
    fill(problem);
    try {
      moved(advance, (await moveClock(state.world.tenantUrl, advance)).now);
      tick();
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      fill(problem, error.message);
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  };
  tick();
  const element = h(
    'section.panel-section',
    {},
    h('h2', {}, 'Time'),
    h('p.panel-note', {}, 'Everything that keeps time follows: reminders, expiries, escalations.'),
    now,
    h('div.button-row', {}, ...buttons),
    problem,
  );
  return { element, tick, move };
}
