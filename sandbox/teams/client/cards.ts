import type { Json } from './api.ts';
import { h } from './dom.ts';
import { hostConfig } from './hostConfig.ts';
import { richText } from './richText.ts';

/** The few parts of the `adaptivecards` library (global of its UMD build) this page uses. */
interface LibraryAction {
  getJsonTypeName(): string;
  toJSON(): unknown;
  readonly data?: unknown;
  readonly verb?: string;
  readonly url?: string;
  readonly renderedElement?: HTMLElement;
}
interface LibraryCard {
  hostConfig: unknown;
  onExecuteAction: (action: LibraryAction) => void;
  onInlineCardExpanded: (action: LibraryAction, expanded: boolean) => void;
  parse(json: unknown): void;
  render(): HTMLElement | undefined;
}
declare const AdaptiveCards: {
  AdaptiveCard: {
    new (): LibraryCard;
    onProcessMarkdown: (text: string, result: { outputHtml?: string; didProcess: boolean }) => void;
  };
  HostConfig: new (json: unknown) => unknown;
};

/** What a pressed button asks for. `inputs` is what the person filled in, `data` what the button carries. */
export interface Pressed {
  readonly verb: string | undefined;
  readonly inputs: Json;
  readonly data: Json;
}

/** Draws a card. While `act` is at work the pressed button shows it and no other can be pressed. */
export function drawCard(card: Json, act: (pressed: Pressed) => Promise<void>): HTMLElement {
  AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
    // Serialised from nodes of our own making: text in it is escaped by the browser.
    result.outputHtml = h('div', {}, richText(text)).innerHTML;
    result.didProcess = true;
  };
  const drawn = new AdaptiveCards.AdaptiveCard();
  drawn.hostConfig = new AdaptiveCards.HostConfig(hostConfig);
  const frame = h('div.card', card.msteams !== undefined && isFullWidth(card.msteams) ? { 'data-width': 'full' } : {});
  let busy = false;
  drawn.onExecuteAction = (action) => {
    const type = action.getJsonTypeName();
    if (type === 'Action.OpenUrl') {
      if (/^https?:\/\//i.test(action.url ?? '')) window.open(action.url, '_blank', 'noopener,noreferrer');
      return;
    }
    if (busy || (type !== 'Action.Execute' && type !== 'Action.Submit')) return;
    busy = true;
    frame.setAttribute('aria-busy', 'true');
    action.renderedElement?.classList.add('working');
    void act(pressedBy(action)).finally(() => {
      busy = false;
      frame.removeAttribute('aria-busy');
      action.renderedElement?.classList.remove('working');
    });
  };
  drawn.onInlineCardExpanded = (_action, expanded) => {
    // What opened may be below the edge; the place for notices follows right after the card.
    if (expanded) requestAnimationFrame(() => (frame.nextElementSibling ?? frame).scrollIntoView({ block: 'nearest' }));
  };
  drawn.parse(JSON.parse(JSON.stringify(card).replaceAll(/<at>(.*?)<\/at>/g, '**@$1**'))); // the library knows no mentions
  const body = drawn.render();
  frame.append(body ?? h('p.card-fallback', {}, typeof card.fallbackText === 'string' ? card.fallbackText : 'This card cannot be shown.'));
  return frame;
}

function pressedBy(action: LibraryAction): Pressed {
  const json = asObject(action.toJSON());
  const data = asObject(json.data);
  // The library has merged what was filled in into `data`; the button's own part is in its JSON.
  const inputs = Object.fromEntries(Object.entries(asObject(action.data)).filter(([name, value]) => data[name] !== value));
  const verb = action.verb || (typeof data.verb === 'string' ? data.verb : undefined);
  return { verb, data, inputs: Object.fromEntries(Object.entries(inputs).filter(([name]) => !Object.hasOwn(data, name))) };
}

function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function isFullWidth(msteams: unknown): boolean {
  return String(asObject(msteams).width).toLowerCase() === 'full';
}
