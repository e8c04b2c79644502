/** An approval from before a second proof was asked for may be made once more, with the proof: still one of each per human and plan (AP-8). */
export const provenApproval: readonly string[] = [
  'drop index decision_once',
  `create unique index decision_once on decision (request_id, person_key, plan_digest, (proof_method is not null)) where kind = 'approve'`,
];
