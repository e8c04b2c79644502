import { h } from './dom.ts';
import { icon } from './icons.ts';

/** A sentence at the bottom of the page that goes away by itself. */
export function toast(text: string): void {
  document.querySelector('.toast')?.remove();
  const element = h('div.toast', { role: 'alert' }, icon('info', 18), text);
  document.body.append(element);
  setTimeout(() => element.remove(), 6_000);
}
