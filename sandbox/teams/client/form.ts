import { CallFailed } from './api.ts';
import { fill, h } from './dom.ts';
import { icon } from './icons.ts';

export function select(testId: string, options: HTMLElement[]): HTMLSelectElement {
  return h('select', { 'data-testid': testId }, ...options) as HTMLSelectElement;
}

/** For a name, a code, a password read off paper: nothing a browser should remember or mend. */
export function field(testId: string, attributes: Record<string, string>): HTMLInputElement {
  const fixed = { type: 'text', autocomplete: 'off', spellcheck: 'false', autocapitalize: 'off' };
  return h('input', { ...fixed, 'data-testid': testId, ...attributes }) as HTMLInputElement;
}

export function labelled(text: string, control: HTMLElement): HTMLElement {
  return h('label', {}, h('span.label', {}, text), control);
}

export const doneNotice = (words: string): HTMLElement =>
  h('div.notice.notice-done', { 'data-result': 'success' }, icon('check', 18), h('div.notice-text', {}, words));

/** Does it with the button locked; the result shows what came of it, or the sentence of a refusal. Throws what is neither. */
export async function showingResult(button: HTMLButtonElement, result: HTMLElement, act: () => Promise<HTMLElement>): Promise<void> {
  button.disabled = true;
  try {
    fill(result, await act());
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    fill(result, h('div.notice.notice-refused', {}, icon('warning', 18), h('div.notice-text', {}, error.message)));
  } finally {
    button.disabled = false;
    result.scrollIntoView({ block: 'nearest' });
  }
}
