import { accountCard } from '../../../src/cards/views/account.ts';
import { accountListCard } from '../../../src/cards/views/accountList.ts';
import { partCard, replacedPassCard, replacingPartCard } from '../../../src/cards/views/part.ts';
import { partReminderCard } from '../../../src/cards/views/partReminder.ts';
import { replacedPartCard } from '../../../src/cards/views/partReplaced.ts';
import { revealDialog } from '../../../src/cards/views/revealDialog.ts';
import { runbookLinkCard, runbookReminderCard } from '../../../src/cards/views/runbook.ts';
import { validationCard } from '../../../src/cards/views/validation.ts';
import { keysBegun } from '../../../src/core/account/life.ts';
import { runbookDigest } from '../../../src/core/account/runbook.ts';
import type { CustodyEvent, EmergencyAccount } from '../../../src/core/account/types.ts';
import { anAccount, anAccountPlan, aPart, aRequest, days, hours, NOON, person } from '../../support/builders.ts';
import type { Example } from '../example.ts';

const handover = {
  state: 'handover',
  parts: [aPart(1, 'dana', { state: 'ready', expiresAt: days(3) }), aPart(2, 'eli', { state: 'ready', expiresAt: days(3) })],
} as const;

/** An owner in their own chat: sees everything, may print. */
const OWNER = { where: 'personal', custody: true, canPrint: true } as const;
const LINK = `https://breakglass.contoso.example/runbook/${'aA0_-'.repeat(9).slice(0, 43)}`;

/** One password later: Eli left, Fay has the second part. */
const HISTORY: readonly CustodyEvent[] = [
  { at: hours(1), part: 1, custodian: person('dana'), what: 'entrusted' },
  { at: hours(1), part: 2, custodian: person('eli'), what: 'entrusted' },
  { at: hours(2), part: 1, custodian: person('dana'), what: 'shown' },
  { at: hours(3), part: 1, custodian: person('dana'), what: 'stored', location: 'Amsterdam, room 2.14, safe A', sealNumber: '004711' },
  { at: days(1), part: 2, custodian: person('eli'), what: 'expired' },
  { at: days(2), part: 1, custodian: person('dana'), what: 'replaced', location: 'Amsterdam, room 2.14, safe A', sealNumber: '004711' },
  { at: days(2), part: 2, custodian: person('fay'), what: 'entrusted' },
];
const printed = (account: EmergencyAccount): EmergencyAccount => ({
  ...account,
  runbook: { digest: runbookDigest(account), at: days(1), by: 'Oona Olsen' },
});
const stale = anAccount({ runbook: { digest: 'of another content', at: days(1), by: 'Oona Olsen' }, history: HISTORY });
const drilled = { drill: { id: 'D-7M3K9X', at: hours(7), result: 'passed' }, drillPassedAt: hours(7) } as const;
const brokenDrill = { id: 'D-7M3K9X', at: hours(7), result: 'failed', hop: 'webhook' } as const;

const PASS = { requestId: 'R-7F3K2M', methodId: 'T1', issuedAt: NOON, keysBefore: [], keysAtStart: [] };
/** Opened by two security keys. */
const keyed = anAccount({
  credential: 'passkey',
  parts: anAccount().parts.map((part) => ({ ...part, key: { methodId: `K${part.number}`, model: 'YubiKey 5 Series with NFC' } })),
});
/** Dana saw her first pass and registered nothing with it; Eli did not open his first one. */
const KEY_HISTORY: readonly CustodyEvent[] = [
  { at: hours(1), part: 1, custodian: person('dana'), what: 'entrusted' },
  { at: hours(2), part: 1, custodian: person('dana'), what: 'shown' },
  { at: hours(9), part: 1, custodian: person('dana'), what: 'lapsed' },
  { at: hours(10), part: 1, custodian: person('dana'), what: 'registered' },
  { at: hours(11), part: 2, custodian: person('eli'), what: 'entrusted' },
  { at: hours(19), part: 2, custodian: person('eli'), what: 'expired' },
  { at: hours(20), part: 2, custodian: person('eli'), what: 'registered' },
];
const withKey = (more: Parameters<typeof aPart>[2]) =>
  anAccount({ state: 'provisioning', credential: 'passkey', parts: [aPart(1, 'dana', more), aPart(2, 'eli')] });

/** The account while its first part is `state`. */
const withPart = (more: Parameters<typeof aPart>[2]) => anAccount({ state: 'handover', parts: [aPart(1, 'dana', more), aPart(2, 'eli')] });

const {
  appliedAt: _applied,
  validationDueAt: _due,
  ...neverMade
} = anAccount({
  credential: 'passkey',
  state: 'retired',
  retiredAt: hours(9),
});

export const ACCOUNTS: readonly Example[] = [
  {
    card: 'account',
    state: 'in-service',
    rendered: accountCard(
      printed(
        anAccount({
          ...drilled,
          validatedAt: days(2),
          validatedBy: person('oona'),
          validationNote: 'Signed in from the vault.',
          lastSignInAt: days(2),
          history: HISTORY,
        }),
      ),
      days(3),
      OWNER,
    ),
    main: true,
    folds: true,
  },
  { card: 'account', state: 'runbook-stale', rendered: accountCard(stale, days(3), OWNER) },
  {
    card: 'account',
    state: 'seen-by-custodian',
    rendered: accountCard(printed(anAccount()), days(3), { where: 'personal', custody: false, canPrint: true }),
  },
  { card: 'runbook', state: 'link', rendered: runbookLinkCard(anAccount(), LINK, 5), main: true },
  { card: 'runbook', state: 'stale', rendered: runbookReminderCard(stale) },
  { card: 'runbook', state: 'printed-again', rendered: runbookReminderCard(printed(anAccount())) },
  { card: 'runbook', state: 'retired', rendered: runbookReminderCard({ ...stale, state: 'retired' }) },
  {
    card: 'account',
    state: 'handover',
    rendered: accountCard(
      anAccount({ ...handover, parts: [{ ...handover.parts[0], state: 'shown', shownAt: hours(2) }, handover.parts[1]] }),
      hours(2),
    ),
  },
  {
    card: 'account',
    state: 'provisioning',
    rendered: accountCard(anAccount({ state: 'provisioning', parts: [aPart(1, 'dana'), aPart(2, 'eli')] }), hours(1)),
  },
  { card: 'account', state: 'part-expired', rendered: accountCard(anAccount(handover), days(4)) },
  { card: 'account', state: 'not-drilled', rendered: accountCard(anAccount(), days(3)) },
  { card: 'account', state: 'drill-failed', rendered: accountCard(anAccount({ drill: brokenDrill }), days(3)) },
  { card: 'account', state: 'overdue', rendered: accountCard(anAccount(), days(91)) },
  { card: 'account', state: 'in-channel', rendered: accountCard(anAccount(), days(3)) },
  {
    card: 'accountList',
    state: 'four',
    rendered: accountListCard(
      [
        anAccount(drilled),
        anAccount({ ...handover, id: 'EA-2' }),
        { ...stale, id: 'EA-3', validationDueAt: days(1) },
        anAccount({ ...handover, id: 'EA-4', parts: [{ ...handover.parts[0], expiresAt: hours(1) }] }),
      ],
      days(2),
    ),
  },
  { card: 'accountList', state: 'none', rendered: accountListCard([], NOON) },
  {
    card: 'part',
    state: 'void',
    rendered: replacedPartCard(anAccount({ generation: 2 }), 1, {
      ...{ holder: person('dana').objectId, kind: 'part', generation: 1, openedAt: NOON },
    }),
  },
  {
    card: 'part',
    state: 'void-handed-over',
    rendered: replacedPartCard(anAccount({ generation: 2 }), 2, {
      ...{ holder: person('fay').objectId, kind: 'part', generation: 1, openedAt: NOON },
    }),
  },
  {
    card: 'part',
    state: 'not-used',
    rendered: replacedPartCard(keyed, 1, { holder: person('dana').objectId, kind: 'part', generation: 2, openedAt: NOON }),
  },
  {
    card: 'part',
    state: 'not-used-unseen',
    rendered: replacedPartCard({ ...keyed, history: [] }, 2, { holder: person('fay').objectId, kind: 'part', generation: 2 }),
  },
  {
    card: 'part',
    state: 'key-not-used',
    rendered: replacedPartCard(
      anAccount({ history: [{ of: 'key', at: NOON, part: 1, custodian: person('dana'), what: 'registered' }] }),
      1,
      { holder: person('dana').objectId, kind: 'key', generation: 2 },
    ),
  },
  {
    card: 'part',
    state: 'key-not-used-unseen',
    rendered: replacedPartCard(anAccount({ history: [] }), 3, { holder: person('fay').objectId, kind: 'key', generation: 2 }),
  },
  { card: 'part', state: 'replacing', rendered: replacingPartCard(anAccount({ generation: 2 }), 1) },
  { card: 'part', state: 'key-replacing', rendered: replacingPartCard(keyed, 2) },
  { card: 'part', state: 'passReplaced', rendered: replacedPassCard(anAccount({})) },
  { card: 'part', state: 'sealed', rendered: partCard(withPart({}), 1, NOON) },
  { card: 'part', state: 'ready', rendered: partCard(withPart({ state: 'ready', expiresAt: days(3) }), 1, NOON) },
  {
    card: 'part',
    state: 'not-to-open',
    rendered: partCard(
      anAccount({
        state: 'handover',
        parts: [aPart(1, 'dana', { state: 'ready', expiresAt: days(3) }), aPart(2, 'eli', { state: 'lost', lostAt: hours(7) })],
      }),
      1,
      hours(8),
    ),
  },
  { card: 'part', state: 'shown', rendered: partCard(withPart({ state: 'shown', shownAt: hours(2) }), 1, hours(2)) },
  { card: 'part', state: 'reminder', rendered: partCard(withPart({ state: 'shown', shownAt: hours(2) }), 1, hours(6)) },
  { card: 'part', state: 'lost', rendered: partCard(withPart({ state: 'lost', shownAt: hours(2), lostAt: hours(7) }), 1, hours(8)) },
  { card: 'partReminder', state: 'waiting', rendered: partReminderCard(withPart({ state: 'shown', shownAt: hours(2) }), 1), main: true },
  {
    card: 'partReminder',
    state: 'stored',
    rendered: partReminderCard(withPart({ state: 'stored', shownAt: hours(2), storedAt: hours(30) }), 1),
  },
  {
    card: 'partReminder',
    state: 'lost',
    rendered: partReminderCard(withPart({ state: 'lost', shownAt: hours(2), lostAt: hours(30) }), 1),
  },
  {
    card: 'account',
    state: 'part-lost',
    rendered: accountCard(withPart({ state: 'lost', shownAt: hours(2), lostAt: hours(7) }), hours(8)),
  },
  {
    card: 'account',
    state: 'part-lost-asked',
    rendered: accountCard(
      withPart({ state: 'lost', shownAt: hours(2), lostAt: hours(7) }),
      hours(8),
      undefined,
      undefined,
      aRequest({ plan: anAccountPlan('rotate') }),
    ),
  },
  {
    card: 'account',
    state: 'request-stopped',
    rendered: accountCard(
      keysBegun(anAccount(drilled), [person('dana'), person('eli')], 'R-5M8N2P'),
      hours(8),
      undefined,
      undefined,
      aRequest({ plan: anAccountPlan('rotate'), state: 'failed', begunAt: hours(7) }),
    ),
  },
  {
    card: 'account',
    state: 'retired',
    rendered: accountCard(printed(anAccount({ state: 'retired', retiredAt: days(2) })), days(3), OWNER),
  },
  {
    card: 'account',
    state: 'given-up',
    rendered: accountCard(
      {
        ...neverMade,
        parts: [aPart(1, 'dana', { state: 'expired', key: { methodId: 'K1' } }), aPart(2, 'eli', { state: 'expired' })],
      },
      hours(9),
    ),
  },
  {
    card: 'account',
    state: 'left-half-way',
    rendered: accountCard(
      anAccount({
        state: 'disabled',
        disabledAt: hours(2),
        left: { requestId: 'R-5M8N2P', at: hours(2), steps: [{ step: 'disable', title: 'Disable the account' }] },
      }),
      hours(3),
    ),
  },
  { card: 'part', state: 'stored', rendered: partCard(anAccount(), 1, hours(3)) },
  ...(['expired', 'lost'] as const).map((state) => ({
    card: 'part',
    state: `${state}-beside-keys`,
    rendered: partCard(
      {
        ...withPart({ state, ...(state === 'lost' ? { shownAt: hours(2), lostAt: hours(7) } : {}) }),
        held: { requestId: 'R-2', generation: 1, credential: 'passkey' as const, parts: keyed.parts.slice(state === 'lost' ? 1 : 0) },
      },
      1,
      hours(8),
    ),
  })),
  { card: 'part', state: 'expired', rendered: partCard(withPart({ state: 'ready', expiresAt: days(3) }), 1, days(4)) },
  { card: 'part', state: 'key-ready', rendered: partCard(withKey({ state: 'ready', expiresAt: hours(8) }), 1, NOON) },
  {
    card: 'part',
    state: 'key-said',
    rendered: partCard(withKey({ state: 'shown', expiresAt: hours(8), pass: PASS, shownAt: hours(1), confirmedAt: hours(2) }), 1, hours(2)),
  },
  ...(['SyncedPasskey', 'TooManyKeys', 'PassReplaced', 'PassLost'] as const).map((why) => ({
    card: 'part',
    state: `key-refused-${why.replace(/[A-Z]/g, (letter, at) => `${at === 0 ? '' : '-'}${letter.toLowerCase()}`)}`,
    rendered: partCard(
      withKey({ state: 'shown', expiresAt: hours(8), pass: PASS, shownAt: hours(1), refused: { why, at: hours(2) } }),
      1,
      hours(2),
    ),
    ...(why === 'SyncedPasskey' ? { main: true as const } : {}),
  })),
  {
    card: 'part',
    state: 'key-shown',
    rendered: partCard(withKey({ state: 'shown', expiresAt: hours(8), pass: PASS, shownAt: hours(1) }), 1, hours(2)),
    folds: true,
  },
  {
    card: 'part',
    state: 'key-found',
    rendered: partCard(
      withKey({
        ...{ state: 'shown', expiresAt: hours(8), pass: PASS, shownAt: hours(1), confirmedAt: hours(2) },
        key: { methodId: 'K1', model: 'YubiKey 5 Series with NFC' },
      }),
      1,
      hours(3),
    ),
  },
  { card: 'part', state: 'key-stored', rendered: partCard(keyed, 1, hours(3)) },
  { card: 'part', state: 'key-expired', rendered: partCard(withKey({ state: 'ready', expiresAt: hours(8) }), 1, days(4)) },
  {
    card: 'account',
    state: 'custodian-left',
    rendered: accountCard(printed({ ...anAccount(), drillPassedAt: NOON }), hours(3), OWNER, [{ person: person('dana'), since: NOON }]),
  },
  { card: 'account', state: 'keys', rendered: accountCard(printed({ ...keyed, history: KEY_HISTORY }), days(3), OWNER) },
  {
    card: 'account',
    state: 'key-waited-for',
    rendered: accountCard(
      {
        ...keyed,
        state: 'provisioning',
        parts: [keyed.parts[0] ?? aPart(1, 'dana'), aPart(2, 'eli', { state: 'ready', expiresAt: hours(8) })],
      },
      hours(2),
    ),
  },
  {
    card: 'passDialog',
    state: 'open',
    rendered: revealDialog({ account: keyed, partNumber: 1, of: 2, part: 'kT7wQeXb' }),
    main: true,
  },
  {
    card: 'revealDialog',
    state: 'open',
    rendered: revealDialog({ account: anAccount(), partNumber: 1, of: 2, part: 'kT7wQe*p#Xb9NzR+4mJd' }),
    main: true,
  },
  { card: 'validation', state: 'due-14', rendered: validationCard(anAccount(), days(77), '14'), main: true, folds: true },
  { card: 'validation', state: 'due-1', rendered: validationCard(anAccount(), days(89.5), '1') },
  { card: 'validation', state: 'due-0', rendered: validationCard(anAccount(), days(90), '0') },
  {
    card: 'validation',
    state: 'overdue',
    rendered: validationCard(anAccount({ validatedAt: NOON, validatedBy: person('oona') }), days(93), '-3'),
  },
  { card: 'validation', state: 'asked', rendered: validationCard(anAccount(), days(20)) },
  {
    card: 'validation',
    state: 'done',
    rendered: validationCard(
      anAccount({ validatedAt: days(85), validatedBy: person('oona'), validationNote: 'All fine.', validationDueAt: days(175) }),
      days(86),
      '7',
    ),
  },
];
