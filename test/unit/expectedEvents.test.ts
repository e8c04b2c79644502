import { beforeEach, describe, expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import { type Door, door } from '../../src/app/dispatch.ts';
import type { DirectoryChange } from '../../src/core/alert/change.ts';
import {
  activityWords,
  consumed,
  isMissing,
  type Settled,
  writeBegun,
  writeDone,
  writeNoted,
  writesStopped,
  writeUnsent,
} from '../../src/core/request/expected.ts';
import { recordStep } from '../../src/core/request/run.ts';
import type { ExpectedWrite, StepId, StepKind } from '../../src/core/request/types.ts';
import { STEPS } from '../../src/jobs/steps/registry.ts';
import { fromJson, toJson } from '../../src/store/json.ts';
import { aChange, anAccount, anAccountPlan, aPlan, aRequest, hours, minutes, NOON } from '../support/builders.ts';
import { countingRandom, type MemoryStore, memoryStore, TEST_POLICY } from '../support/memoryStore.ts';

const plan = anAccountPlan('rotate');
const { objectId } = anAccount();
const OURS = { servicePrincipalId: '5e5e5e5e-0000-4000-8000-000000000001', name: 'Breakglass changer' };
let row = 0;
const by = (activity: string, at: Date, more: Partial<DirectoryChange> = {}): DirectoryChange => {
  row += 1;
  return aChange({ activity, changedAt: at, actor: OURS, rowId: `row-${row}`, correlationId: `c-${row}`, ...more });
};
const step = (id: StepId) => ({ step: id });
const taken = (rows: readonly ExpectedWrite[], change: DirectoryChange) => consumed({ plan, expected: rows }, undefined, change);
const PASSWORD = step('set-credential');
/** What a run knows at the end of a step: its writes that were answered, and how many that it noted were not done. */
const ONCE: Settled = { acts: 1, unsent: 0 };
const TWICE: Settled = { acts: 2, unsent: 0 };
const NEVER: Settled = { acts: 0, unsent: 1 };
const begun = writeBegun([], PASSWORD, NOON);
const done = writeDone(begun, PASSWORD, ONCE, minutes(1));

/** Before anybody registers a key there is a pass. */
const PASS_MADE = writeDone(writeBegun([], step('issue-pass:1'), NOON), step('issue-pass:1'), ONCE, NOON);

describe('what the audit log is expected to say of a step', () => {
  test('a write, once for each time it was done, with what stands beside it', () => {
    const once = taken(done, by('Reset user password', minutes(1)));
    expect(once).toMatchObject([{ seen: 1 }]);
    expect(taken(once ?? [], by('Reset user password', minutes(1)))).toBeUndefined();
    const beside = taken(once ?? [], by('Update user', minutes(1)));
    expect(beside).toMatchObject([{ seen: 1, beside: 1 }]);
    const twice = writeDone(writeNoted(begun, PASSWORD), PASSWORD, TWICE, minutes(1));
    expect(taken(taken(twice, by('Reset user password', minutes(1))) ?? [], by('Reset user password', minutes(1)))).toMatchObject([
      { seen: 2 },
    ]);
  });

  test.each<[string, DirectoryChange]>([
    ['of another kind', by('Add member to role', minutes(1))],
    ['long before', by('Reset user password', minutes(-3))],
    ['long after', by('Reset user password', minutes(4))],
    ['on somebody else', by('Reset user password', minutes(1), { targets: [{ id: 'other', type: 'User', properties: [] }] })],
    [
      'on somebody else as well',
      by('Reset user password', minutes(1), { targets: [...aChange().targets, { id: 'other', type: 'User', properties: [] }] }),
    ],
    ['by a person', by('Reset user password', minutes(1), { actor: { ...OURS, userId: 'aaaa' } })],
  ])('a change is not expected that is %s', (_how, change) => expect(taken(done, change)).toBeUndefined());

  test('a row is its own step’s before it is anybody’s beside', () => {
    const ENDED = step('revoke-sessions');
    const both = writeDone(writeBegun(done, ENDED, minutes(1)), ENDED, ONCE, minutes(1));
    const once = taken(both, by('Update StsRefreshTokenValidFrom Timestamp', minutes(1)));
    expect(once).toMatchObject([
      { step: 'set-credential', beside: 0 },
      { step: 'revoke-sessions', seen: 1 },
    ]);
    expect(isMissing(once ?? [], ENDED)).toBeUndefined();
    // The password's own comes as well.
    expect(taken(once ?? [], by('Update StsRefreshTokenValidFrom Timestamp', minutes(1)))).toMatchObject([{ beside: 1 }, { seen: 1 }]);
  });

  test('methods that were taken off are as many as were taken off', () => {
    const TIDY = step('tidy-methods');
    const two = writeDone(writeNoted(writeBegun([], TIDY, NOON), TIDY), TIDY, TWICE, minutes(1));
    const rows = [1, 2].reduce(
      (known: readonly ExpectedWrite[] | undefined) => known && taken(known, by('Admin deleted security info', minutes(1))),
      two,
    );
    expect(rows).toMatchObject([{ seen: 2 }]);
    expect(taken(rows ?? [], by('Admin deleted security info', minutes(1)))).toBeUndefined();
  });

  test('where it was so already nothing is expected; where a run died under way what it may have done is', () => {
    expect(taken(writeDone(begun, PASSWORD, NEVER, minutes(1)), by('Reset user password', minutes(1)))).toBeUndefined();
    const resumed = writeDone(writeBegun(begun, PASSWORD, minutes(5)), PASSWORD, NEVER, minutes(6));
    expect(taken(resumed, by('Reset user password', minutes(1)))).toMatchObject([{ seen: 1 }]);
    expect(isMissing(resumed, PASSWORD)).toBeUndefined();
    const stopped = writesStopped(begun, minutes(9));
    expect(taken(stopped, by('Reset user password', minutes(8)))).toMatchObject([{ seen: 1 }]);
    expect(taken(stopped, by('Reset user password', minutes(12)))).toBeUndefined();
  });

  test('where a run stopped at its step, what it sent is known; what an earlier run may have sent is not, nor what others do', () => {
    const last = { step: 'set-credential', unsent: 1 } as const;
    expect(writesStopped(begun, minutes(9), last)).toMatchObject([{ open: 0, allowed: 0, untilAt: minutes(9) }]);
    expect(writesStopped(writeNoted(begun, PASSWORD), minutes(9), { ...last, unsent: 0 })).toMatchObject([{ open: 0, allowed: 2 }]);
    expect(writesStopped(writeBegun(begun, PASSWORD, minutes(5)), minutes(9), last)).toMatchObject([{ open: 0, allowed: 1 }]);
    expect(writesStopped(begun, minutes(9), { step: 'verify', unsent: 1 })).toMatchObject([{ open: 0, allowed: 1 }]);
    const undone = writeBegun([], { step: 'set-credential', undo: true }, NOON);
    expect(writesStopped(undone, minutes(9), last)).toMatchObject([{ allowed: 1 }]);
  });

  test('a run that gave way before it sent anything is none of those that may have; what others do goes on without it', () => {
    expect(writesStopped(writeUnsent(begun, PASSWORD, 1, minutes(2)), minutes(9))).toEqual([{ ...begun[0], open: 0, untilAt: minutes(2) }]);
    const twice = writeBegun(begun, PASSWORD, minutes(5));
    expect(writeUnsent(twice, PASSWORD, 1, minutes(6))).toEqual(begun);
    // Of two that were noted one was refused, and nobody knows of the other.
    expect(writeUnsent(writeNoted(begun, PASSWORD), PASSWORD, 1, minutes(6))).toEqual(begun);
    expect(writeBegun(writeUnsent(begun, PASSWORD, 1, minutes(2)), PASSWORD, minutes(5))).toEqual(begun);
    const [nothing, other, waiting] = [done, writeBegun([], step('tidy-methods'), NOON), writeBegun([], step('enrol:1'), NOON)];
    expect(writeUnsent(nothing, PASSWORD, 1, minutes(2))).toEqual(nothing);
    expect(writeUnsent(other, PASSWORD, 1, minutes(2))).toEqual(other);
    expect(writeUnsent(waiting, step('enrol:1'), 1, minutes(2))).toEqual(waiting);
  });

  test('what the tenant refused counts for nothing', () => {
    expect(taken(done, by('Reset user password', minutes(1), { result: 'failure' }))).toEqual(done);
  });

  test('an enabling is never taken for the disabling that was approved', () => {
    const disabled = writeDone(writeBegun([], step('disable'), NOON), step('disable'), ONCE, minutes(1));
    expect(taken(disabled, by('Enable account', minutes(1)))).toBeUndefined();
    expect(taken(disabled, by('Disable account', minutes(1)))).toMatchObject([{ seen: 1 }]);
  });

  test('a key is registered by the account itself, once', () => {
    const enrolled = writeDone(writeBegun(PASS_MADE, step('enrol:1'), NOON), step('enrol:1'), NEVER, minutes(30));
    const own = by('User registered security info', minutes(20), { actor: { userId: objectId } });
    const once = taken(enrolled, own);
    expect(once).toMatchObject([{ seen: 0 }, { seen: 1 }]);
    expect(taken(once ?? [], own)).toBeUndefined();
    expect(taken(enrolled, by('User registered security info', minutes(20)))).toBeUndefined();
    expect(isMissing(enrolled, step('enrol:1'))).toBeUndefined();
  });

  test('a policy by its own id, a member by theirs', () => {
    const id = 'aaaaaaaa-1111-4000-8000-000000000001';
    for (const [kind, activity] of [
      ['exclude-policy', 'Update conditional access policy'],
      ['remove-member', 'Remove member from group'],
    ] as const) {
      const phase = step(`${kind}:${id.toUpperCase()}`);
      const rows = writeDone(writeBegun([], phase, NOON), phase, ONCE, NOON);
      const target = { id, type: kind === 'remove-member' ? 'User' : 'Policy', properties: [] };
      expect(taken(rows, by(activity, NOON, { targets: [target] }))).toMatchObject([{ seen: 1 }]);
      expect(taken(rows, by(activity, NOON))).toBeUndefined();
    }
  });

  test('what is kept comes back from the database as it was, instants and all', () => {
    expect(fromJson(JSON.parse(toJson(done)))).toEqual(done);
  });
});

/** Every step that writes, the activities that prove it, and those that come beside them: as the tenant's audit log spells them. */
const AS_LOGGED: { readonly [K in StepKind]?: { readonly main: readonly string[]; readonly beside?: readonly string[] } } = {
  'create-user': { main: ['Add user'], beside: ['Update user'] },
  exclude: { main: ['Add member to group'] },
  'set-credential': {
    main: ['Reset user password', 'Reset password (by admin)', 'Change user password'],
    beside: ['Update user', 'Update PasswordProfile', 'Update StsRefreshTokenValidFrom Timestamp'],
  },
  'drop-password': {
    main: ['Reset user password', 'Reset password (by admin)', 'Change user password'],
    beside: ['Update user', 'Update PasswordProfile', 'Update StsRefreshTokenValidFrom Timestamp'],
  },
  'withdraw-password': {
    main: ['Reset user password', 'Reset password (by admin)', 'Change user password'],
    beside: ['Update user', 'Update PasswordProfile', 'Update StsRefreshTokenValidFrom Timestamp'],
  },
  'remove-keys': { main: ['Admin deleted security info'], beside: ['Update user'] },
  'issue-pass': {
    main: ['Admin registered security info'],
    beside: ['Admin deleted security info', 'Admin updated security info', 'Update user'],
  },
  enrol: {
    main: ['User registered security info', 'User registered all required security info'],
    beside: ['User started security info registration', 'User changed default security info', 'Update user'],
  },
  'tidy-methods': { main: ['Admin deleted security info'], beside: ['Update user'] },
  'withdraw-keys': { main: ['Admin deleted security info'], beside: ['Update user'] },
  'remove-method': { main: ['Admin deleted security info'], beside: ['Update user'] },
  'revoke-sessions': { main: ['Update StsRefreshTokenValidFrom Timestamp'], beside: ['Update user'] },
  'assign-role': {
    main: ['Add member to role'],
    beside: [
      'Add member to role completed (PIM activation)',
      'Add eligible member to role completed (PIM activation)',
      'Add member to role requested (PIM activation)',
      'Add member to role outside of PIM (permanent)',
    ],
  },
  'remove-role': {
    main: ['Remove member from role'],
    beside: [
      'Remove member from role completed (PIM activation)',
      'Remove eligible member from role completed (PIM activation)',
      'Remove member from role requested (PIM activation)',
      'Remove member from role outside of PIM (permanent)',
    ],
  },
  enable: { main: ['Enable account', 'Update user'] },
  disable: { main: ['Disable account', 'Update user'] },
  'leave-group': { main: ['Remove member from group'] },
  'remove-member': { main: ['Remove member from group'] },
  'join-unit': { main: ['Add member to administrative unit', 'Add member to restricted management administrative unit'] },
  'leave-unit': { main: ['Remove member from administrative unit', 'Remove member from restricted management administrative unit'] },
  'exclude-policy': { main: ['Update conditional access policy'], beside: ['Update policy'] },
  'never-expire': { main: ['Update user'] },
  'delete-user': { main: ['Delete user'], beside: ['Remove member from role', 'Remove member from group', 'Update user'] },
};
const NAMED: Partial<Record<StepKind, string>> = { enrol: '1', 'exclude-policy': 'a-policy', 'remove-member': 'a-member' };
const WRITERS = Object.keys(AS_LOGGED).map((kind) => ({ kind: kind as StepKind, ...AS_LOGGED[kind as StepKind] }));

describe.each(WRITERS)('what the audit log says of the step $kind', ({ kind, main = [], beside = [] }) => {
  const subject = NAMED[kind];
  const phase = step(subject === undefined ? kind : `${kind}:${subject}`);
  const once = writeDone(writeBegun(kind === 'enrol' ? PASS_MADE : [], phase, NOON), phase, ONCE, NOON);
  const told = (activity: string) => {
    const id = kind === 'enrol' ? objectId : (subject ?? objectId);
    const targets = [{ id, type: subject === 'a-policy' ? 'Policy' : 'User', properties: [] }];
    const rows = taken(once, by(activity, NOON, { targets, ...(kind === 'enrol' ? { actor: { userId: objectId } } : {}) }));
    return rows?.filter((row) => row.step === phase.step);
  };

  test('counts as the write itself, however its letters are, and nothing whose name is only like it', () => {
    for (const activity of main) {
      expect(told(activity)).toMatchObject([{ seen: 1, beside: 0 }]);
      expect(told(activity.toUpperCase())).toMatchObject([{ seen: 1, beside: 0 }]);
      for (const other of [`Bulk ${activity}`, `${activity} policy`, activity.replace(' ', ''), activity.slice(0, -1)])
        expect(told(other)).toBeUndefined();
    }
  });

  test('comes beside it by these names, and by none that is only like them', () => {
    for (const activity of beside) {
      expect(told(activity)).toMatchObject([{ seen: 0, beside: 1 }]);
      expect(told(activity.toLowerCase())).toMatchObject([{ seen: 0, beside: 1 }]);
      expect(told(`Bulk ${activity}`)).toBeUndefined();
      // What follows the words of PIM is PIM's.
      if (!activity.includes('PIM')) expect(told(`${activity} policy`)).toBeUndefined();
    }
  });

  test('is looked for by a name that proves it', () => {
    if (isMissing(once, phase)) expect(told(activityWords(phase.step))).toMatchObject([{ seen: 1 }]);
    else expect([kind, activityWords(phase.step)]).toEqual(['enrol', 'a change of the account']);
  });
});

test.each([
  ['enable', 'Enable account'],
  ['disable', 'Disable account'],
] as const)('to %s is one row or two, by either name, and never by that of the opposite', (kind, activity) => {
  const once = writeDone(writeBegun([], step(kind), NOON), step(kind), ONCE, NOON);
  const both = taken(taken(once, by(activity, NOON)) ?? [], by('Update user', NOON));
  expect(both).toMatchObject([{ seen: 1, beside: 1 }]);
  const reversed = taken(taken(once, by('Update user', NOON)) ?? [], by(activity, NOON));
  expect(reversed).toMatchObject([{ seen: 1, beside: 1 }]);
  for (const name of [activity.toUpperCase(), 'update user']) expect(taken(both ?? [], by(name, NOON))).toMatchObject([{ beside: 2 }]);
  for (const other of ['Delete account', `Bulk ${activity}`, `${activity}s`, 'Bulk update user', 'Update user licence'])
    expect(taken(both ?? [], by(other, NOON))).toBeUndefined();
});

test('every step that writes is among them, and no other has rows', () => {
  const writing = Object.keys(STEPS).filter((kind) => writeBegun([], step(kind as StepId), NOON).length > 0);
  expect(writing.sort()).toEqual(Object.keys(AS_LOGGED).sort());
});

describe('how often a write may be seen', () => {
  const times = (count: number, rows: readonly ExpectedWrite[], activity: string, at: Date): number => {
    let known = rows;
    for (let seen = 0; seen < count; seen += 1) {
      const next = taken(known, by(activity, at));
      if (!next) return seen;
      known = next;
    }
    return count;
  };

  test('AL-9: as often as it was sent, and twice as often beside; one more is somebody else’s', () => {
    const sent = writeDone(writeNoted(begun, PASSWORD), PASSWORD, TWICE, minutes(1));
    expect(times(9, sent, 'Reset user password', minutes(1))).toBe(2);
    expect(times(9, sent, 'Update user', minutes(1))).toBe(4);
  });

  test('AL-9: while it is under way as often as it was noted, which is before it is sent', () => {
    expect(times(9, begun, 'Reset user password', minutes(1))).toBe(1);
    expect(times(9, begun, 'Update user', minutes(1))).toBe(2);
    const noted = writeNoted(writeNoted(begun, PASSWORD), PASSWORD);
    expect(times(9, noted, 'Reset user password', minutes(1))).toBe(3);
    // Another step's notes are not its own.
    expect(times(9, writeNoted(begun, step('drop-password')), 'Reset user password', minutes(1))).toBe(1);
    expect(times(9, writeNoted(begun, { ...PASSWORD, undo: true }), 'Reset user password', minutes(1))).toBe(1);
  });

  test('AL-9: once more for each write that a run which died had noted, and none for what a living one knows was refused', () => {
    const again = writeBegun(writeBegun(begun, PASSWORD, minutes(5)), PASSWORD, minutes(6));
    expect(times(99, writeDone(again, PASSWORD, ONCE, minutes(7)), 'Reset user password', minutes(1))).toBe(3);
    expect(times(99, writesStopped(again, minutes(7)), 'Reset user password', minutes(1))).toBe(3);
    const refused = writeDone(writeNoted(begun, PASSWORD), PASSWORD, { acts: 1, unsent: 1 }, minutes(1));
    expect(times(99, refused, 'Reset user password', minutes(1))).toBe(1);
  });

  test('AL-9: a key that is registered once for each pass that may have been made, however often it was looked for', () => {
    const phase = step('enrol:1');
    const own = (rows: readonly ExpectedWrite[]): number => {
      let known: readonly ExpectedWrite[] | undefined = rows;
      for (let seen = 0; seen < 9; seen += 1) {
        known = taken(known, by('User registered security info', minutes(20), { actor: { userId: objectId } }));
        if (!known) return seen;
      }
      return 9;
    };
    const looked = [1, 2, 3].reduce((rows) => writeBegun(rows, phase, minutes(1)), PASS_MADE);
    expect([own(looked), own(writeDone(looked, phase, NEVER, minutes(30))), own(writesStopped(looked, minutes(30)))]).toEqual([1, 1, 1]);
    const second = writeBegun(looked, step('issue-pass:1'), minutes(2));
    expect(own(second)).toBe(2);
    expect(own(writeDone(second, step('issue-pass:1'), NEVER, minutes(30)))).toBe(1);
    expect([own(writeBegun([], phase, NOON)), own(writeBegun(PASS_MADE, step('enrol:2'), NOON))]).toEqual([0, 0]);
  });

  test('done again later, what was allowed before is allowed still, and the time is one', () => {
    const stopped = writesStopped(writeDone(begun, PASSWORD, ONCE, minutes(1)), minutes(9));
    // What was proven is over since then, not since the run stopped.
    expect(stopped).toEqual(done);
    const anew = writeBegun(stopped, PASSWORD, hours(1));
    expect(anew).toEqual([expect.objectContaining({ fromAt: NOON, open: 1 })]);
    expect(taken(anew, by('Reset user password', hours(1)))).toMatchObject([{ seen: 1 }]);
    const twice = writeDone(anew, PASSWORD, ONCE, hours(2));
    expect(twice).toMatchObject([{ allowed: 2, done: 2, untilAt: hours(2) }]);
    expect(times(9, twice, 'Reset user password', hours(1))).toBe(2);
  });

  test('what one step no longer expects, another one of the kind may', () => {
    const TWO = step('tidy-methods');
    const ONE = step('withdraw-keys');
    const rows = writeDone(writeBegun(writeDone(writeBegun([], ONE, NOON), ONE, ONCE, NOON), TWO, NOON), TWO, ONCE, NOON);
    expect(times(9, rows, 'Admin deleted security info', NOON)).toBe(2);
    expect(times(9, rows, 'Update user', NOON)).toBe(4);
  });

  test('GR-5: a step of the plan and the same step of its taking back are counted apart', () => {
    const back = { step: 'set-credential', undo: true } as const;
    const rows = writeDone(writeBegun(done, back, hours(1)), back, ONCE, hours(2));
    expect(rows).toMatchObject([
      { untilAt: minutes(1), done: 1 },
      { undo: true, fromAt: hours(1), untilAt: hours(2), done: 1 },
    ]);
    expect(isMissing(taken(rows, by('Reset user password', hours(1))) ?? [], back)).toBeUndefined();
    expect(isMissing(taken(rows, by('Reset user password', hours(1))) ?? [], PASSWORD)).toMatchObject({ fromAt: NOON });
    expect(writeBegun(rows, back, hours(3))).toEqual([rows[0], expect.objectContaining({ undo: true, open: 1 })]);
  });
});

describe('what is expected of a request', () => {
  test('nothing, before its run began', () => {
    expect(consumed({ plan }, undefined, by('Reset user password', NOON))).toBeUndefined();
    expect(consumed({ plan, expected: [] }, undefined, by('Reset user password', NOON))).toBeUndefined();
  });

  test('nothing of a step that writes nothing, whatever was kept of it', () => {
    const kept: ExpectedWrite = { step: 'verify', fromAt: NOON, open: 1, allowed: 1, done: 1, seen: 0, beside: 0 };
    expect(taken([kept], by('Update user', NOON))).toBeUndefined();
    const over = { ...kept, untilAt: NOON, open: 0 };
    expect(writeDone([kept], step('verify'), NEVER, NOON)).toEqual([over]);
    expect(writesStopped([kept], NOON, { step: 'verify', unsent: 1 })).toEqual([over]);
    expect(writeUnsent([kept], step('verify'), 1, NOON)).toEqual([over]);
    expect(isMissing([over], step('verify'))).toBeUndefined();
  });

  test('two minutes sooner or later than we know of, for clocks differ, and no more', () => {
    const seconds = (count: number) => new Date(NOON.getTime() + count * 1000);
    for (const [at, expected] of [
      [-121, false],
      [-120, true],
      [180, true],
      [181, false],
    ] as const)
      expect([at, taken(done, by('Reset user password', seconds(at))) !== undefined]).toEqual([at, expected]);
  });

  test('of a new account by the id it has by now, and while it has none, nothing', () => {
    const created = { plan: aPlan(), expected: done };
    expect(consumed(created, objectId.toUpperCase(), by('Reset user password', NOON))).toMatchObject([{ seen: 1 }]);
    expect(consumed(created, undefined, by('Reset user password', NOON))).toBeUndefined();
    // The id of the plan is the one that was approved, in whatever letters.
    const shouted = { plan: { ...plan, account: { ...plan.account, objectId: objectId.toUpperCase() } }, expected: done };
    expect(consumed(shouted, 'somebody else', by('Reset user password', NOON))).toMatchObject([{ seen: 1 }]);
  });

  test('on our user, with a group or a role beside, and no other user', () => {
    const [ours] = aChange().targets;
    const on = (...targets: object[]) => taken(done, by('Reset user password', NOON, { targets: targets as never }));
    const role = { id: 'a-role', type: 'Role', properties: [] };
    expect(on(ours ?? {}, role)).toMatchObject([{ seen: 1 }]);
    // Some rows name a user twice, once without an id.
    expect(on(ours ?? {}, { id: '', type: 'User', properties: [] })).toMatchObject([{ seen: 1 }]);
    expect(on(ours ?? {}, { id: 'other', type: 'user', properties: [] })).toBeUndefined();
    expect(on(role)).toBeUndefined();
    expect(on()).toBeUndefined();
  });

  test('a refusal of what was expected changes nothing; of anything else it is not ours', () => {
    for (const activity of ['Reset user password', 'Update user'])
      expect(taken(done, by(activity, NOON, { result: 'failure' }))).toBe(done);
    expect(taken(done, by('Delete user', NOON, { result: 'failure' }))).toBeUndefined();
    const both = writeBegun(done, step('revoke-sessions'), NOON);
    expect(taken(both, by('Reset user password', NOON, { result: 'failure' }))).toBe(both);
  });
});

describe('what the audit log does not tell', () => {
  test('SI-1: is missed once it was done for certain, is over, and no row came; and told once', () => {
    expect(isMissing(done, PASSWORD)).toBe(done[0]);
    expect(isMissing([], PASSWORD)).toBeUndefined();
    expect(isMissing(begun, PASSWORD)).toBeUndefined();
    expect(isMissing(writeBegun(done, PASSWORD, hours(1)), PASSWORD)).toBeUndefined();
    expect(isMissing(writesStopped(begun, minutes(1)), PASSWORD)).toBeUndefined();
    expect(isMissing(taken(done, by('Reset user password', NOON)) ?? [], PASSWORD)).toBeUndefined();
    expect(
      isMissing(
        done.map((kept) => ({ ...kept, missedAt: hours(1) })),
        PASSWORD,
      ),
    ).toBeUndefined();
    // Done anew it is due anew: one row is not enough for two, and who was told of the first is told of the second.
    const anew = writeDone(writeBegun(taken(done, by('Reset user password', NOON)) ?? [], PASSWORD, hours(1)), PASSWORD, ONCE, hours(1));
    expect(isMissing(anew, PASSWORD)).toMatchObject({ done: 2, seen: 1 });
    expect(isMissing(taken(anew, by('Reset user password', hours(1))) ?? [], PASSWORD)).toBeUndefined();
    const told = done.map((kept) => ({ ...kept, missedAt: hours(1) }));
    expect(isMissing(writeDone(writeBegun(told, PASSWORD, hours(2)), PASSWORD, ONCE, hours(2)), PASSWORD)).toMatchObject({ done: 2 });
    expect(writeDone(writeBegun(told, PASSWORD, hours(2)), PASSWORD, NEVER, hours(2))).toEqual([{ ...told[0], untilAt: hours(2) }]);
    // A password that is set twice is in the log twice; a session that is ended twice may be there once.
    const twice = (phase: { step: StepId }) => writeDone(writeNoted(writeBegun([], phase, NOON), phase), phase, TWICE, NOON);
    expect([twice(PASSWORD), twice(step('revoke-sessions'))]).toMatchObject([[{ done: 2 }], [{ done: 1, allowed: 2 }]]);
    // What stands beside it is no proof of it.
    expect(isMissing(taken(done, by('Update user', NOON)) ?? [], PASSWORD)).toMatchObject({ beside: 1 });
  });
});

describe('at the one door', () => {
  const request = aRequest({ plan, state: 'approved', fence: 1, begunAt: NOON, expected: done });
  let store: MemoryStore;
  let front: Door;
  beforeEach(() => {
    store = memoryStore(minutes(2));
    store.put('account', anAccount());
    store.put('request', request);
    front = door({
      store,
      random: countingRandom(),
      policy: TEST_POLICY,
      tenant: (id) => Object.values(TENANTS).find((one) => one.id === id),
    });
  });
  const seen = async (change: DirectoryChange, feed: 'graph-directory-audits' | 'event-hub' = 'graph-directory-audits') =>
    front.dispatch({ kind: 'system', part: 'feed' }, { kind: 'change-seen', change, feed, byChanger: change.actor.userId === undefined });
  const severities = () => [...store.rows.alert.values()].map(({ severity }) => severity);

  test('the first is ours, from however many feeds it comes; the second is critical', async () => {
    const first = by('Reset user password', minutes(1));
    await seen(first);
    await seen(first, 'event-hub');
    expect(severities()).toEqual(['low']);
    expect(store.rows.request.get(request.id)?.expected).toMatchObject([{ seen: 1 }]);
    await seen(by('Reset user password', minutes(1)));
    expect(severities()).toEqual(['low', 'critical']);
    expect(store.rows.request.get(request.id)?.expected).toMatchObject([{ seen: 1 }]);
  });

  test('a request that began before rows were kept is judged by its plan alone', async () => {
    const { expected: _expected, ...old } = request;
    store.put('request', old);
    await seen(by('Add member to role', minutes(1)));
    expect(severities()).toEqual(['low']);
  });

  const look = () =>
    front.dispatch({ kind: 'system', part: 'timer' }, { kind: 'look-for-evidence', requestId: request.id, step: 'set-credential' });

  test('what does not come in its time is told once, where the log was read since; where it was not, it is looked for later', async () => {
    const running = { ...request, expected: begun };
    store.put('request', running);
    await front.dispatch(
      { kind: 'system', part: 'worker' },
      { kind: 'finish-step', requestId: request.id, fence: 1, step: 'set-credential', evidence: '', acts: 1 },
    );
    const timers = () => [...store.rows.timers.entries()].filter(([key]) => key.startsWith('evidence:')).map(([, { at }]) => at);
    expect(timers()).toEqual([hours(2, minutes(2))]);
    store.setClock(hours(3));
    await store.feedRead(anAccount().tenantId, 'graph-directory-audits', { readUpTo: minutes(30) });
    expect(await look()).toMatchObject({ ok: false, error: { code: 'nothing-to-do' } });
    expect(timers()).toEqual([minutes(10, hours(3))]);
    await store.feedRead(anAccount().tenantId, 'graph-directory-audits', { readUpTo: hours(3) });
    await look();
    expect(timers()).toContainEqual(hours(3));
    expect(await look()).toMatchObject({ ok: false, error: { code: 'nothing-to-do' } });
  });

  test('nothing is missed where no log is read, or where it came', async () => {
    store.setClock(hours(3));
    expect(await look()).toMatchObject({ ok: false, error: { code: 'nothing-to-do' } });
    await store.feedRead(anAccount().tenantId, 'graph-directory-audits', { readUpTo: hours(3) });
    await seen(by('Reset user password', minutes(1)));
    expect(await look()).toMatchObject({ ok: false, error: { code: 'nothing-to-do' } });
  });

  test('a step keeps its rows in the transaction that records it', () => {
    const fresh = aRequest({ plan, state: 'approved', fence: 1 });
    const running = recordStep(fresh, 1, 'set-credential', { state: 'running' }, NOON);
    const proven = running.ok ? recordStep(running.value.next, 1, 'set-credential', { state: 'done', settled: ONCE }, minutes(1)) : running;
    expect(proven.ok && proven.value.next.expected).toMatchObject([{ step: 'set-credential', allowed: 1, done: 1, untilAt: minutes(1) }]);
  });
});
