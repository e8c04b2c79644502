import type { Tone } from './facts.ts';
import { plain } from './text.ts';

/** The coloured head of a card, as `templates/fragments/header.json` draws it. */
export interface Header {
  /** Our own words only: it is a TextBlock, a heading for screen readers. */
  readonly title: string;
  readonly tone: Tone;
  readonly state: string;
  readonly hasState: boolean;
}

export const header = (title: string, tone: Tone, state = ''): Header => ({ title, tone, state: plain(state), hasState: state !== '' });
