import { describe, expect, test } from '@jest/globals';
import { runbookContent, runbookDigest } from '../../src/core/account/runbook.ts';
import type { EmergencyAccount } from '../../src/core/account/types.ts';
import { digestWords } from '../../src/core/digest.ts';
import { printable } from '../../src/paper/printable.ts';
import { type RunbookFrame, runbookPdf } from '../../src/paper/runbook.ts';
import { anAccount, aPart, days, NOON, person } from '../support/builders.ts';
import { leaks } from '../support/needles.ts';
import { pdfText } from '../support/pdfText.ts';

const CANARY = 'kR7#mQ2=xW9&bT4+nH6?';
const print = async (account: EmergencyAccount, more: Partial<RunbookFrame> = {}) =>
  pdfText(
    await runbookPdf(runbookContent(account), {
      kind: 'workforce',
      cloud: 'global',
      paper: 'a4',
      printedAt: NOON,
      printedBy: 'Oona Olsen',
      ...more,
    }),
  );

const long = (count: number): string => 'Room two, safe on the left, '.repeat(20).slice(0, count);
/** The longest of everything that can be on record. */
const fullest = anAccount({
  userPrincipalName: `${'emergency.access.'.repeat(4)}@${'contoso-production-'.repeat(3)}.onmicrosoft.com`,
  tenantName: long(120),
  state: 'handover',
  owners: Array.from({ length: 8 }, (_, index) => ({ ...person('oona'), name: `${long(60)} ${index}` })),
  parts: [1, 2, 3].map((number) =>
    aPart(number, 'dana', { state: 'stored', location: long(200), sealNumber: long(60), custodian: { ...person('dana'), name: long(80) } }),
  ),
});

describe('the runbook card', () => {
  test('says who holds what, how to sign in, and what it is a print of', async () => {
    const { text, pages } = await print(anAccount());
    expect(pages).toBe(2);
    const { objectId, tenantId, userPrincipalName } = anAccount();
    for (const said of [
      userPrincipalName,
      objectId,
      tenantId,
      'Contoso',
      'Dana Diaz',
      'Amsterdam, room 2.14, safe A',
      '004711',
      'since 2026-11-22',
      'Eli Evans',
      'Utrecht, vault',
      'Oona Olsen',
      digestWords(runbookDigest(anAccount())),
      `SHA-256 of the content ${runbookDigest(anAccount())}`,
      '22 November 2026',
      `entra.microsoft.com/${tenantId}`,
      `portal.azure.com/${tenantId}`,
      `Connect-MgGraph -TenantId ${tenantId}`,
      'Every one of them asks for a second factor: a password alone does not open it.',
      'No password is on this sheet, and nothing on it needs Breakglass or Teams.',
      'custodian, part 1',
      'security on call',
      'Reviewed by (name)',
    ])
      expect(text).toContain(said);
    expect(text.replaceAll('\n', ' ')).toMatch(/in the order 1 – 2, with nothing between them/);
    expect(text).not.toContain('NOT IN SERVICE');
  });

  test('of an account opened by security keys: who holds which, that one is enough, and that nobody has a password', async () => {
    const account = anAccount({ credential: 'passkey' });
    const { text, pages } = await print(account);
    expect(pages).toBe(2);
    for (const said of [
      'KEY',
      'PIN',
      'Any one of the keys opens the account alone',
      'Fetch one key and its PIN',
      'custodian, key 2',
      'Keys replaced on',
    ])
      expect(text.replaceAll('\n', ' ')).toContain(said);
    expect(text).not.toMatch(/parts one after another|Make the parts worthless/);
    // Cards of a password say what they said before there were keys.
    expect(runbookDigest(account)).not.toBe(runbookDigest(anAccount()));
    expect(Object.keys(runbookContent(anAccount()).account)).not.toContain('credential');
  });

  test('holds nothing of the account but what is in its digest', async () => {
    const { text, streams } = await print(
      anAccount({
        validationNote: CANARY,
        feed: CANARY,
        requestId: CANARY,
        history: [{ at: NOON, part: 1, custodian: { ...person('dana'), name: CANARY }, what: 'stored', location: CANARY }],
      }),
    );
    expect(
      leaks(
        [CANARY],
        new Map([
          ['text', Buffer.from(text)],
          ['streams', streams],
        ]),
      ),
    ).toEqual([]);
    const told = await print(anAccount({ tenantName: CANARY }));
    expect(leaks([CANARY], new Map([['text', Buffer.from(told.text)]]))).toEqual(['text']); // the search would have found it
  });

  test.each(['a4', 'letter'] as const)('has two pages on %s whatever people wrote, and cuts nothing at the foot', async (paper) => {
    const { text, pages } = await print(fullest, { paper, kind: 'b2c', cloud: 'dod', printedBy: long(60) });
    expect(pages).toBe(2);
    for (const last of ['Sign out,', 'Signature', 'Page 2 of 2']) expect(text).toContain(last);
    expect(text).toContain('NOT IN SERVICE YET');
  });

  test('says in black what it is not good for', async () => {
    const parts = [aPart(1, 'dana', { state: 'shown', shownAt: days(1) }), aPart(2, 'eli', { state: 'stored' })];
    const { text } = await print(anAccount({ state: 'disabled', parts }));
    expect(text).toContain('DISABLED.');
    expect(text).toContain('NOT STORED YET');
    expect(text).toContain('place not on record: write it in');
  });
});

describe('text on paper', () => {
  test.each([
    ['Zoë Müller', 'Zoë Müller', true],
    ['Łukasz Żółć', 'Lukasz Zólc', true],
    ['Dana\u202e\u200b \n Diaz', 'Dana Diaz', true],
    ['Иван', '____', false],
    ['safe “A” – €5', 'safe “A” – €5', true],
  ])('%s', (typed, printed, whole) => {
    expect(printable(typed)).toEqual({ text: printed, whole });
  });
  test('is bounded, and says that it was cut', () => {
    expect(printable('x'.repeat(300), 10)).toEqual({ text: 'xxxxxxxxx…', whole: false });
  });
});
