import { plain } from './text.ts';
import { when } from './time.ts';

/** A line `label: value` of a card, as `templates/fragments/facts.json` draws it. */
export interface Fact {
  readonly label: string;
  readonly value: string;
  /** An instant stands in a TextBlock, where the client writes it in local time; everything else in a TextRun, where nothing acts. */
  readonly isTime: boolean;
  readonly font: 'Default' | 'Monospace';
  readonly weight: 'Default' | 'Bolder';
}

export type Tone = 'default' | 'emphasis' | 'good' | 'attention' | 'warning' | 'accent';

/** A line of text by anybody. */
export const textFact = (label: string, value: unknown, most?: number): Fact => ({
  label,
  value: plain(value, most),
  isTime: false,
  font: 'Default',
  weight: 'Default',
});

export const boldFact = (label: string, value: unknown): Fact => ({ ...textFact(label, value), weight: 'Bolder' });
export const codeFact = (label: string, value: unknown): Fact => ({ ...textFact(label, value), font: 'Monospace' });
export const timeFact = (label: string, at: Date): Fact => ({ ...textFact(label, ''), value: when(at), isTime: true });
