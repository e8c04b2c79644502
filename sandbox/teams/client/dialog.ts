import type { Outcome } from './api.ts';
import { drawCard, type Pressed } from './cards.ts';
import { fill, h } from './dom.ts';
import { icon } from './icons.ts';
import { richText } from './richText.ts';

export interface DialogActions {
  submit(id: string, pressed: Pressed): Promise<Outcome>;
  closed(id: string): void;
}

/**
 * Shows a dialog over the page (the browser keeps the focus inside and closes it on Escape). Its content leaves the document with it.
 *
 * @returns what the bot said at last, or undefined when the person just closed it
 */
export function showDialog(opened: NonNullable<Outcome['dialog']>, actions: DialogActions): Promise<Outcome | undefined> {
  return new Promise((done) => {
    let current = opened;
    const title = h('h2', { id: 'dialog-title' });
    const content = h('div.dialog-content');
    const problem = h('div.dialog-problem', { role: 'alert' });
    const closeButton = h('button.icon-button', { type: 'button', 'data-testid': 'dialog-close', 'aria-label': 'Close' }, icon('close'));
    const element = h(
      'dialog.dialog',
      { 'data-testid': 'dialog', 'aria-labelledby': 'dialog-title' },
      h('div.dialog-head', {}, title, closeButton),
      content,
      problem,
    ) as HTMLDialogElement;

    const end = (outcome: Outcome | undefined): void => {
      content.replaceChildren();
      element.close();
      element.remove();
      done(outcome);
    };
    const dismiss = (): void => {
      actions.closed(current.id);
      end(undefined);
    };
    const draw = (): void => {
      fill(title, current.title);
      fill(problem);
      fill(
        content,
        drawCard(current.card, async (pressed) => {
          const outcome = await actions.submit(current.id, pressed);
          if (outcome.dialog !== undefined) {
            current = outcome.dialog;
            draw();
          } else if (outcome.status >= 400) {
            fill(problem, icon('warning', 18), h('span', {}, richText(outcome.message ?? 'Something went wrong. Please try again.')));
          } else {
            end(outcome);
          }
        }),
      );
    };
    closeButton.addEventListener('click', dismiss);
    element.addEventListener('cancel', (event) => {
      event.preventDefault();
      dismiss();
    });
    draw();
    document.body.append(element);
    element.showModal();
    content.querySelector<HTMLElement>('input, select, textarea, button')?.focus();
  });
}
