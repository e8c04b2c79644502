import { DAY, type Decision, HOUR, later } from '../decision.ts';
import type { Effect, Place } from '../effect.ts';
import { no, ok } from '../result.ts';
import { isUnconfirmed } from './custody.ts';
import { type EmergencyAccount, generationOf, type IssuedPass, type Kind, type Part, partKey } from './types.ts';

/** Long enough to walk to a safe. */
const FIRST_AFTER_MS = 4 * HOUR;

/**
 * What a change owes for parts that were seen: their custodians are reminded until they say where these are. Judged by what changed, so that no
 * decision has to think of it: also one that brings an earlier password back starts the series again.
 */
export function confirmationTimers(before: EmergencyAccount | undefined, after: EmergencyAccount, now: Date): Effect[] {
  const waited = before ? before.parts.filter(isUnconfirmed) : [];
  const waits = after.parts.filter(isUnconfirmed);
  const over = waited.filter(({ number }) => waits.every((part) => part.number !== number));
  const begun = waits.filter(
    (part) => !waited.some((old) => old.number === part.number && old.shownAt?.getTime() === part.shownAt?.getTime()),
  );
  return [
    ...over.map(({ number }): Effect => ({ kind: 'forget', key: timerKey(after, number) })),
    ...begun.flatMap((part) => nextTimer(after, part, now)),
  ];
}

/**
 * Reminds the custodian that they opened a part and did not say where it is; after a day its owners and the channel hear it too, and all of them daily
 * from then on. Occurs when the reminder's timer rings. After a jump of the clock over several instants it is said once (SI-5).
 */
export function remindCustodian(account: EmergencyAccount, partNumber: number, now: Date): Decision<EmergencyAccount> {
  const part = account.parts.find(({ number }) => number === partNumber);
  if (!part?.shownAt || !isUnconfirmed(part)) return no({ code: 'nothing-to-do' });
  const again = nextTimer(account, part, now);
  if (!isOverdue(part, now)) return ok({ next: account, effects: again });
  const days = Math.floor((now.getTime() - part.shownAt.getTime()) / DAY);
  const subject = `part:${partKey(account.id, partNumber)}` as const;
  // The key names one reminder of one showing, so that it is posted once however often its timer rings.
  const key = `unconfirmed:${partKey(account.id, partNumber)}:${part.shownAt.toISOString()}:${days}`;
  const generation = String(generationOf(account));
  const post = (to: string, place: Place, variant: string): Effect => ({ kind: 'post', key: `${key}:${to}`, place, subject, variant });
  const mine = { kind: 'person', objectId: part.custodian.objectId } as const;
  const others = days === 0 ? [] : account.owners.filter(({ objectId }) => objectId !== mine.objectId);
  // Nothing changes, so no card is drawn again: somebody may be typing into one.
  return ok({
    next: account,
    effects: [
      post(mine.objectId, mine, generation),
      ...others.map(({ objectId }) => post(objectId, { kind: 'person', objectId }, `${generation}:${FOR_OTHERS}`)),
      ...(days === 0 ? [] : [post('channel', { kind: 'channel' }, `${generation}:${FOR_OTHERS}`)]),
      ...again,
    ],
  });
}

/** Whether its custodian has had the time to store it. */
export const isOverdue = (part: Part, now: Date): boolean =>
  isUnconfirmed(part) && part.shownAt !== undefined && now >= later(part.shownAt, FIRST_AFTER_MS);

const FOR_OTHERS = 'unconfirmed';

/**
 * Of which credential a part's card is (none: from before there were several), whether it is for its custodian or tells others of it, of a
 * message that it has no use any more, when the part was opened, and of one about a pass, of which. A card about a pass is of a key; which
 * kind another is does not always show in one that was posted long ago.
 */
export function variantOfPart(variant: string): {
  readonly generation?: number;
  readonly forOthers: boolean;
  readonly voidOf?: Date;
  readonly pass?: Pick<IssuedPass, 'requestId' | 'methodId'>;
  readonly kind?: Kind;
} {
  const [generation, word, of, methodId] = variant.split(':');
  const kind = word === PASS ? 'key' : word === VOID ? KINDS.find((each) => each === methodId) : undefined;
  return {
    ...(generation ? { generation: Number(generation) } : {}),
    forOthers: word === FOR_OTHERS,
    ...(word === VOID ? { voidOf: new Date(Number(of)) } : {}),
    ...(word === PASS && of !== undefined && methodId !== undefined ? { pass: { requestId: of, methodId } } : {}),
    ...(kind ? { kind } : {}),
  };
}

const VOID = 'void';
const PASS = 'pass';
const KINDS: readonly Kind[] = ['part', 'key'];

/** Of a custodian's message about that very pass: when another takes its place, the message says so. */
export const variantOfPass = (generation: number, { requestId, methodId }: Pick<IssuedPass, 'requestId' | 'methodId'>): string =>
  [generation, PASS, requestId, methodId].join(':');

/**
 * A message to each custodian whose part or key was seen and opens nothing any more, so that it is destroyed: the card they have changes
 * silently. Once for each part that was opened; what nobody saw lies in no safe.
 */
export const voidNotices = (account: Pick<EmergencyAccount, 'id'>, parts: readonly Part[], generation: number): Effect[] =>
  parts.flatMap(({ number, custodian: { objectId }, shownAt, ...part }): Effect[] => {
    if (!shownAt) return [];
    const key = partKey(account.id, number);
    return [
      {
        kind: 'post',
        key: `part-void:${key}:${shownAt.getTime()}:${objectId}`,
        place: { kind: 'person', objectId },
        subject: `part:${key}`,
        variant: `${generation}:${VOID}:${shownAt.getTime()}:${part.pass || part.key ? 'key' : 'part'}`,
      },
    ];
  });

const timerKey = (account: EmergencyAccount, partNumber: number): string => `part-confirmation:${partKey(account.id, partNumber)}`;

/** The keyed timer that rings at the next reminder: after hours, and then at each full day since it was shown. */
function nextTimer(account: EmergencyAccount, { number, shownAt }: Part, now: Date): Effect[] {
  if (!shownAt) return [];
  const first = later(shownAt, FIRST_AFTER_MS);
  const days = Math.floor((now.getTime() - shownAt.getTime()) / DAY) + 1;
  const intent = { kind: 'remind-custodian', accountId: account.id, partNumber: number } as const;
  return [{ kind: 'intend', key: timerKey(account, number), at: now < first ? first : later(shownAt, days * DAY), intent }];
}
