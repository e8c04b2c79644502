import fc from 'fast-check';
import type { RequestKind } from '../../../src/core/request/types.ts';

/** Everybody who presses anything: `rita2` is the requester's second account, `ann2` an approver's, Dana a custodian who may approve too. */
export const WHO = ['rita', 'rita2', 'ann', 'ann2', 'bob', 'cy', 'dana', 'mal'] as const;
export type Who = (typeof WHO)[number];

/** What an administrator of the tenant does to the first account by hand. */
export const BY_HAND = [
  'disable',
  'enable',
  'leave-group',
  'lose-role',
  'leave-unit',
  'lose-marker',
  'let-expire',
  'add-method',
  'delete',
  'change-policy',
] as const;

/** What a request to repair is to mend of the first account. */
export const WRONG = ['stranger', 'stranger', 'expires', 'weak', 'no-role', 'not-excluded', 'no-unit'] as const;
export type Wrong = (typeof WRONG)[number];

/**
 * What custodians who are handed a part or a pass do instead of what they should: nothing; the first of them says that it is lost; they
 * register a key and do not say so, or one that can be copied, or two.
 */
export const KEEPERS = ['away', 'losing', 'silent', 'copying', 'doubling'] as const;
export type Keepers = (typeof KEEPERS)[number];

/** One thing that happens. Numbers that pick something are taken modulo what there is. */
export type Happening =
  /** `keys`: of a new credential, that it be security keys. */
  | { readonly kind: 'ask'; readonly what: RequestKind; readonly wrong: Wrong; readonly keys: boolean }
  | { readonly kind: 'edit'; readonly request: number }
  /** `age`: how many versions ago the card was drawn that the person still has. `proven`: they signed in anew for it. */
  | { readonly kind: 'approve' | 'deny'; readonly request: number; readonly who: Who; readonly age: number; readonly proven: boolean }
  | { readonly kind: 'withdraw' | 'retry'; readonly request: number; readonly who: Who }
  | { readonly kind: 'wait'; readonly minutes: number }
  | { readonly kind: 'policy'; readonly quorum: number; readonly proof: boolean }
  | { readonly kind: 'roster'; readonly who: Who; readonly approver: boolean }
  | { readonly kind: 'by-hand'; readonly what: (typeof BY_HAND)[number] }
  /**
   * A worker lives. It dies after so many events; the tenant refuses a write for good, or carries it out and loses the answer; after so many
   * events somebody loses the right to approve, or another worker takes over while this one stands still, and may die itself. What custodians
   * do meanwhile is as they should unless said.
   */
  | {
      readonly kind: 'work';
      readonly dieAfter?: number;
      readonly refuse?: number;
      readonly lose?: number;
      readonly revoke?: { readonly after: number; readonly who: Who };
      readonly overtake?: { readonly after: number; readonly dieAfter: number };
      readonly keepers?: Keepers;
    };

const request = fc.nat({ max: 1 });
const deciders = fc.constantFrom<Who[]>('ann', 'bob', 'cy', 'ann', 'bob', 'ann2', 'rita2', 'dana', 'mal');
const decision = (kind: 'approve' | 'deny') =>
  fc.record({ kind: fc.constant(kind), request, who: deciders, age: fc.constantFrom(0, 0, 0, 0, 1), proven: fc.boolean() });
/** Now and then. */
const some = <T>(value: fc.Arbitrary<T>, rarity = 4) =>
  fc.oneof({ weight: rarity, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
/** The first ones more often: most plans are short, and the writes of the others begin early. */
const event = fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 24 }));
const write = fc.oneof(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 7 }));

const work: fc.Arbitrary<Happening> = fc
  .record({
    dieAfter: some(fc.nat({ max: 24 }), 2),
    refuse: some(fc.integer({ min: 1, max: 7 }), 3),
    lose: some(write),
    revoke: some(fc.record({ after: fc.integer({ min: 1, max: 6 }), who: deciders })),
    overtake: some(fc.record({ after: event, dieAfter: fc.integer({ min: 1, max: 24 }) })),
    keepers: some(fc.constantFrom('away' as const, ...KEEPERS), 2),
  })
  .map((trouble) => ({ kind: 'work' as const, ...Object.fromEntries(Object.entries(trouble).filter(([, value]) => value !== undefined)) }));

/** The kinds with their weights; short plans more often, because a history of them is long for the same time. */
export const ask = (kinds: readonly RequestKind[]): fc.Arbitrary<Happening> =>
  fc.record({ kind: fc.constant('ask' as const), what: fc.constantFrom(...kinds), wrong: fc.constantFrom(...WRONG), keys: fc.boolean() });

export const happening = (kinds: readonly RequestKind[]): fc.Arbitrary<Happening> =>
  fc.oneof(
    { weight: 14, arbitrary: decision('approve') },
    { weight: 1, arbitrary: decision('deny') },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('withdraw' as const), request, who: fc.constantFrom<Who[]>('rita', 'rita2', 'ann') }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('retry' as const), request, who: fc.constantFrom<Who[]>('rita', 'cy', 'mal') }) },
    { weight: 1, arbitrary: ask(kinds) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('edit' as const), request }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes: fc.constantFrom(1, 50, 300, 1430) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('policy' as const), quorum: fc.constantFrom(2, 2, 3), proof: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('roster' as const), who: deciders, approver: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('by-hand' as const), what: fc.constantFrom(...BY_HAND) }) },
    { weight: 5, arbitrary: work },
  );
