import type { Part } from '../../core/account/types.ts';
import { plain } from '../text.ts';
import { when } from '../time.ts';

/** A part of the password on the record of its account: where it stands, never what it is. */
export interface PartRow {
  readonly mark: string;
  readonly color: 'Default' | 'Accent' | 'Good' | 'Attention' | 'Warning';
  readonly title: string;
  readonly custodian: string;
  readonly word: string;
  readonly hasAt: boolean;
  readonly at: string;
  readonly hasKept: boolean;
  readonly kept: string;
}

const LOOKS = {
  sealed: { mark: '○', color: 'Default', word: 'not ready yet' },
  ready: { mark: '◐', color: 'Accent', word: 'to be opened until' },
  shown: { mark: '◐', color: 'Warning', word: 'seen, not confirmed' },
  stored: { mark: '✓', color: 'Good', word: 'stored' },
  expired: { mark: '✕', color: 'Attention', word: 'never opened, destroyed' },
} as const;

/** @param state as it counts now: a part whose time is up has expired, whether or not its timer has rung */
export function partRow(part: Part, state: Part['state']): PartRow {
  const at = { sealed: undefined, ready: part.expiresAt, shown: part.shownAt, stored: part.storedAt, expired: part.expiresAt }[state];
  const kept = [part.location, part.sealNumber === undefined ? undefined : `seal ${part.sealNumber}`].filter((text) => text !== undefined);
  return {
    ...LOOKS[state],
    title: `Part ${part.number}: `,
    custodian: plain(part.custodian.name, 80),
    hasAt: at !== undefined,
    at: at ? when(at) : '',
    hasKept: kept.length > 0,
    kept: kept.map((text) => plain(text, 200)).join(', '),
  };
}

/** A part for eyes that need not know where it lies. */
export function withoutPlace(part: Part): Part {
  const { location: _location, sealNumber: _sealNumber, ...rest } = part;
  return rest;
}

export const partStateAt = (part: Part, now: Date): Part['state'] =>
  part.state === 'ready' && part.expiresAt !== undefined && now >= part.expiresAt ? 'expired' : part.state;
