import { h } from './dom.ts';

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
