/** What an Entra result code says about the attempt, and what to do about it at once. */
export interface SignInResult {
  readonly words: string;
  readonly next: string;
  /** Of a card, where the attempt says that the account would not open when it is needed. */
  readonly title?: string;
}

const GUESSING = 'Find out who tried. If nobody of yours did, somebody is guessing: watch for the next attempt and tell the owners.';
const FACTOR = 'The password was right, so somebody knows it. If nobody of yours tried, have the password replaced now.';
const BROKEN = 'If you needed it now, it would not open. Tell the owners and put it right today.';
const BLOCKED: SignInResult = {
  words: 'Blocked by a Conditional Access policy',
  next: `A policy applies that must not. ${BROKEN}`,
  title: 'A policy blocks an emergency access account',
};
const EXPIRED: SignInResult = {
  words: 'The password has expired',
  next: `Its password must never expire. ${BROKEN}`,
  title: 'The password of an emergency access account has expired',
};

/** Learn, reference-error-codes (2026); which of them matter here: 0 and readiness failures such as 53003 are not only security events. */
const RESULTS: ReadonlyMap<number, SignInResult> = new Map([
  [
    0,
    {
      words: 'Success: somebody is in',
      next: 'Ask the owners who it was. If nobody knows: revoke its sessions and disable it in Entra, now.',
    },
  ],
  [50126, { words: 'Wrong user name or password', next: GUESSING }],
  [
    50053,
    {
      words: 'Locked after too many wrong attempts',
      next: `Somebody kept guessing, or its address is blocked. ${BROKEN}`,
      title: 'An emergency access account is locked',
    },
  ],
  [
    50057,
    {
      words: 'The account is disabled',
      next: `Find out who disabled it. ${BROKEN}`,
      title: 'Sign-in to an emergency access account that is disabled',
    },
  ],
  [
    50034,
    { words: 'No such user in this tenant', next: 'The account may have been deleted. Look for it in Entra, also among deleted users.' },
  ],
  [50074, { words: 'Right password, second factor missing', next: FACTOR }],
  [50076, { words: 'Right password, second factor demanded', next: FACTOR }],
  [50079, { words: 'Right password, no second factor registered', next: `${FACTOR} If it was a test: register two security keys.` }],
  [500121, { words: 'Right password, second factor failed', next: FACTOR }],
  // Each is a policy that asks for something an emergency may not have: a device, an app, a place, less risk.
  ...[53000, 53001, 53002, 53003, 53004, 50131, 530032].map((code) => [code, BLOCKED] as const),
  [50055, EXPIRED],
  [50144, EXPIRED],
]);

export function signInResult(errorCode: number): SignInResult {
  return (
    RESULTS.get(errorCode) ?? {
      words: `Entra code ${errorCode}`,
      next: 'Look the code up at login.microsoftonline.com/error, and ask the owners who tried.',
    }
  );
}
