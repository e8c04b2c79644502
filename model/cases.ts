/** One exploration of model/approval.pml. `defines` are macros without `-D`. */
export interface ModelCase {
  readonly name: string;
  readonly defines: readonly string[];
  /** `holds`: every state is visited and no property is broken. `broken`: a counterexample is found, the shortest there is. */
  readonly expect: 'holds' | 'broken';
  /** Also looks for cycles, under weak fairness: a request that stays approved for ever. */
  readonly liveness?: true;
}

/** The protocol as it should be, from several sides. The first two are the whole model; the others show more detail with fewer faults. */
export const GOOD: readonly ModelCase[] = [
  { name: 'requester has two accounts', defines: ['OWNER=0', 'FAULTS=2', 'FAILURES=1'], expect: 'holds' },
  { name: 'approver has two accounts', defines: ['OWNER=1', 'FAULTS=2', 'FAILURES=1'], expect: 'holds' },
  { name: '… and the other loses the right', defines: ['OWNER=1', 'REVOKED=2', 'FAULTS=1', 'FAILURES=1'], expect: 'holds' },
  { name: 'transactions in two halves', defines: ['SPLIT', 'FAULTS=1', 'FAILURES=1'], expect: 'holds' },
  { name: 'revision check alone, no lock', defines: ['REVISION_ONLY', 'FAULTS=0', 'FAILURES=1'], expect: 'holds' },
  { name: 'given up and taken back', defines: ['UNDO', 'FAULTS=1', 'FAILURES=1'], expect: 'holds' },
  { name: '… and the tenant refuses that too', defines: ['UNDO', 'OWNER=1', 'FAULTS=0', 'FAILURES=2'], expect: 'holds' },
  { name: 'no lost quorum, weak fairness', defines: ['LIVENESS', 'FAULTS=2', 'FAILURES=0'], expect: 'holds', liveness: true },
];

/** Small enough for the test suite. */
export const REDUCED: ModelCase = { name: 'reduced', defines: ['UNDO', 'OWNER=1', 'FAULTS=1', 'FAILURES=0'], expect: 'holds' };

const broken = (name: string, ...defines: readonly string[]): ModelCase => ({
  name,
  defines: defines.some((define) => define.startsWith('FAULTS=')) ? defines : ['FAULTS=1', ...defines],
  expect: 'broken',
});

/** Histories that must exist, or the properties would hold for want of any. */
export const WITNESSES: readonly ModelCase[] = [
  broken('applied after an edit and a fault', 'WITNESS=1'),
  broken('applied after revocation and retry', 'WITNESS=2'),
  broken('denied after the quorum', 'WITNESS=3'),
  broken('expired after the quorum', 'WITNESS=4'),
  broken('pending again, an approver gone', 'WITNESS=5'),
  broken('stopped half way, an approver gone', 'WITNESS=6'),
  broken('applied after a failure and a retry', 'WITNESS=7'),
  broken('undone after a fault and a retry', 'UNDO', 'WITNESS=8'),
  broken('undone, and a write of before lands', 'UNDO', 'WITNESS=9'),
];

/** One rule left out or turned round in each. */
export const BUGS: readonly ModelCase[] = [
  broken('no row lock', 'BUG_NO_ROW_LOCK'),
  broken('quorum of one', 'BUG_QUORUM_OF_ONE'),
  broken('quorum counts accounts', 'BUG_COUNT_ACCOUNTS', 'OWNER=1'),
  broken('repeated click counts twice', 'BUG_REPEATED_CLICK_COUNTS'),
  broken('requester counts', 'BUG_REQUESTER_COUNTS'),
  broken("requester's second account counts", 'BUG_REQUESTER_SECOND_ACCOUNT'),
  broken('digest not compared', 'BUG_DIGEST_NOT_COMPARED'),
  broken('edit keeps old approvals', 'BUG_EDIT_KEEPS_APPROVALS'),
  broken('edit after the quorum', 'BUG_EDIT_AFTER_QUORUM'),
  broken('expiry judged by the timer only', 'BUG_EXPIRY_BY_TIMER_ONLY'),
  broken('expiry judged at begin-run only', 'BUG_EXPIRY_JUDGED_AT_BEGIN_RUN_ONLY'),
  broken('expired revived', 'BUG_EXPIRED_REVIVED'),
  broken('withdrawn revived', 'BUG_WITHDRAWN_REVIVED'),
  broken('denial after the quorum ignored', 'BUG_DENIAL_AFTER_QUORUM_IGNORED'),
  broken('eligibility not read again', 'BUG_ELIGIBILITY_NOT_READ_AGAIN'),
  broken('eligibility read before the lease', 'BUG_ELIGIBLE_READ_BEFORE_LEASE'),
  broken('duplicate run without a fence', 'BUG_NO_FENCE'),
  broken('stale fence accepted', 'BUG_STALE_FENCE_ACCEPTED'),
  broken('ended lease becomes valid again', 'BUG_LEASE_REVIVED'),
  broken('retry forgets what was begun', 'BUG_RETRY_FORGETS_THE_START'),
  broken('writes without looking first', 'BUG_NO_LOOK_BEFORE_ACT'),
  broken('job enqueued after the commit', 'BUG_ENQUEUE_AFTER_COMMIT'),
  broken('job done when fetched', 'BUG_JOB_DONE_WHEN_FETCHED'),
  broken('job completed by a stale attempt', 'BUG_JOB_COMPLETED_BY_A_STALE_ATTEMPT', 'FAULTS=2'),
  broken('lost lease ends the job', 'BUG_LEASE_LOST_ENDS_THE_JOB', 'FAULTS=2'),
  broken('given up while it runs', 'UNDO', 'BUG_GIVEN_UP_WHILE_IT_RUNS'),
  broken('two undos under one fence', 'UNDO', 'BUG_UNDO_WITHOUT_A_FENCE'),
  broken('undoing tried again', 'UNDO', 'BUG_UNDOING_TRIED_AGAIN'),
  broken('undo believes the record', 'UNDO', 'BUG_UNDO_BELIEVES_THE_RECORD'),
];
