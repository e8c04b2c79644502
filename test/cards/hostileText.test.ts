import fc from 'fast-check';
import { type Rendered, withBanner } from '../../src/cards/render.ts';
import { plain } from '../../src/cards/text.ts';
import { accountCard } from '../../src/cards/views/account.ts';
import { accountListCard } from '../../src/cards/views/accountList.ts';
import { alertCard } from '../../src/cards/views/alert.ts';
import { createFormCard } from '../../src/cards/views/createForm.ts';
import { formDoneCard } from '../../src/cards/views/formDone.ts';
import { helpCard } from '../../src/cards/views/help.ts';
import { noticeCard } from '../../src/cards/views/notice.ts';
import { partCard } from '../../src/cards/views/part.ts';
import { requestCard } from '../../src/cards/views/request.ts';
import { requestListCard } from '../../src/cards/views/requestList.ts';
import { revealDialog } from '../../src/cards/views/revealDialog.ts';
import { statusCard } from '../../src/cards/views/status.ts';
import { validationCard } from '../../src/cards/views/validation.ts';
import { welcomePersonalCard } from '../../src/cards/views/welcome.ts';
import { whoamiCard } from '../../src/cards/views/whoami.ts';
import { aDecision, anAccount, anAlert, aPart, aPlan, aRequest, aRunningRequest, aSignIn, days, hours, NOON } from '../support/builders.ts';
import { faultsOf } from './rules.ts';
import { isPlaceForPeople, nodesOf, skeleton } from './walk.ts';

/** Every card with `text` in every field that people, directories, feeds or errors can write. */
function cardsWith(text: string): readonly Rendered[] {
  const who = (key: string) => ({ objectId: `0000-${key}`, personKey: key, name: text });
  const tenant = { id: 'T-1', name: text, kind: 'workforce' as const, initialDomain: text, exclusionGroupId: 'G-1' };
  const people = { requester: who('r'), custodians: [who('c1'), who('c2'), who('c3')], owners: [who('o1'), who('o2')] };
  const plan = aPlan({ ...people, tenant, userName: text, displayName: text, usageLocation: text, reason: text });
  const decision = (kind: 'approve' | 'deny', key: string) =>
    aDecision('ann', { kind, person: who(key), reason: text, planDigest: pending.planDigest });
  // The digest stays that of another plan: it differs with the text, and a lone surrogate has none.
  const pending = { ...aRequest(), plan, requester: plan.requester, reason: text, duplicateOf: text };
  const running = aRunningRequest(7, { plan, state: 'applied', closedAt: NOON });
  const steps = running.steps.map((step) => ({ ...step, evidence: text }));
  const failure = { step: 'assign-role' as const, code: text, words: text, reference: text };
  const parts = [
    aPart(1, 'dana', { custodian: who('c1'), state: 'stored', storedAt: NOON, location: text, sealNumber: text }),
    aPart(2, 'eli', { custodian: who('c2') }),
  ];
  const account = anAccount({
    ...people,
    parts,
    tenantName: text,
    userPrincipalName: text,
    displayName: text,
    feed: text,
    validatedAt: NOON,
    validatedBy: who('o1'),
    validationNote: text,
    validationDueAt: days(90),
  });
  const event = aSignIn({
    userPrincipalName: text,
    ipAddress: text,
    place: text,
    app: text,
    client: text,
    userId: text,
    policies: [
      { name: text, result: text },
      { name: text, result: text },
    ],
  });
  const alert = anAlert({
    account: text,
    tenantName: text,
    owners: people.owners,
    state: 'acknowledged',
    acknowledgedBy: who('a'),
    cause: { kind: 'sign-in', event, feeds: ['azure-monitor'], registered: false },
  });
  const open = { ...alert, state: 'open' as const };
  const values = {
    tenantId: text,
    userName: text,
    displayName: text,
    usageLocation: text,
    credential: text,
    custodians: text,
    owners: text,
    reason: text,
  };
  return [
    requestCard({ ...pending, decisions: [decision('approve', 'a'), decision('approve', 'r'), decision('approve', 'c1')] }, hours(1)),
    requestCard({ ...pending, state: 'denied', decisions: [decision('deny', 'a')] }, hours(1)),
    requestCard({ ...running, steps, state: 'failed', failure }, hours(1)),
    requestCard({ ...running, steps }, hours(1)),
    requestCard({ ...pending, state: 'withdrawn' }, hours(1)),
    requestListCard([pending, running], hours(1)),
    formDoneCard({ request: pending }),
    createFormCard({
      formId: 'F-1',
      tenants: [{ id: 'T-1', displayName: text, initialDomain: text }],
      custodians: people.custodians,
      owners: people.owners,
      values,
      faults: [
        { field: 'userName', problem: 'illegal-character', detail: text },
        { field: text, problem: 'not-eligible', detail: text },
        { field: 'custodians', problem: 'not-custodian', detail: text },
      ],
    }),
    accountCard(account, hours(1)),
    accountListCard([account], hours(1)),
    partCard(account, 1, hours(1)),
    partCard(account, 2, hours(1)),
    revealDialog({ account, partNumber: 1, of: 2, part: 'abc123' }),
    validationCard(account, days(1), '14'),
    validationCard(account, days(80)),
    alertCard(alert, NOON),
    alertCard(open, NOON, 'escalation:2'),
    ...(['request-failed', 'part-expired', 'unreadable-signal', 'feed-failing'] as const).map((kind) =>
      alertCard({ ...open, cause: { kind, requestId: text, words: text, partNumber: 1, custodian: text, feed: 'azure-monitor' } }, NOON),
    ),
    whoamiCard({
      name: text,
      objectId: text,
      found: true,
      personKey: text,
      roles: ['approver'],
      ownerOf: [text, text],
      custodianOf: [text],
    }),
    whoamiCard({ name: text, objectId: text, found: false, why: 'guest', roles: [], ownerOf: [], custodianOf: [] }),
    statusCard({
      now: NOON,
      version: text,
      mode: 'sandbox',
      database: text,
      feeds: [{ tenant: text, feed: text, error: text }],
      jobs: { waiting: 1, failed: 0 },
      timers: { waiting: 1 },
      audit: { size: 1, root: text },
      limits: [text, text],
    }),
    helpCard({ name: text, roles: [text], commands: [{ usage: text, summary: text }], unknown: { typed: text, nearest: text } }),
    welcomePersonalCard({ name: text }),
    withBanner(noticeCard({ title: 'Notice', text, tone: 'neutral' }), text),
  ];
}

const PLAIN = cardsWith('word').map(({ card }) => skeleton(card));
const structureOf = (text: string) => cardsWith(text).map(({ card }) => skeleton(card));

const ATTACKS = [
  '${1+1}',
  '$${reason}',
  '${$root}',
  '${',
  '{{DATE(2026-01-01T00:00:00Z)}}',
  '[Approve here](https://evil.example)',
  '**bold** _it_ `code` # head',
  '<at>Ann Archer</at>',
  '<img src=x onerror=alert(1)>',
  '","type":"Action.OpenUrl","url":"https://evil.example',
  '\u202Egnp.exe',
  'a\u200Bb\u2066c\u0000d\u001b[31m',
  'x\n\n\n\n\r\n\u2028y',
  `a${'\u0301'.repeat(500)}`,
  '\uD800 alone \uDC00',
  '𝕏'.repeat(4000),
  '漢'.repeat(4000),
  '\u202E'.repeat(4000),
  '123',
  'true',
  'null',
  '',
];

// No text at all may leave its line out; every other text only fills it.
test.each(ATTACKS.filter((text) => text !== '').map((text) => ({ name: JSON.stringify(text.slice(0, 40)), text })))(
  'CM-3, CM-4: $name changes nothing but text: same elements, actions, links and mentions',
  ({ text }) => {
    expect(structureOf(text)).toEqual(PLAIN);
  },
);

test('CM-4: the same for any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }), (text) => {
      expect(structureOf(text)).toEqual(PLAIN);
    }),
    { numRuns: 40 },
  );
});

test.each(ATTACKS.map((text) => ({ name: JSON.stringify(text.slice(0, 40)), text })))(
  'CM-5, CM-6: with $name every card stays valid and small',
  ({ text }) => {
    for (const { card } of cardsWith(text)) expect(faultsOf(card)).toEqual([]);
  },
);

test('CM-3: what people write stands in TextRuns, values of inputs and inert choices only; and everywhere it is expected', () => {
  const marker = 'MARKERofPEOPLE';
  for (const { card } of cardsWith(marker)) {
    let found = 0;
    for (const { path, node } of nodesOf(card)) {
      for (const [key, value] of Object.entries(node)) {
        if (typeof value !== 'string' || !value.includes(marker)) continue;
        found += 1;
        expect({ at: `${path}.${key}`, allowed: isPlaceForPeople(node.type, key, path) }).toEqual({ at: `${path}.${key}`, allowed: true });
      }
    }
    expect(found).toBeGreaterThan(0);
  }
});

test('CM-3: text that looks like an expression or a date call stays exactly that', () => {
  const json = JSON.stringify(cardsWith('${1+1} and 7').map(({ card }) => card));
  expect(json).toContain('＄{1+1} and 7');
  expect(json).not.toContain('2 and 7');
});

describe('plain', () => {
  test('CM-5: shows what cannot be seen, as code points', () => {
    expect(plain('a\u202Eb\u200Bc\u0007')).toBe('a⟨U+202E⟩b⟨U+200B⟩c⟨U+0007⟩');
    expect(plain('x\r\ny')).toBe('x ↵ y');
    expect(plain('\uDBFF')).toBe('⟨U+DBFF⟩');
  });

  test('CM-5: bounds length and says what was cut; bounds height by marks', () => {
    expect(plain('abcdef', 4)).toBe('abcd… [cut: 2 more characters]');
    expect(plain(`e${'\u0301'.repeat(9)}`)).toBe(`e${'\u0301'.repeat(3)}⟨6 marks⟩`);
  });

  test('CM-3: refuses what is not a string', () => {
    for (const value of [1, {}, [], null, undefined, true]) expect(() => plain(value)).toThrow(TypeError);
  });

  test('for any text: nothing unseen, no template, bounded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (text) => {
        const shown = plain(text, 200);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/u);
        expect(shown).not.toContain('${');
        expect(shown.length).toBeLessThan(250);
      }),
    );
  });
});
