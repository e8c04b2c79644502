import { words } from '../../src/cards/refusals.ts';
import { signInResult } from '../../src/cards/signInResults.ts';
import { accountCard } from '../../src/cards/views/account.ts';
import { alertCard } from '../../src/cards/views/alert.ts';
import { createFormCard } from '../../src/cards/views/createForm.ts';
import { partCard } from '../../src/cards/views/part.ts';
import { requestCard } from '../../src/cards/views/request.ts';
import { requestNoticeCard } from '../../src/cards/views/requestNotice.ts';
import { revealDialog } from '../../src/cards/views/revealDialog.ts';
import { validationCard } from '../../src/cards/views/validation.ts';
import { digestWords } from '../../src/core/digest.ts';
import type { ChangeRequest, StepProgress } from '../../src/core/request/types.ts';
import { CHECKLIST } from '../../src/core/validation/schedule.ts';
import {
  aDecision,
  anAccount,
  anAccountPlan,
  anAlert,
  aPart,
  aPlan,
  aRequest,
  aRunningRequest,
  aSignIn,
  days,
  hours,
  minutes,
  NOON,
  person,
} from '../support/builders.ts';
import { EXAMPLES } from './catalogue.ts';
import { nodesOf } from './walk.ts';

/** Everything a person reads on a card, line by line. */
const readOf = (card: object): string =>
  nodesOf(card)
    .map(({ node }) =>
      Array.isArray(node.inlines)
        ? node.inlines.map((run: { text?: string }) => run.text ?? '').join('')
        : node.type === 'TextBlock'
          ? node.text
          : '',
    )
    .filter((text) => text !== '')
    .join('\n');

describe('times', () => {
  test('an instant is written by the client: in a TextBlock of its own, as a whole second in UTC', () => {
    for (const { rendered } of EXAMPLES)
      for (const { node, path } of nodesOf(rendered.card)) {
        if (typeof node.text !== 'string' || !node.text.includes('{{')) continue;
        expect({ path, type: node.type }).toEqual({ path, type: 'TextBlock' });
        expect(node.text).toMatch(
          /^(until |At |After |Begun before |It opens once, until |They have until |Open until |Try again until |Otherwise it (?:ends|is given up) by itself: )?\{\{DATE\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, SHORT\)\}\}( \{\{TIME\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\)\}\})?$/,
        );
      }
  });
});

describe('no instant as machines write it', () => {
  test('is shown to people; only the plan as it is hashed has them, because that is what was hashed', () => {
    for (const { card, state, rendered } of EXAMPLES)
      for (const { node, path } of nodesOf(rendered.card)) {
        if (card === 'planDialog' || typeof node.text !== 'string') continue;
        const shown = node.text.replace(/\{\{(?:DATE|TIME)\([^)]*\)\}\}/g, '');
        expect([card, state, path, /\d{4}-\d\d-\d\dT\d\d:\d\d/.exec(shown)]).toEqual([card, state, path, null]);
      }
  });

  test.each([
    ['Password set at 2026-11-22T13:03:00.000Z; 2 parts sealed', 'Password set; 2 parts sealed', 'At'],
    ['Password set after 2026-11-22T13:03:00Z; 2 parts sealed', 'Password set; 2 parts sealed', 'After'],
    ['Sessions begun before 2026-11-22T13:03:00.000Z are void', 'Sessions are void', 'Begun before'],
    ['Pass for Dana Diaz sealed; it opens once, until 2026-11-22T13:03:00.000Z', 'Pass for Dana Diaz sealed', 'It opens once, until'],
    ['The password was replaced at 2026-11-22T13:03:00.000Z', 'The password was replaced', 'At'],
  ])('of a step that was read back it stands in a line of its own: %s', (evidence, text, label) => {
    const request = aRunningRequest(1);
    const steps = request.steps.map((row, index) => (index === 0 ? { ...row, evidence } : row));
    const read = readOf(requestCard({ ...request, steps }, hours(2)).card);
    expect(read).toContain(`${text}\n${label} {{DATE(2026-11-22T13:03:00Z, SHORT)}} {{TIME(2026-11-22T13:03:00Z)}}\n`);
  });
});

test('until when a pass opens stands on the card until its key is registered, and not after', () => {
  const plan = aPlan({ passMinutes: 480 });
  const evidence = 'Pass for Dana Diaz sealed; it opens once, until 2026-11-22T13:03:00.000Z';
  const read = (enrolled: boolean): string => {
    const steps = plan.steps.map(({ id }): StepProgress => {
      if (id === 'issue-pass:1') return { id, state: 'done', evidence };
      return { id, state: id === 'enrol:2' || (id === 'enrol:1' && enrolled) ? 'done' : 'waiting' };
    });
    return readOf(requestCard(aRunningRequest(6, { plan, steps }), hours(2)).card);
  };
  expect(read(false)).toContain('Pass for Dana Diaz sealed\nIt opens once, until {{DATE');
  expect(read(true)).toContain('Pass for Dana Diaz sealed\n');
  expect(read(true)).not.toContain('It opens once, until');
});

describe('a request', () => {
  test('says its digest as six words, the tally, who does not count and why', () => {
    const request = aRequest({ decisions: [aDecision('ann'), aDecision('rita2')] });
    const read = readOf(requestCard(request, hours(1)).card);
    expect(read).toContain(digestWords(request.planDigest));
    expect(read).toContain('Approvals: 1 of 2');
    expect(read).toContain('Rita Reyes (admin) does not count: asked for it');
    expect(read).toContain('A password alone no longer opens');
  });

  test('past its time is shown as expired, whether or not its timer has rung', () => {
    const read = readOf(requestCard(aRequest(), days(2)).card);
    expect(read).toContain('Expired with 0 of 2 approvals');
  });

  test('stopped when its approvals are too old already, it says what to do instead of offering what would be refused', () => {
    const failure = {
      step: 'set-credential',
      code: 'PartExpired',
      words: 'Eli did not open his part in time.',
      reference: 'R-1-1',
    } as const;
    const stopped = aRequest({ state: 'failed', kind: 'rotate', begunAt: hours(1), failure });
    const at = (now: Date) => requestCard(stopped, now).card as { actions: { title: string }[] };
    expect(at(hours(1)).actions.map(({ title }) => title)).toContain('Try again');
    expect(readOf(at(hours(1)))).toContain('Try again until');
    expect(at(days(3)).actions).toEqual([]);
    expect(readOf(at(days(3)))).toContain('The approvals are too old to try again: give it up, and ask again with rotate.');
    expect(readOf(at(days(3)))).not.toContain('Try again until');
  });

  describe('of a new account that was given up', () => {
    const { undo } = aRequest().plan;
    const stop = { step: 'assign-role', code: 'Denied', words: 'Roles may not be assigned.', reference: 'b3c1e2d4' } as const;
    const undone = (deleted: string, more: Partial<ChangeRequest> = {}) =>
      aRunningRequest(4, {
        ...{ state: 'undone', closedAt: hours(2), givenUp: { by: person('rita'), at: hours(2) }, failure: stop },
        undoSteps: undo.map(({ id }) => ({ id, state: 'done', at: hours(2), evidence: id === 'delete-user' ? deleted : 'Read back' })),
        ...more,
      });
    const read = (request: ChangeRequest) => readOf(requestCard(request, hours(3)).card);

    test('says that Entra keeps the deleted user and its name; where there was none, that', () => {
      const deleted = read(undone('User deleted; restorable in Entra for 30 days'));
      expect(deleted).toContain('Given up; the new account is deleted');
      expect(deleted).toContain('Entra keeps it for 30 days, in which an administrator can restore it, disabled and without its role.');
      expect(deleted).toContain('Until then its user name is taken.');
      const none = read(undone('There is no such user'));
      expect(none).toContain('Read back: there is no such user in the tenant.');
      expect(none).not.toContain('restore');
      for (const card of [deleted, none]) expect(card).not.toMatch(/nothing of it is left/);
    });

    test('still says why it had stopped, in words and with the reference', () => {
      for (const state of ['undoing', 'undone', 'withdrawn'] as const) {
        const card = read(undone('There is no such user', { state }));
        expect(card).toContain('It had stopped at “Assign Global Administrator, active and permanent”: Roles may not be assigned.');
        expect(card).toContain('b3c1e2d4 (Denied)');
      }
    });

    test('has a tick only at what was taken back: what was never done had nothing to be undone', () => {
      const row = { fromAt: hours(2), untilAt: hours(2), open: 0, allowed: 0, done: 0, seen: 0, beside: 0 };
      const expected = undo.map(({ id: step }) => ({
        ...row,
        step,
        undo: true as const,
        ...(step === 'disable' ? { allowed: 1, done: 1 } : {}),
      }));
      const request = undone('There is no such user', { expected });
      const marks = nodesOf(requestCard(request, hours(3)).card).filter(({ node }) => node.text === '✓' || node.text === '–');
      // Those of the approvals stand below.
      expect(marks.slice(0, undo.length).map(({ node }) => node.text)).toEqual(['–', '–', '✓', '–', '–', '✓']);
      expect(read(request)).toContain('Remove Global Administrator – nothing to do');
      expect(read(undone('There is no such user'))).not.toContain('nothing to do');
    });

    test('says of one that stopped how far it came, as it was read', () => {
      const failed = (more: Partial<ChangeRequest>) => read(aRunningRequest(4, { state: 'failed', failure: stop, ...more }, 'failed'));
      expect(failed({})).toContain('The user exists and is disabled.');
      expect(failed({})).not.toContain('if it');
      const unknown = aRunningRequest(0, { state: 'failed', failure: { ...stop, step: 'create-user' } }, 'failed');
      expect(read(unknown)).toContain('Whether the user was made is not known; if it was, it is disabled and has no role.');
      expect(read({ ...unknown, expected: [] })).not.toContain('Whether the user was made');
    });
  });

  test('that is over says nothing of what could not be undone; one that could not begin tells of no step as done', () => {
    const plan = anAccountPlan('retire');
    expect(readOf(requestCard(aRequest({ plan }), hours(1)).card)).toContain('What cannot be undone');
    for (const state of ['applied', 'denied', 'withdrawn'] as const)
      expect(readOf(requestCard(aRequest({ plan, state, closedAt: hours(2) }), hours(2)).card)).not.toContain('What cannot be undone');
    const never = aRequest({ plan, state: 'failed' });
    expect(readOf(requestCard(never, hours(1)).card)).toContain('What will be done');
    expect(readOf(requestCard({ ...never, begunAt: hours(1) }, hours(1)).card)).toContain('What was done so far');
  });

  test('of keys speaks of a role only where its plan gives one', () => {
    const read = (plan: ChangeRequest['plan']) => readOf(requestCard(aRequest({ plan }), hours(1)).card);
    expect(read(aPlan({ passMinutes: 480 }))).toContain('The role is given only when every key stands');
    expect(read(anAccountPlan('rotate', { passMinutes: 480 }))).not.toContain('The role is given');
  });

  const buttons = (request: ChangeRequest, viewer?: Parameters<typeof requestCard>[2]): unknown[] =>
    (requestCard(request, hours(1), viewer).card as { actions: { title: string }[] }).actions.map(({ title }) => title);

  test('AP-6: has Deny as long as a denial ends it: for whoever approved it too, with the quorum, and stopped with nothing written', () => {
    const decisions = [aDecision('ann'), aDecision('bob')];
    expect(buttons(aRequest({ decisions: [aDecision('ann')] }))).toEqual(['Approve', 'Deny…']);
    expect(buttons(aRequest({ decisions: [aDecision('ann')] }), person('ann'))).toEqual(['Deny…']);
    expect(buttons(aRequest({ state: 'approved', decisions }))).toEqual(['Deny…']);
    expect(buttons(aRequest({ state: 'failed', decisions }))).toEqual(['Try again', 'Deny…']);
    // What helps stands first, and whoever asked for it sees nothing that would be refused.
    expect(buttons(aRequest({ state: 'failed', decisions }), person('rita'))).toEqual(['Try again', 'Give up']);
    expect(buttons(aRequest({ state: 'approved', decisions }), person('rita'))).toEqual(['Withdraw']);
    expect(buttons(aRequest({ state: 'failed', decisions }), person('cy'))).toEqual(['Try again', 'Deny…']);
    expect(buttons(aRequest({ state: 'approved', decisions, begunAt: NOON }))).toEqual([]);
    expect(buttons(aRequest({ state: 'failed', decisions, begunAt: NOON }))).toEqual(['Try again']);
  });

  test('GR-5: giving up what was begun asks once more, and says what is taken back and what stays; a withdrawal takes one press', () => {
    interface Button {
      readonly type: string;
      readonly title: string;
      readonly style?: string;
      readonly verb?: string;
      readonly card?: { readonly actions: readonly Button[] };
    }
    const rita = person('rita');
    const ends = (request: ChangeRequest) =>
      (requestCard(request, hours(1), rita).card as { actions: Button[] }).actions.filter(({ title }) => /Give up|Withdraw/.test(title));
    const begun = aRunningRequest(4, { state: 'failed' }, 'failed');
    const [ask, ...others] = ends(begun);
    expect(others).toEqual([]);
    expect(ask).toMatchObject({ type: 'Action.ShowCard', title: 'Give up…', style: 'destructive' });
    expect(ask).not.toHaveProperty('verb');
    expect(ask?.card?.actions).toMatchObject([
      { type: 'Action.Execute', title: 'Give up and take back', style: 'destructive', verb: 'request.withdraw', associatedInputs: 'none' },
    ]);
    expect(readOf(ask?.card ?? {})).toContain('The new account is deleted, rights first');
    const plan = anAccountPlan('disable');
    const steps = plan.steps.map(({ id }, index) => ({ id, state: index === 0 ? ('done' as const) : ('failed' as const) }));
    const [half] = ends(aRequest({ plan, kind: 'disable', state: 'failed', begunAt: NOON, steps }));
    expect(half?.card?.actions.map(({ title }) => title)).toEqual(['Give up']);
    expect(readOf(half?.card ?? {})).toContain('If it is given up now, this stays\nDisable the account');
    for (const nothing of [aRequest(), aRequest({ state: 'approved' }), aRequest({ state: 'failed' })])
      expect(ends(nothing)).toMatchObject([{ type: 'Action.Execute', verb: 'request.withdraw' }]);
    expect(ends(aRequest({ state: 'failed' }))).toMatchObject([{ title: 'Give up' }]);
    // What helps comes before what ends it.
    expect(buttons(begun, rita)).toEqual(['Try again', 'Give up…']);
  });

  test('that could not begin says that nothing was changed, and advises another try only while there can be one', () => {
    const words =
      'The changer lacks a role. In Entra, give the changer that role (status Contoso says how), then try again. It takes a minute.';
    const failure = { step: 'create-user', code: 'RightMissing', words, reference: 'R-1-1' } as const;
    const failed = aRequest({ state: 'failed', failure });
    const notice = (request: ChangeRequest, news: Parameters<typeof requestNoticeCard>[1], now: Date) =>
      readOf(requestNoticeCard(request, news, now).card);
    const card = (request: ChangeRequest, now: Date) => readOf(requestCard(request, now).card);
    expect(notice(failed, 'failed', hours(1))).toContain('then try again. It takes a minute. Its card has Try again until');
    expect(notice(failed, 'failed', hours(1))).toContain('can give it up instead: nothing was changed.');
    expect(notice(failed, 'failed', hours(1))).not.toContain('what giving it up does');
    expect(notice(failed, 'failed', days(2))).not.toMatch(/then try again|what that does/);
    expect(notice({ ...failed, begunAt: NOON }, 'failed', hours(1))).toContain('and says what giving it up does');
    expect(card(failed, hours(1))).toContain('then try again');
    const givenUp: ChangeRequest = { ...failed, state: 'withdrawn', closedAt: hours(2), givenUp: { by: person('rita'), at: hours(2) } };
    for (const said of ['A request was withdrawn', 'Nothing was changed.']) expect(notice(givenUp, 'withdrawn', hours(2))).toContain(said);
    for (const read of [
      ...[card(failed, days(2)), card(givenUp, hours(2)), card({ ...failed, state: 'impossible' }, days(2))],
      notice({ ...failed, state: 'impossible' }, 'impossible', days(2)),
    ]) {
      expect(read).toContain('give the changer that role (status Contoso says how). It takes a minute.');
      expect(read).not.toContain('then try again');
    }
    const gone = 'Eli has left. So nothing new was made. Give this up and ask with somebody else, or try again when they are back.';
    expect(card({ ...givenUp, failure: { ...failure, words: gone } }, hours(2))).toContain('nothing new was made. Ask with somebody else.');
    const lost = 'Nothing more was written. Try again when those who approved make the quorum.';
    expect(card({ ...givenUp, failure: { ...failure, words: lost } }, hours(2))).not.toContain('Try again');
  });

  test('denied: its reason stands apart from our words, and ends its own sentence', () => {
    const read = (reason: string): string =>
      readOf(requestNoticeCard(aRequest({ decisions: [aDecision('ann', { kind: 'deny', reason })] }), 'denied', hours(1)).card);
    expect(read('Not agreed with the owner')).toContain('Ann Archer denied it: “Not agreed with the owner”. Nothing was changed.');
    expect(read('Wait for Oona.')).toContain('Ann Archer denied it: “Wait for Oona.” Nothing was changed.');
  });

  test('a repair is asked for again with posture: it has no word of its own', () => {
    const expired = aRequest({ state: 'expired', kind: 'repair', closedAt: hours(24) });
    expect(readOf(requestCard(expired, days(2)).card)).toContain('Ask again with posture if it is still needed.');
    expect(words({ code: 'approvals-too-old', kind: 'repair' })).toMatch(/ask again with posture\.$/);
    expect(words({ code: 'approvals-too-old', kind: 'rotate' })).toMatch(/ask again with rotate\.$/);
  });

  test('asks at most 60 clients for a view of their own', () => {
    const mris = Array.from({ length: 80 }, (_none, index) => `29:1-${index}`);
    expect(requestCard(aRequest(), NOON, undefined, mris).card).toMatchObject({ refresh: { userIds: mris.slice(0, 60) } });
  });

  test('has every Graph call and the whole digest behind one button, in a dialog', () => {
    const { card } = requestCard(aRequest(), NOON);
    const button = nodesOf(card).find(({ node }) => node.title === 'Read the full plan')?.node;
    expect(button).toMatchObject({ type: 'Action.Submit', data: { msteams: { type: 'task/fetch' }, verb: 'request.plan' } });
  });
});

describe('an alert', () => {
  const withCode = (errorCode: number) =>
    anAlert({ cause: { kind: 'sign-in', event: aSignIn({ errorCode }), feeds: ['azure-monitor'], registered: true } });

  test.each([
    [1, '5'],
    [2, '15'],
    [3, '30'],
  ])('repeated at level %i says that nobody acknowledged it for %s minutes', (level, said) => {
    const read = readOf(alertCard({ ...anAlert(), escalation: level }, minutes(40), `escalation:${level}`).card);
    expect(read).toContain(`Nobody has acknowledged this for ${said} minutes`);
    expect(readOf(alertCard(anAlert(), minutes(1), `escalation:${level}`).card)).toContain(said);
  });

  test('once acknowledged says who did, and no longer that nobody did', () => {
    const read = readOf(
      alertCard(anAlert({ state: 'acknowledged', escalation: 2, acknowledgedBy: person('cy'), acknowledgedAt: NOON }), NOON, 'escalation:2')
        .card,
    );
    expect(read).toContain('Acknowledged by Cy Chen');
    expect(read).not.toContain('Nobody has');
  });

  test.each([50126, 50053, 50057, 50034, 50074, 50076, 50079, 53003, 500121, 50055, 50144])(
    'says Entra code %i in words, with the code',
    (code) => {
      const { words } = signInResult(code);
      expect(words).not.toContain('Entra code');
      expect(readOf(alertCard(withCode(code), NOON).card)).toContain(`${words} (code ${code})`);
    },
  );

  test('says a code it does not know as a number, once', () => {
    expect(readOf(alertCard(withCode(70011), NOON).card)).toContain('Entra code 70011\n');
  });

  test('a success says that somebody signed in, anything else that a sign-in failed', () => {
    expect(alertCard(withCode(0), NOON).summary).toContain('Somebody signed in with an emergency access account');
    expect(alertCard(withCode(50126), NOON).summary).toContain('Sign-in failed');
  });
});

describe('a part', () => {
  const part = 'kT7wQe*p#Xb9NzR+4mJd';

  test('stands in the dialog exactly, in a TextRun with an id, and in no summary', () => {
    const { card, summary } = revealDialog({ account: anAccount(), partNumber: 1, of: 2, part });
    const found = nodesOf(card).filter(({ node }) => node.id === 'part' || node.id === 'partNumber');
    expect(found.map(({ node }) => [node.type, node.id, node.text])).toEqual([
      ['TextRun', 'partNumber', '1'],
      ['TextRun', 'part', part],
    ]);
    expect(summary).not.toContain(part);
  });

  test('CR-1: one that cannot be shown is refused without being quoted', () => {
    for (const wrong of ['two words', 'x${y}', 'é', '']) {
      const show = () => revealDialog({ account: anAccount(), partNumber: 1, of: 2, part: wrong });
      expect(show).toThrow(RangeError);
      if (wrong !== '') expect(show).not.toThrow(wrong);
    }
  });

  test('is offered while it is ready and its time has not passed', () => {
    const account = anAccount({ parts: [aPart(1, 'dana', { state: 'ready', expiresAt: days(3) })] });
    expect(JSON.stringify(partCard(account, 1, days(2)).card)).toContain('part.reveal');
    expect(JSON.stringify(partCard(account, 1, days(3)).card)).not.toContain('part.reveal');
    expect(() => partCard(account, 2, NOON)).toThrow(RangeError);
  });
});

describe('a validation', () => {
  const titleOf = (at: Date, variant?: string) => validationCard(anAccount(), at, variant).summary;

  test('says how many days are left or over at the moment it is drawn', () => {
    expect(titleOf(days(76), '14')).toContain('Validation due in 14 days');
    expect(titleOf(days(89.5), '1')).toContain('Validation due tomorrow');
    expect(titleOf(days(90), '0')).toContain('Validation due today');
    expect(titleOf(days(91.5), '-1')).toContain('Validation overdue by 1 day:');
    expect(titleOf(days(95), '14')).toContain('overdue by 5 days');
  });

  test('has one required box for each point of the checklist', () => {
    const boxes = nodesOf(validationCard(anAccount(), days(80), '7').card).filter(({ node }) => node.type === 'Input.Toggle');
    expect(boxes.map(({ node }) => node.id)).toEqual(CHECKLIST.map(({ id }) => id));
    expect(boxes.every(({ node }) => node.isRequired === true && node.value === 'false')).toBe(true);
  });

  test('a reminder whose validation was done says so; one of the next round asks again', () => {
    const done = anAccount({ validatedAt: days(80), validatedBy: person('oona'), validationDueAt: days(170) });
    expect(validationCard(done, days(80), '14').summary).toContain('Validated');
    expect(validationCard(done, days(120), '14').summary).toContain('Validated');
    expect(validationCard(done, days(165), '7').summary).toContain('due in 7 days');
    expect(validationCard(done, days(120)).summary).toContain('Validate an emergency');
  });
});

test('the create form has exactly the inputs the door takes', () => {
  const form = createFormCard({ formId: 'F-1', tenants: [], custodians: [person('dana')], owners: [person('oona')] });
  const inputs = nodesOf(form.card).filter(({ node }) => String(node.type).startsWith('Input.'));
  expect(inputs.map(({ node }) => node.id)).toEqual([
    'tenantId',
    'userName',
    'displayName',
    'usageLocation',
    'credential',
    'custodians',
    'owners',
    'reason',
  ]);
});

describe('parts that lie in the same place', () => {
  const parts = (...places: (string | undefined)[]) =>
    places.map((location, index) =>
      aPart(index + 1, (['dana', 'eli', 'fay'] as const)[index] ?? 'fay', {
        state: 'stored',
        storedAt: NOON,
        ...(location === undefined ? {} : { location }),
      }),
    );
  const said = (account: ReturnType<typeof anAccount>, custody: boolean): string =>
    readOf(accountCard(account, NOON, { where: 'personal', custody, canPrint: false }).card);

  test('is said to those who may know the places, and to the custodians who stored them', () => {
    const account = anAccount({ parts: parts('Safe 4,  Delft', ' safe 4, delft ', 'Bank') });
    expect(said(account, true)).toContain('Parts 1 and 2 lie in the same place');
    expect(said(account, false)).not.toContain('same place');
    for (const number of [1, 2]) expect(readOf(partCard(account, number, NOON).card)).toContain('lies in the same place');
    expect(readOf(partCard(account, 3, NOON).card)).not.toContain('same place');
  });

  test('not of parts whose place nobody said, that are not stored, or of an account that is retired', () => {
    const [first, ...others] = parts('Bank', 'Bank');
    if (!first) throw new Error('no part');
    const shown = { ...first, state: 'shown' as const };
    for (const account of [
      anAccount({ parts: parts(undefined, undefined) }),
      anAccount({ parts: parts('', '') }),
      anAccount({ parts: [shown, ...others] }),
      anAccount({ parts: parts('Bank', 'Bank'), state: 'retired' }),
    ])
      expect(said(account, true)).not.toContain('same place');
  });
});

describe('an alert of a request that had stopped', () => {
  test.each([
    ['retried', 'A request that had stopped goes on', 'It was tried again'],
    ['taking-back', 'A request that had stopped was given up', 'Breakglass takes back what it did, as its plan says'],
    ['taken-back', 'A request that had stopped was given up', 'What it did was taken back'],
    ['given-up', 'A request that had stopped was given up', 'Nothing more is done'],
    ['denied', 'A request that had stopped was denied', 'Nothing was changed'],
  ] as const)('says which it was when it is over, and where to look: %s', (inHand, title, state) => {
    const cause = { kind: 'request-failed', requestId: 'R-7F3K2M', words: 'It was refused.' } as const;
    const read = readOf(alertCard(anAlert({ cause, state: 'over', overAt: NOON, inHand }), NOON, 'over').card);
    for (const words of [title, state, 'Say requests R-7F3K2M to see where it stands.']) expect(read).toContain(words);
    expect(read).not.toMatch(/or is taken back|It is over|ended by itself|Try again there/);
    // So is what it stopped for.
    const awaited = { kind: 'part-expired', partNumber: 1, custodian: 'Eli Evans', key: true, awaitedBy: 'R-7F3K2M' } as const;
    const expired = readOf(alertCard(anAlert({ cause: awaited, state: 'over', overAt: NOON, inHand }), NOON, 'over').card);
    for (const words of [title, state, 'Say requests R-7F3K2M']) expect(expired).toContain(words);
  });
});
