import type { DirectoryChange } from '../alert/change.ts';
import { later, MINUTE } from '../decision.ts';
import { type ChangeRequest, type ExpectedWrite, kindOfStep, type StepId, type StepKind, subjectOfStep } from './types.ts';

/** Clocks of Entra and ours differ by seconds; rows of one write follow each other within a minute. */
export const SLACK_MS = 2 * MINUTE;

/** What the tenant's audit log says of a write. */
interface WrittenAs {
  /** One row of these for each time it was done. Names differ between tenants and years (domain.md 5.5). */
  readonly main: RegExp;
  /** What may stand beside it, no oftener than twice as often. */
  readonly beside?: RegExp;
  /** Who is named as its doer; our changer unless said. Of what the account does with a pass, each pass that may have been made allows one. */
  readonly by?: 'account';
  /** Every write that was answered has a row. Without it one that changes nothing may leave none: each proof has one at least. */
  readonly each?: true;
  /** `false`: that it does not come proves nothing. */
  readonly needed?: false;
}

const UPDATED = /^update user$/i;
const PASSWORD: WrittenAs = {
  main: /^(?:reset user password|reset password \(by admin\)|change user password)$/i,
  beside: /^(?:update user|update passwordprofile|update stsrefreshtokenvalidfrom timestamp)$/i,
  each: true,
};
/** Either name may be the only one, or both come: never that of the opposite. */
const ENABLED: WrittenAs = { main: /^(?:enable account|update user)$/i, beside: /^(?:enable account|update user)$/i };
const DISABLED: WrittenAs = { main: /^(?:disable account|update user)$/i, beside: /^(?:disable account|update user)$/i };
const REGISTERED: WrittenAs = {
  main: /^admin registered security info$/i,
  beside: /^(?:admin (?:deleted|updated) security info|update user)$/i,
};
const DELETED: WrittenAs = { main: /^admin deleted security info$/i, beside: UPDATED };
const UNIT = /(?:restricted management )?administrative unit$/i;

/** Of every step what it writes. Activity names: Learn, reference-audit-activities (2026), and the records domain.md 5.5 quotes. */
const WRITTEN: { readonly [K in StepKind]?: WrittenAs } = {
  'create-user': { main: /^add user$/i, beside: UPDATED },
  exclude: { main: /^add member to group$/i },
  'set-credential': PASSWORD,
  'drop-password': PASSWORD,
  'withdraw-password': PASSWORD,
  'remove-keys': DELETED,
  'issue-pass': REGISTERED,
  enrol: {
    main: /^user registered (?:all required )?security info$/i,
    beside: /^(?:user started security info registration|user changed default security info|update user)$/i,
    by: 'account',
    needed: false,
  },
  'tidy-methods': DELETED,
  'withdraw-keys': DELETED,
  'remove-method': DELETED,
  'revoke-sessions': { main: /^update stsrefreshtokenvalidfrom timestamp$/i, beside: UPDATED },
  'assign-role': { main: /^add member to role$/i, beside: /^add (?:eligible )?member to role (?:completed|requested|outside of pim)/i },
  'remove-role': {
    main: /^remove member from role$/i,
    beside: /^remove (?:eligible )?member from role (?:completed|requested|outside of pim)/i,
  },
  enable: ENABLED,
  disable: DISABLED,
  'leave-group': { main: /^remove member from group$/i },
  'remove-member': { main: /^remove member from group$/i },
  'join-unit': { main: new RegExp(`^add member to ${UNIT.source}`, 'i') },
  'leave-unit': { main: new RegExp(`^remove member from ${UNIT.source}`, 'i') },
  'exclude-policy': { main: /^update conditional access policy$/i, beside: /^update policy$/i },
  'never-expire': { main: UPDATED },
  'delete-user': { main: /^delete user$/i, beside: /^(?:remove member from (?:role|group)|update user)$/i },
};

type Rows = readonly ExpectedWrite[];
type Phase = Pick<ExpectedWrite, 'step' | 'undo'>;

const isOf = (phase: Phase) => (row: ExpectedWrite) => row.step === phase.step && row.undo === phase.undo;

/** The step begins: from here on its first write may be seen, before we know ourselves that it was done. */
export function writeBegun(rows: Rows, phase: Phase, now: Date): Rows {
  if (!WRITTEN[kindOfStep(phase.step)]) return rows;
  const known = rows.find(isOf(phase));
  if (!known) return [...rows, { ...phase, fromAt: now, open: 1, allowed: 0, done: 0, seen: 0, beside: 0 }];
  const { untilAt: _until, ...rest } = known;
  return rows.map((row) => (row === known ? { ...rest, open: known.open + 1 } : row));
}

/** The step is about to send a write once more: kept before it is sent, so that a run that dies leaves no more and no fewer than it may have sent. */
export const writeNoted = (rows: Rows, phase: Phase): Rows => rows.map((row) => (isOf(phase)(row) ? { ...row, open: row.open + 1 } : row));

/** What a run knows of the writes it noted for a step. Of those of earlier runs, which died, nobody knows more than that each may have been done. */
export interface Settled {
  /** Were done for certain. */
  readonly acts: number;
  /** Were not: they were refused, or never sent. */
  readonly unsent: number;
}

/** The step is proven. */
export function writeDone(rows: Rows, phase: Phase, { acts, unsent }: Settled, now: Date): Rows {
  const each = WRITTEN[kindOfStep(phase.step)]?.each;
  return rows.map((row): ExpectedWrite => {
    if (!isOf(phase)(row)) return row;
    const { missedAt, ...rest } = row;
    return {
      ...rest,
      untilAt: now,
      open: 0,
      allowed: row.allowed + row.open - unsent,
      done: row.done + (each ? acts : Math.min(acts, 1)),
      // Done anew, a row is due anew.
      ...(missedAt && acts === 0 ? { missedAt } : {}),
    };
  });
}

/**
 * The run gives way, and so many of the writes it noted for the step were not done: of what earlier runs may have sent nothing more is known
 * than before. What somebody else does in a step of waiting goes on without the run.
 */
export const writeUnsent = (rows: Rows, phase: Phase, unsent: number, now: Date): Rows =>
  rows.map((row) => {
    if (!isOf(phase)(row) || row.open === 0 || WRITTEN[kindOfStep(row.step)]?.by === 'account') return row;
    return { ...row, open: row.open - unsent, ...(row.open > unsent ? {} : { untilAt: now }) };
  });

/**
 * The run stopped: whatever was under way may have been done, or not.
 *
 * @param last the step whose run this was, and how many of the writes it noted were not done
 */
export const writesStopped = (rows: Rows, now: Date, last?: { readonly step: StepId; readonly unsent: number }): Rows =>
  rows.map((row) => {
    if (row.open === 0) return row;
    const unsent = last !== undefined && row.step === last.step && !row.undo ? last.unsent : 0;
    return { ...row, untilAt: now, open: 0, allowed: row.allowed + row.open - unsent };
  });

/** How often it can have been done by now, at the most. */
function mostOf(rows: Rows, row: ExpectedWrite, { by }: WrittenAs): number {
  if (by !== 'account') return row.allowed + row.open;
  const passes = rows.find(isOf({ step: `issue-pass:${subjectOfStep(row.step)}` }));
  return passes ? passes.allowed + passes.open : 0;
}

/**
 * Takes a change off what is expected of a request.
 *
 * @param objectId of the account, where it is not in the plan
 * @returns the rows with it counted, or `undefined` when nothing of the kind is expected, at that time, on that object, or not once more
 */
export function consumed(
  { expected = [], plan }: Pick<ChangeRequest, 'expected' | 'plan'>,
  objectId: string | undefined,
  change: DirectoryChange,
): Rows | undefined {
  const user = ('objectId' in plan.account ? plan.account.objectId : objectId)?.toLowerCase();
  const candidates = expected.flatMap((row) => {
    const written = WRITTEN[kindOfStep(row.step)];
    // Stryker disable ArrayDeclaration: what is put in instead is neither main nor beside, so nothing reads it
    if (!written || !isWithin(row, change.changedAt) || !isAbout(row.step, user, change)) return [];
    if (written.by === 'account' ? change.actor.userId !== user : change.actor.userId !== undefined) return [];
    // Stryker restore ArrayDeclaration
    const most = mostOf(expected, row, written);
    return [{ row, most, isMain: written.main.test(change.activity), isBeside: written.beside?.test(change.activity) ?? false }];
  });
  // What the tenant refused changed nothing.
  if (change.result === 'failure' && candidates.some(({ isMain, isBeside }) => isMain || isBeside)) return expected;
  // A step's own row first: what may stand beside another step is not to be taken for it, or its own would be missed.
  for (const { row, most, isMain } of candidates)
    if (isMain && row.seen < most) return replaced(expected, row, { ...row, seen: row.seen + 1 });
  for (const { row, most, isBeside } of candidates)
    if (isBeside && row.beside < 2 * most) return replaced(expected, row, { ...row, beside: row.beside + 1 });
  return undefined;
}

const replaced = (rows: Rows, old: ExpectedWrite, fresh: ExpectedWrite): Rows => rows.map((row) => (row === old ? fresh : row));

const isWithin = ({ fromAt, untilAt }: ExpectedWrite, at: Date): boolean =>
  at >= later(fromAt, -SLACK_MS) && (untilAt === undefined || at <= later(untilAt, SLACK_MS));

/** The user of the plan, or the other object that the step names; and no user beside. */
function isAbout(step: StepId, user: string | undefined, { targets }: DirectoryChange): boolean {
  const subject = kindOfStep(step) === 'exclude-policy' || kindOfStep(step) === 'remove-member' ? subjectOfStep(step).toLowerCase() : user;
  const others = targets.filter(({ id, type }) => type.toLowerCase() === 'user' && id !== '' && id !== subject);
  return targets.some(({ id }) => id === subject) && others.length === 0;
}

/** Whether a proven write must be in the tenant's audit log, and was not seen there as often as it was done. */
export function isMissing(rows: Rows, phase: Phase): ExpectedWrite | undefined {
  const row = rows.find(isOf(phase));
  const written = WRITTEN[kindOfStep(phase.step)];
  const due = row && written && written.needed !== false && row.seen < row.done && row.untilAt !== undefined;
  return due && row.missedAt === undefined ? row : undefined;
}

/** What was looked for, for people: as the log would have it. */
export const activityWords = (step: StepId): string => WORDS[kindOfStep(step)] ?? 'a change of the account';

const WORDS: { readonly [K in StepKind]?: string } = {
  'create-user': 'Add user',
  exclude: 'Add member to group',
  'set-credential': 'Reset user password',
  'drop-password': 'Reset user password',
  'withdraw-password': 'Reset user password',
  'remove-keys': 'Admin deleted security info',
  'issue-pass': 'Admin registered security info',
  'tidy-methods': 'Admin deleted security info',
  'withdraw-keys': 'Admin deleted security info',
  'remove-method': 'Admin deleted security info',
  'revoke-sessions': 'Update StsRefreshTokenValidFrom Timestamp',
  'assign-role': 'Add member to role',
  'remove-role': 'Remove member from role',
  enable: 'Enable account',
  disable: 'Disable account',
  'leave-group': 'Remove member from group',
  'remove-member': 'Remove member from group',
  'join-unit': 'Add member to restricted management administrative unit',
  'leave-unit': 'Remove member from restricted management administrative unit',
  'exclude-policy': 'Update conditional access policy',
  'never-expire': 'Update user',
  'delete-user': 'Delete user',
};
