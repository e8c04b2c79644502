type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | boolean | number | undefined | ((event: never) => void)>;

/**
 * Makes an element. Text always becomes text nodes, so nothing a person or the bot wrote is ever read as HTML.
 *
 * @param name tag with classes, such as `button.primary`
 * @param attributes `on…` are listeners; `true` sets an empty attribute; `false` and undefined leave it out
 */
export function h(name: string, attributes: Attributes = {}, ...children: Child[]): HTMLElement {
  const [tag = 'div', ...classes] = name.split('.');
  const element = document.createElement(tag);
  if (classes.length > 0) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(key.slice(2), value as EventListener);
    else if (value === true) element.setAttribute(key, '');
    else if (value !== false && value !== undefined) element.setAttribute(key, String(value));
  }
  add(element, children);
  return element;
}

export function add(parent: Node, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    parent.appendChild(typeof child === 'string' ? document.createTextNode(child) : child);
  }
}

export function fill(parent: Element, ...children: Child[]): void {
  parent.replaceChildren();
  add(parent, children);
}

/** Whether `place` was last drawn from something else than this; drawing the same again would take a click or the focus from somebody. */
export function isNew(place: HTMLElement, ...from: unknown[]): boolean {
  const key = JSON.stringify(from);
  if (place.dataset.drawn === key) return false;
  place.dataset.drawn = key;
  return true;
}

export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no element #${id}`);
  return element;
}
