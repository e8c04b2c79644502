import type { EmergencyAccount, Part, PartState } from '../../core/account/types.ts';
import type { Tone } from '../facts.ts';
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

/** What a custodian reads: of a part of a password, or of a key they register. */
export interface PartWords {
  readonly looks: { readonly [S in PartState]: { readonly title: string; readonly tone: Tone; readonly state: string } };
  readonly steps: readonly string[];
  readonly notes: { readonly [S in PartState]: readonly string[] };
  readonly noun: string;
  readonly revealTitle: string;
  readonly storedTitle: string;
  readonly whereFault: string;
}

const LOOKS = {
  sealed: { mark: '○', color: 'Default', word: 'not ready yet' },
  ready: { mark: '◐', color: 'Accent', word: 'to be opened until' },
  shown: { mark: '◐', color: 'Warning', word: 'seen, not confirmed' },
  stored: { mark: '✓', color: 'Good', word: 'stored' },
  expired: { mark: '✕', color: 'Attention', word: 'never opened, destroyed' },
  lost: { mark: '✕', color: 'Attention', word: 'lost' },
} as const;

/** A security key on the record of its account: only a part of a password is ever lost. */
const KEY_LOOKS = {
  sealed: { mark: '○', color: 'Default', word: 'not registered yet' },
  ready: { mark: '◐', color: 'Accent', word: 'pass to be opened until' },
  shown: { mark: '◐', color: 'Warning', word: 'pass seen, key to be registered until' },
  stored: { mark: '✓', color: 'Good', word: 'registered and stored' },
  expired: { mark: '✕', color: 'Attention', word: 'not registered in time' },
  lost: { mark: '✕', color: 'Attention', word: 'lost' },
} as const;
const KEY_FOUND = { mark: '◐', color: 'Good', word: 'registered, not in use yet' } as const;

/** Since when, or until when. Destroyed before its time was up, with its account or with what was given up, it says nothing of that time. */
const instants = ({ expiresAt, shownAt, storedAt, lostAt }: Part, now: Date): { readonly [S in PartState]: Date | undefined } => ({
  sealed: undefined,
  ready: expiresAt,
  shown: shownAt,
  stored: storedAt,
  expired: expiresAt && expiresAt <= now ? expiresAt : undefined,
  lost: lostAt,
});

function keyRow(part: Part, state: Part['state'], now: Date): PartRow {
  const at = { ...instants(part, now), shown: part.expiresAt }[state];
  const found = part.key !== undefined && state !== 'stored';
  const { model } = part.key ?? {};
  return {
    ...(found ? KEY_FOUND : KEY_LOOKS[state]),
    title: `Key ${part.number}${model === undefined ? '' : ` (${plain(model, 60)})`}: `,
    custodian: plain(part.custodian.name, 80),
    hasAt: at !== undefined && !found,
    at: at && !found ? when(at) : '',
    ...keptOf(part),
  };
}

function keptOf({ location, sealNumber }: Part): { hasKept: boolean; kept: string } {
  const kept = [location, sealNumber === undefined ? undefined : `seal ${sealNumber}`].filter((text) => text !== undefined);
  return { hasKept: kept.length > 0, kept: kept.map((text) => plain(text, 200)).join(', ') };
}

/** A part whose time is up has expired, whether or not its timer has rung. */
export function partRow(part: Part, credential: EmergencyAccount['credential'], now: Date): PartRow {
  const state = partStateAt(part, now);
  if (credential === 'passkey') return keyRow(part, state, now);
  const at = instants(part, now)[state];
  return {
    ...LOOKS[state],
    title: `Part ${part.number}: `,
    custodian: plain(part.custodian.name, 80),
    hasAt: at !== undefined,
    at: at ? when(at) : '',
    ...keptOf(part),
  };
}

export const partsTitle = ({ credential }: Pick<EmergencyAccount, 'credential'>): string =>
  credential === 'passkey' ? 'Where the security keys stand' : 'Where the parts of the password stand';

/** A part for eyes that need not know where it lies. */
export function withoutPlace(part: Part): Part {
  const { location: _location, sealNumber: _sealNumber, ...rest } = part;
  return rest;
}

export const partStateAt = (part: Part, now: Date): Part['state'] =>
  isWaitedFor(part) && part.expiresAt !== undefined && now >= part.expiresAt ? 'expired' : part.state;

/** Nobody has it, and nobody will: it is lost, or was destroyed because it was not opened in time. */
export const isGone = (part: Part, now: Date): boolean => ['expired', 'lost'].includes(partStateAt(part, now));

const isWaitedFor = ({ state, pass, key }: Part): boolean => state === 'ready' || (state === 'shown' && pass !== undefined && !key);
