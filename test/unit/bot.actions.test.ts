import fc from 'fast-check';
import { accountRotate } from '../../src/bot/actions/accountRotate.ts';
import { accountSubmit } from '../../src/bot/actions/accountSubmit.ts';
import { alertAcknowledge } from '../../src/bot/actions/alertAcknowledge.ts';
import { alertClassify } from '../../src/bot/actions/alertClassify.ts';
import { caseLogs, caseReview, caseSessions } from '../../src/bot/actions/caseStep.ts';
import { createSubmit } from '../../src/bot/actions/createSubmit.ts';
import { partLost } from '../../src/bot/actions/partLost.ts';
import { partReveal } from '../../src/bot/actions/partReveal.ts';
import { partStored } from '../../src/bot/actions/partStored.ts';
import { postureRepair } from '../../src/bot/actions/postureRepair.ts';
import { requestApprove } from '../../src/bot/actions/requestApprove.ts';
import { requestDeny } from '../../src/bot/actions/requestDeny.ts';
import { validationSubmit } from '../../src/bot/actions/validationSubmit.ts';
import { answerTo } from '../../src/bot/answers.ts';

const DIGEST = 'a'.repeat(64);

describe('AP-10: of a press nothing is believed but id and digest', () => {
  test('approve takes id and digest, and drops everything else', () => {
    expect(requestApprove.parse({ id: 'R-1', digest: DIGEST, actor: 'ann', quorum: 0, state: 'approved' })).toEqual({
      ok: true,
      value: { requestId: 'R-1', planDigest: DIGEST },
    });
  });

  test('a digest that is missing or no text is a plan that changed', () => {
    for (const digest of [undefined, null, 7, ['a'], {}, '', 'x'.repeat(129), 'a b']) {
      expect(requestApprove.parse({ id: 'R-1', digest })).toEqual({ ok: false, error: { code: 'plan-changed' } });
    }
  });

  test('an id that is missing, no text, or too long is nothing of ours', () => {
    for (const id of [undefined, null, 7, ['R-1'], { toString: () => 'R-1' }, '', 'R 1', 'x'.repeat(81), "R-1';--", 'R-1\0']) {
      expect(requestApprove.parse({ id, digest: DIGEST })).toMatchObject({ ok: false, error: { code: 'not-found' } });
      expect(alertAcknowledge.parse({ id })).toMatchObject({ ok: false });
      expect(validationSubmit.parse({ id })).toMatchObject({ ok: false });
    }
  });

  test('the repair of a finding takes which finding, and nothing that would mend another', () => {
    const policy = '44f3d649-a5f5-4f7c-9da3-c2b71759441c';
    const id = `F-0123456789:EA-4Q9T1X:policy-exclusions:${policy}`;
    expect(postureRepair.parse({ id, changes: [{ kind: 'remove-member' }], accountId: 'EA-2' })).toEqual({
      ok: true,
      value: { formId: 'F-0123456789', accountId: 'EA-4Q9T1X', check: 'policy-exclusions', finding: `policy-exclusions:${policy}` },
    });
    for (const other of ['F-1:EA-1:role', 'F-1:EA-1:role:EA-1:more', 'F-1::role:EA-1', 'F-1']) {
      expect(postureRepair.parse({ id: other })).toMatchObject({ ok: false });
    }
  });

  test('what is answered to it stands in a dialog; from a button that opens none it is a sentence: the report is never replaced', () => {
    const pressed = {
      kind: 'dialog',
      title: 'Repair requested',
      rendered: { card: { type: 'AdaptiveCard' }, summary: 'R-1 was sent' },
    } as const;
    const answer = (via: (typeof postureRepair.via)[number]) => answerTo(via, pressed, (rendered) => rendered);
    expect(postureRepair.via.map(answer)).toMatchObject([
      { task: { type: 'continue', value: { title: 'Repair requested', card: { content: { type: 'AdaptiveCard' } } } } },
      { type: 'application/vnd.microsoft.activity.message', value: 'R-1 was sent' },
    ]);
  });

  test('any JSON gives a value or a refusal, never an exception', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom(
            'id',
            'digest',
            'reason',
            'userName',
            'custodians',
            'note',
            'location',
            'sealNumber',
            'tenantId',
            'classification',
            'review',
          ),
          fc.jsonValue(),
        ),
        (data) => {
          const own = [requestApprove, requestDeny, createSubmit, partReveal, partStored, partLost, alertAcknowledge, validationSubmit];
          for (const action of [...own, accountRotate, accountSubmit, postureRepair, alertClassify, caseSessions, caseLogs, caseReview]) {
            expect(typeof action.parse(data as Record<string, unknown>).ok).toBe('boolean');
          }
        },
      ),
    );
  });
});

describe('deny', () => {
  test('the reason is trimmed text; other than text is refused', () => {
    expect(requestDeny.parse({ id: 'R-1', digest: DIGEST, reason: '  no need  ' })).toMatchObject({ value: { reason: 'no need' } });
    for (const reason of [7, {}, 'a\ud800', 'a\0']) {
      expect(requestDeny.parse({ id: 'R-1', digest: DIGEST, reason })).toMatchObject({ ok: false, error: { code: 'bad-form' } });
    }
  });
});

describe('create form', () => {
  const form = (more: Record<string, unknown>) => {
    const read = createSubmit.parse({ id: 'F-1', ...more });
    if (!read.ok) throw new Error(read.error.code);
    return read.value;
  };

  test('custodians come as a list, or with commas or semicolons between, in any case', () => {
    const one = '7C1F0B2A-9E34-4D68-A5B7-3F2E1D0C9B06';
    const two = '7c1f0b2a-9e34-4d68-a5b7-3f2e1d0c9b07';
    for (const custodians of [`${one},${two}`, `${one} ; ${two};`, [one, two], [` ${one} `, two, '']]) {
      expect(form({ custodians }).form.custodians).toEqual([one.toLowerCase(), two]);
    }
  });

  test('texts are trimmed and in NFC; a blank inside a user name stays, for the rules to see', () => {
    expect(form({ displayName: ' Cafe\u0301 ', userName: 'bg 1', usageLocation: 'nl' }).form).toMatchObject({
      displayName: 'Caf\u00e9',
      userName: 'bg 1',
      usageLocation: 'NL',
    });
  });

  test('a password, by whichever name, is a split one; anything else goes to the rules as it is', () => {
    for (const credential of ['password', 'split', 'Split-Password']) expect(form({ credential }).form.credential).toBe('split-password');
    expect(form({ credential: 'passkey' }).form.credential).toBe('passkey');
  });

  test('a field that is no text is a fault of that field', () => {
    const { faults } = form({ userName: 7, reason: 'a\0b', owners: [{}], displayName: '\ud800' });
    expect(new Set(faults.map(({ field }) => field))).toEqual(new Set(['userName', 'displayName', 'reason', 'owners']));
  });

  test('without the id of a form it is none of ours', () => {
    expect(createSubmit.parse({ userName: 'bg' })).toEqual({ ok: false, error: { code: 'not-found', what: 'form' } });
  });
});

describe('parts', () => {
  test('a part is an account and one digit', () => {
    expect(partReveal.parse({ verb: 'part.reveal', id: 'EA-1:2' })).toEqual({ ok: true, value: { accountId: 'EA-1', partNumber: 2 } });
    for (const id of ['EA-1', 'EA-1:0', 'EA-1:10', 'EA-1:2:3', ':2', 'EA-1:x'])
      expect(partReveal.parse({ id })).toMatchObject({ ok: false });
  });

  test('what is shown once is only ever opened as a dialog, and never kept', () => {
    expect([partReveal.verb, partReveal.via]).toEqual(['part.reveal', ['task/fetch']]);
    expect(partReveal.once).toBe(true);
  });
});

test('validation: a point counts only when its switch is on', () => {
  const read = validationSubmit.parse({
    id: 'EA-1',
    informed: 'true',
    people: 'false',
    process: 'yes',
    'sign-in': true,
    safes: 1,
    invented: 'true',
  });
  expect(read).toMatchObject({ value: { report: { confirmed: ['informed', 'sign-in'] } } });
});
