import { createHash } from 'node:crypto';
import { requestPlan } from '../../src/bot/actions/requestPlan.ts';
import { planDialog } from '../../src/cards/views/planDialog.ts';
import { requestCard } from '../../src/cards/views/request.ts';
import { canonicalJson, digestOf } from '../../src/core/digest.ts';
import type { ChangeRequest } from '../../src/core/request/types.ts';
import { actor, anAccountPlan, aRequest, aRunningRequest, hours, stranger } from '../support/builders.ts';
import { longest } from './longest.ts';
import { faultsOf } from './rules.ts';
import { isPlaceForPeople, nodesOf } from './walk.ts';

const textOf = (card: object): string =>
  nodesOf(card)
    .filter(({ node }) => typeof node.text === 'string')
    .map(({ node }) => String(node.text))
    .join('\n');

/** Every page of the dialog, by its own buttons. */
function pagesOf(request: ChangeRequest): object[] {
  const pages = [planDialog(request, 1).card];
  for (;;) {
    const next = nodesOf(pages.at(-1)).find(({ node }) => node.title === 'Next page')?.node.data as { id: string } | undefined;
    if (!next) return pages;
    pages.push(planDialog(request, Number(next.id.split(':')[1])).card);
  }
}

/** The text under the last heading, put together again. */
function asHashed(pages: readonly object[]): string {
  const runs = pages.flatMap((card) => nodesOf(card).filter(({ node }) => node.type === 'TextRun' || node.style === 'heading'));
  const from = runs.findIndex(({ node }) => node.text === 'Every field, as it is hashed');
  return runs
    .slice(from + 1)
    .filter(({ node, path }) => node.type === 'TextRun' && node.fontType === 'Monospace' && !path.includes('body[1]'))
    .map(({ node }) => String(node.text))
    .join('');
}

const wordsIn = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

describe('the longest plan there can be', () => {
  const plan = longest();
  const pending = aRequest({ plan });
  const pages = pagesOf(pending);

  test('AP-3: no word of what is approved is cut or missing on the card while it can be approved', () => {
    const { card } = requestCard(pending, hours(1));
    expect(faultsOf(card)).toEqual([]);
    expect(JSON.stringify(card)).not.toContain('[cut');
    const shown = new Set(wordsIn(textOf(card)));
    const said = [
      plan.reason,
      plan.requester.name,
      ...plan.custodians.map(({ name }) => name),
      ...plan.owners.map(({ name }) => name),
      ...plan.holds,
      ...plan.irreversible,
      ...plan.steps.map(({ title }) => title),
      ...plan.undo.map(({ title }) => title),
    ];
    // A comma between names stands behind the last word of a name.
    const missing = said.flatMap(wordsIn).filter((word) => !shown.has(word) && !shown.has(`${word},`));
    expect(missing).toEqual([]);
    expect(textOf(card)).toContain('every field of the plan');
  });

  test('AP-3: with a key for each of two the calls are on the card as well, folded, and no word gives way to them', () => {
    const { steps, ...rest } = longest('', 2);
    const { card } = requestCard(aRequest({ plan: { ...rest, steps } }), hours(1));
    expect(faultsOf(card)).toEqual([]);
    expect(JSON.stringify(card)).not.toContain('[cut');
    const calls = steps.flatMap(({ call }) => (call ? [`${call.method} ${call.path}`] : []));
    const folded = nodesOf(card).filter(({ node }) => node.isVisible === false);
    expect(folded.map(({ node }) => textOf(node))).toEqual(calls);
    const button = nodesOf(card).find(({ node }) => node.title === 'Show the Graph calls')?.node;
    expect(button).toMatchObject({ targetElements: folded.map(({ node }) => ({ elementId: node.id })) });
  });

  test('the card of its run and of its end is not cut either', () => {
    const steps = plan.steps.map(({ id }) => ({ id, state: 'done' as const, evidence: `Read back: as planned, 2026-11-22 13:03 UTC` }));
    const failure = { step: 'verify' as const, code: 'Fault', words: 'The tenant did not answer in time.', reference: 'b3c1e2d4' };
    for (const state of ['approved', 'failed', 'applied'] as const) {
      const { card } = requestCard(aRunningRequest(3, { plan, state, steps, failure, closedAt: hours(2) }), hours(2));
      expect(faultsOf(card)).toEqual([]);
      expect(/.{60}\[cut/.exec(JSON.stringify(card))).toBeNull();
    }
  });

  test('AP-3: the dialog has every step with its call and body, and every field; the digest on each page is that of what it shows', () => {
    for (const card of pages) {
      expect(faultsOf(card)).toEqual([]);
      expect(textOf(card)).toContain(digestOf(plan));
    }
    const all = pages.map(textOf).join('\n');
    for (const { title, call } of [...plan.steps, ...plan.undo]) {
      expect(all).toContain(title);
      if (call) expect(all).toContain(`${call.method} ${call.path}`);
    }
    expect(all).toContain('"passwordPolicies": "DisablePasswordExpiration"');
    expect(createHash('sha256').update(asHashed(pages)).digest('hex')).toBe(digestOf(plan));
  });
});

test('CM-6: in a script of three bytes a character the card says what is cut, and where it is whole', () => {
  const plan = longest('漢字漢字');
  const request = aRequest({ plan });
  const { card } = requestCard(request, hours(1));
  expect(faultsOf(card)).toEqual([]);
  expect(textOf(card)).toContain('[cut to fit]');
  expect(textOf(card)).toContain('nothing is cut:');
  const pages = pagesOf(request);
  for (const page of pages) expect(faultsOf(page)).toEqual([]);
  expect(JSON.stringify(pages)).not.toContain('[cut');
  expect(asHashed(pages)).toBe(canonicalJson(plan));
});

test('a body of any length is whole: all that a policy excluded before', () => {
  const users = Array.from({ length: 1_500 }, (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`);
  const policy = { policyId: 'P-1', name: 'Require MFA', before: { excludeUsers: users } };
  const mend = { changes: [{ kind: 'exclude-policy', policyId: 'P-1' } as const], policies: [policy] };
  const plan = anAccountPlan('exclude', { mend });
  const pages = pagesOf(aRequest({ plan }));
  for (const page of pages) expect(faultsOf(page)).toEqual([]);
  const runs = pages.map((page) => textOf(page).replaceAll('\n', '')).join('');
  for (const user of users) expect(runs).toContain(user);
  expect(asHashed(pages)).toBe(canonicalJson(plan));
});

test.each(['${1+1}', '[x](https://evil.example)', '\u202Egnp.exe', '<at>Ann</at>', '𝕏'.repeat(900), 'a\u0301\u0301\u0301\u0301\u0301'])(
  'CM-3: %j stands in TextRuns only, and every page stays valid',
  (text) => {
    for (const page of pagesOf(aRequest({ plan: { ...longest(), reason: text, holds: [text] } }))) {
      expect(faultsOf(page)).toEqual([]);
      for (const { path, node } of nodesOf(page))
        if (typeof node.text === 'string' && node.text.includes(text.slice(2, 9)))
          expect(isPlaceForPeople(node.type, 'text', path)).toBe(true);
    }
  },
);

describe('the button', () => {
  const request = aRequest();
  const store = { get: async () => request, now: async () => hours(1) } as never;
  const press = (data: Record<string, unknown>, who = actor('ann')) => {
    const args = requestPlan.parse(data);
    if (!args.ok) return Promise.resolve({ kind: 'refused' as const, refusal: args.error });
    return requestPlan.run(args.value, { asker: { actor: who } as never, store });
  };
  const data = { id: request.id, digest: request.planDigest };

  test('opens the plan for whoever may read the request, at the page asked for', async () => {
    await expect(press(data)).resolves.toMatchObject({ kind: 'dialog', rendered: { summary: expect.stringContaining('page 1') } });
    await expect(press({ ...data, id: `${request.id}:2` })).resolves.toMatchObject({
      rendered: { summary: expect.stringContaining('page 2') },
    });
    await expect(press(data, actor('dana', []))).resolves.toMatchObject({ kind: 'dialog' });
  });

  test('refuses strangers, members who are not named in it, another plan, and what is no page', async () => {
    await expect(press(data, stranger())).resolves.toMatchObject({ refusal: { code: 'stranger' } });
    await expect(press(data, actor('mal', []))).resolves.toMatchObject({ refusal: { code: 'missing-role' } });
    await expect(press({ ...data, digest: '0'.repeat(64) })).resolves.toMatchObject({ refusal: { code: 'plan-changed' } });
    for (const id of [`${request.id}:0`, `${request.id}:x`, `${request.id}:1:1`, 7])
      await expect(press({ ...data, id })).resolves.toMatchObject({ refusal: { code: 'not-found' } });
  });
});
