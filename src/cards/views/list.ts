import type { Header } from '../header.ts';
import { template } from '../render.ts';

/** A line of a list. */
export interface ListRow {
  readonly mark: string;
  readonly color: 'Default' | 'Accent' | 'Good' | 'Attention' | 'Warning';
  readonly title: string;
  readonly detail: string;
  readonly id: string;
  readonly word: string;
  readonly hasAt: boolean;
  readonly at: string;
}

/** All that templates/list.json names. */
interface ListView {
  readonly header: Header;
  readonly rows: readonly ListRow[];
  readonly notes: readonly string[];
}

/** What fits on a card with the longest names (CM-6). */
export const MOST_ROWS = 12;

export const renderList = template<ListView>('list');

export const moreThanShown = (count: number): string[] => (count > MOST_ROWS ? [`${count - MOST_ROWS} more are not shown here.`] : []);
