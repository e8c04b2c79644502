/**
 * The rules of a request, said a second time and in another way than the code says them: by people's own votes and instants, without
 * states of the product. What the product accepts, refuses and writes in a tenant is held against this.
 */
export interface Vote {
  readonly human: string;
  readonly account: string;
  /** Which version of the plan was on the card. */
  readonly version: number;
  readonly proven: boolean;
}

export interface Asked {
  readonly id: string;
  readonly asker: string;
  readonly deadline: number;
  /** Humans that are handed a part by the version as it is now. */
  custodians: readonly string[];
  /** Digests of every version there was, the newest last. */
  readonly digests: string[];
  quorum: number;
  proof: boolean;
  readonly votes: Vote[];
  /** Accounts whose vote was found without the right when a run was to begin. They count again by pressing again. */
  suspended: Set<string>;
  phase: 'open' | 'to-do' | 'done' | 'stuck' | 'going-back' | 'gone-back' | 'denied' | 'withdrawn' | 'expired' | 'hopeless';
  /** A step was begun: from then on the tenant may have been written to. */
  touched: boolean;
  stuckAt: number;
  /** Its run waits for a custodian. */
  parked: boolean;
  /** Something was refused or changed by hand: then it may get stuck, and it need not be carried out. */
  disturbed: boolean;
  /** A worker took over from one that stood still, which may have one write under way. */
  overtaken: boolean;
  /** The newest version says how it is taken back. */
  undoable: boolean;
  /** How the account stood in the tenant when the newest version was drawn up, as far as its plan depends on it. */
  seen: string;
}

export interface Rules {
  readonly quorum: number;
  readonly proof: boolean;
}
/** Who holds the approver's right, and has for long enough. */
export type Right = (account: string) => boolean;

const newest = (asked: Asked): number => asked.digests.length - 1;

/** The stricter of what held when it was asked, or at any decision since, and what holds now. */
export const strict = (asked: Asked, rules: Rules): Rules => ({
  quorum: Math.max(asked.quorum, rules.quorum),
  proof: asked.proof || rules.proof,
});

/** Humans whose vote counts on the newest version. */
export function counting(asked: Asked, { proof }: Rules, right: Right = () => true): Set<string> {
  const good = asked.votes.filter(
    ({ human, account, version, proven }) =>
      version === newest(asked) && human !== asked.asker && !asked.custodians.includes(human) && (proven || !proof) && right(account),
  );
  return new Set(good.filter(({ account }) => !asked.suspended.has(account)).map(({ human }) => human));
}

export const stands = (asked: Asked, rules: Rules, right?: Right): boolean => counting(asked, rules, right).size >= rules.quorum;

/** Whether somebody may vote for the version on their card. `version` is -1 for a card nobody was ever shown. */
export function mayVote(asked: Asked, vote: Vote, rules: Rules, right: Right, now: number): boolean {
  const { human, account, version, proven } = vote;
  if (human === asked.asker || asked.custodians.includes(human) || !right(account)) return false;
  if (asked.phase !== 'open' || now >= asked.deadline || version !== newest(asked)) return false;
  if (rules.proof && !proven) return false;
  const before = asked.votes.filter((row) => row.human === human && row.version === version && (row.proven || !rules.proof));
  const [first] = before;
  return first === undefined || (first.account === account && asked.suspended.has(account));
}

/** @param unwritten it is certain that nothing was written: then also what stopped is denied */
export function mayDeny(asked: Asked, vote: Vote, rules: Rules, right: Right, now: number, unwritten: boolean): boolean {
  const { human, account, version, proven } = vote;
  if (human === asked.asker || asked.custodians.includes(human) || !right(account)) return false;
  const inTime =
    (asked.phase === 'open' && now < asked.deadline) ||
    (asked.phase === 'to-do' && !asked.touched) ||
    (asked.phase === 'stuck' && unwritten);
  return inTime && version === newest(asked) && (proven || !rules.proof);
}

export const mayWithdraw = (asked: Asked, human: string, now: number): boolean =>
  human === asked.asker &&
  ((asked.phase === 'open' && now < asked.deadline) ||
    (asked.phase === 'to-do' && (!asked.touched || asked.parked)) ||
    asked.phase === 'stuck');

export const mayRetry = (asked: Asked, human: string, approver: boolean, now: number): boolean =>
  (approver || human === asked.asker) && asked.phase === 'stuck' && now < asked.deadline;
