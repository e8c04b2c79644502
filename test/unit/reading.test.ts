import { describe, expect, test } from '@jest/globals';
import { namedInAccount, readable } from '../../src/bot/reading.ts';
import { words } from '../../src/cards/refusals.ts';
import { actor, anAccount, stranger } from '../support/builders.ts';

describe('who may read about accounts', () => {
  const account = anAccount();

  test('anybody with a role everything, others what they are named in', () => {
    expect(readable(actor('ann', ['approver']), [account], namedInAccount)).toEqual({ ok: true, value: [account] });
    expect(readable(actor('oona', []), [account], namedInAccount)).toEqual({ ok: true, value: [account] });
    expect(readable(actor('oona', []), [anAccount({ owners: [] })], namedInAccount).ok).toBe(false);
  });

  test('whoever may not is told who may: it is not for auditors alone', () => {
    const refused = readable(actor('cy', []), [account], namedInAccount);
    expect(refused).toEqual({ ok: false, error: { code: 'missing-role', role: 'reader' } });
    if (!refused.ok)
      expect(words(refused.error)).toBe(
        'Only people who hold a role here may see this, and each owner, custodian or requester what they are named in. Say whoami to see what you may do.',
      );
    expect(readable(stranger('guest'), [account], namedInAccount)).toEqual({ ok: false, error: { code: 'stranger', why: 'guest' } });
  });
});
