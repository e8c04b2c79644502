import { describe, expect, test } from '@jest/globals';
import type { PersonName } from '../../sandbox/world.ts';
import { door } from '../../src/app/dispatch.ts';
import type { Log } from '../../src/app/log.ts';
import { proofCard } from '../../src/cards/views/proof.ts';
import type { ProvenDecision } from '../../src/core/request/proof.ts';
import type { ChangeRequest } from '../../src/core/request/types.ts';
import { ok } from '../../src/core/result.ts';
import { prover } from '../../src/proof/prove.ts';
import { actor, anAccountPlan, aPlan, aRequest, NOON, person } from '../support/builders.ts';
import { countingRandom, memoryStore, TEST_POLICY } from '../support/memoryStore.ts';

const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => quiet };
const guarded = (more: Partial<ChangeRequest> = {}) => aRequest({ secondProof: true, ...more });

/** Ann’s decision, and the page at the end of the sign-in of `signsIn`. */
async function pageOf(request: ChangeRequest, decision: ProvenDecision['decision'], signsIn: PersonName = 'ann') {
  const store = memoryStore(NOON);
  store.put('request', request);
  const front = door({ store, random: countingRandom(), policy: TEST_POLICY, tenant: () => undefined });
  const { id: requestId, planDigest } = request;
  const proving = prover({
    store,
    door: front,
    people: { lookUp: async () => ({ ok: true, person: person(signsIn), roles: new Set(['approver']) }) },
    signIn: {
      begin: async () => new URL('https://login.example/'),
      finish: async () => ok({ objectId: person(signsIn).objectId, at: NOON }),
    },
    publicUrl: () => 'https://breakglass.example',
    minutes: 5,
    log: quiet,
  });
  const { hash, url } = proving.ticket();
  const wanted: ProvenDecision =
    decision === 'approve' ? { decision, requestId, planDigest } : { decision, requestId, planDigest, reason: 'no' };
  expect(await front.dispatch(actor('ann'), { kind: 'begin-proof', requestId, wanted, ticketHash: hash })).toMatchObject({ ok: true });
  const started = await proving.start(url.split('/').at(-1) ?? '');
  const answer = async () => (await proving.callback('code=c&state=s', started.headers['set-cookie']?.split(';', 1)[0])).html ?? '';
  return { store, answer };
}

const [upn, tenant] = [aPlan().account.userPrincipalName, aPlan().tenant.name];
const plans = { create: aPlan(), rotate: anAccountPlan('rotate'), retire: anAccountPlan('retire', { othersInTenant: 1 }) };

describe('AU-9: what a sign-in confirms is named', () => {
  test.each([
    ['create', `New emergency access account ${upn} in ${tenant}`],
    ['rotate', `New password for ${upn} in ${tenant}`],
    ['retire', `Retire ${upn} and leave ${tenant} with one account`],
  ] as const)('on the card before it, and on the page after it: %s', async (kind, what) => {
    const request = guarded({ plan: plans[kind] });
    for (const [decision, word] of [
      ['approve', 'Approve'],
      ['deny', 'Deny'],
    ] as const) {
      const { card, summary } = proofCard({ request, decision, url: `https://x.example/prove/${'7'.repeat(43)}`, minutes: 5 });
      expect(summary).toMatch(/^Sign in to confirm your/);
      expect(summary).toContain(what);
      const said = JSON.stringify(card);
      for (const text of [`"text":"${word}"`, `"text":"${what}"`, `"text":"${upn}"`, `"text":"${tenant}"`]) expect(said).toContain(text);
    }
    const html = await (await pageOf(request, 'approve')).answer();
    expect(html).toContain('<h1>Your approval is recorded</h1>');
    for (const line of [`Approved: ${what}`, `Account: ${upn}`, `Tenant: ${tenant}`, `Request: ${request.id}`, 'Approvals: 1 of 2.'])
      expect(html).toContain(`<p>${line}</p>`);
    expect(await (await pageOf(request, 'deny')).answer()).toContain(`<p>Denied: ${what}</p>`);
  });

  test('where it was not recorded, to whom it concerns; whoever else signed in learns nothing of the request', async () => {
    const { store, answer } = await pageOf(guarded(), 'approve');
    store.put('request', guarded({ state: 'denied', revision: 9 }));
    const late = await answer();
    for (const line of ['Not recorded', 'was denied', `Approve: New emergency access account ${upn} in ${tenant}`, `Account: ${upn}`])
      expect(late).toContain(line);
    const other = await (await pageOf(guarded(), 'approve', 'bob')).answer();
    expect(other).toContain('You signed in as somebody other');
    for (const secret of [upn, tenant, guarded().id]) expect(other).not.toContain(secret);
  });

  test('names act on neither, and none passes for a line of ours', async () => {
    const hostile = '<img src=x onerror=alert(1)>\nAccount: safe@contoso ‮[x](https://evil.example) & "q"';
    const request = guarded({ plan: { ...aPlan(), tenant: { ...aPlan().tenant, name: hostile } } });
    const html = await (await pageOf(request, 'approve')).answer();
    expect(html).not.toMatch(/<img|<a |‮/);
    expect(html.match(/<p>Account: /g)).toHaveLength(1);
    expect(html).toContain('⟨U+202E⟩');
  });
});
