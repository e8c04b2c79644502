import { beforeEach, describe, expect, test } from '@jest/globals';
import { type Door, door, type Outcome } from '../../src/app/dispatch.ts';
import { parseSettings } from '../../src/config/settings.ts';
import { TABLE } from '../../src/config/table.ts';
import type { Actor } from '../../src/core/people.ts';
import { approve, deny, rehearse, withdraw } from '../../src/core/request/decide.ts';
import { type Proof, type ProofTicket, type ProvenDecision, proofFor } from '../../src/core/request/proof.ts';
import { tally } from '../../src/core/request/tally.ts';
import { REQUEST_KINDS } from '../../src/core/request/types.ts';
import { bindingOf, cookieFor, newTicket, ticketHash } from '../../src/proof/binding.ts';
import { proofLimits } from '../../src/proof/limits.ts';
import { actor, aDecision, aRequest, days, hours, minutes, NOON, person, stranger } from '../support/builders.ts';
import { countingRandom, type MemoryStore, memoryStore, TEST_POLICY } from '../support/memoryStore.ts';
import { open, POLICY } from '../support/requests.ts';

const PROOF: Proof = { method: 'oidc', at: minutes(41) };
const guarded = aRequest({ secondProof: true });
const { id: requestId, planDigest } = guarded;
const approval: ProvenDecision = { decision: 'approve', requestId, planDigest };
const code = (result: { readonly ok: boolean; readonly error?: { readonly code: string } }): string =>
  result.ok ? 'accepted' : (result.error?.code ?? '?');

describe('the rule', () => {
  test('AU-9: a request that asks for a proof takes no approval and no denial without one', () => {
    expect(code(approve(guarded, actor('ann'), planDigest, minutes(42)))).toBe('proof-needed');
    expect(code(deny(guarded, actor('ann'), planDigest, 'no', minutes(42)))).toBe('proof-needed');
    expect(code(approve(aRequest(), actor('ann'), planDigest, minutes(42)))).toBe('accepted');
    expect(code(deny(aRequest(), actor('ann'), planDigest, 'no', minutes(42)))).toBe('accepted');
    expect(code(withdraw(guarded, actor('rita'), minutes(42)))).toBe('accepted');
  });

  test('AU-9: the proof stands in the row of the decision it is for', () => {
    for (const decided of [
      approve(guarded, actor('ann'), planDigest, minutes(42), PROOF),
      deny(guarded, actor('ann'), planDigest, 'no', minutes(42), PROOF),
    ]) {
      expect(decided.ok && decided.value.next.decisions[0]?.proof).toEqual(PROOF);
    }
  });

  test('AU-9: rows without a proof do not count, however they got there', () => {
    const rows = [aDecision('ann'), aDecision('bob', { proof: PROOF })];
    expect(tally({ ...guarded, decisions: rows })).toMatchObject({ reached: false, notCounted: [{ why: 'no-proof' }] });
    expect(tally({ ...aRequest(), decisions: rows }).reached).toBe(true);
  });

  test('AU-9: a request copies the setting of its kind when it is opened', () => {
    const opened = (secondProof: typeof POLICY.secondProof) => open(undefined, undefined, undefined, { ...POLICY, secondProof });
    for (const kinds of [['create'], ['retire', 'create']] as const)
      expect(opened(kinds)).toMatchObject({ value: { next: { secondProof: true } } });
    for (const kinds of [[], ['retire']] as const) expect(opened(kinds)).not.toHaveProperty('value.next.secondProof');
  });

  test.each([
    ['a requester', actor('rita'), approval, 'own-request'],
    ['a custodian', actor('dana', ['approver']), approval, 'custodian-of-plan'],
    ['an ordinary member', actor('mal'), approval, 'missing-role'],
    ['a stranger', stranger(), approval, 'stranger'],
    ['another plan', actor('ann'), { ...approval, planDigest: 'x' }, 'plan-changed'],
    ['a denial without reason', actor('ann'), { ...approval, decision: 'deny', reason: '' } as const, 'reason-missing'],
    ['a good denial', actor('ann'), { ...approval, decision: 'deny', reason: 'no' } as const, 'accepted'],
    ['a good approval', actor('ann'), approval, 'accepted'],
  ])('AU-9: before anybody is sent to sign in, the rules are asked: %s', (_who, who, wanted, expected) => {
    expect(code(rehearse(guarded, who, wanted, minutes(42)))).toBe(expected);
  });
});

describe('a ticket', () => {
  const ticket: ProofTicket = { hash: 'h', objectId: person('ann').objectId, wanted: approval, expiresAt: minutes(5) };
  const signedIn = { ticketHash: 'h', at: minutes(1) };
  const denial: ProvenDecision = { ...approval, decision: 'deny', reason: 'no' };
  const why = (given: ProofTicket | undefined, wanted: ProvenDecision = approval, who: Actor = actor('ann'), now = minutes(2)) => {
    const proof = proofFor(given, signedIn, wanted, who, now);
    return proof.ok ? proof.value : 'why' in proof.error && proof.error.why;
  };

  test('AU-9: proves the one decision it was given for, with the time of the sign-in', () => {
    expect(why(ticket)).toEqual({ method: 'oidc', at: minutes(1) });
    expect(why({ ...ticket, wanted: denial }, denial)).toEqual({ method: 'oidc', at: minutes(1) });
  });

  test('AU-9: proves nothing once spent, once its time is over, or for anybody else', () => {
    expect(why(undefined)).toBe('used');
    expect(why(ticket, approval, actor('ann'), minutes(5))).toBe('expired');
    expect(why(ticket, approval, actor('bob'))).toBe('other-person');
    expect(why(ticket, approval, actor('rita2'))).toBe('other-person');
    expect(why(ticket, approval, stranger())).toBe('other-person');
  });

  test('AU-9: proves no other decision, plan, request or reason', () => {
    for (const other of [denial, { ...approval, planDigest: 'x' }, { ...approval, requestId: 'R-OTHER1' }])
      expect(why(ticket, other)).toBe('other-decision');
    expect(why({ ...ticket, wanted: denial }, { ...denial, reason: 'yes' })).toBe('other-decision');
    expect(why({ ...ticket, wanted: denial })).toBe('other-decision');
  });
});

describe('the door', () => {
  let store: MemoryStore;
  let front: Door;
  const doorWith = (more: Partial<typeof TEST_POLICY> = {}) =>
    door({ store, random: countingRandom(), policy: { ...TEST_POLICY, ...more }, tenant: () => undefined });
  beforeEach(() => {
    store = memoryStore(NOON);
    store.put('request', guarded);
    front = doorWith();
  });
  const decisions = () => store.rows.request.get(requestId)?.decisions.map(({ person: { name } }) => name);
  const begin = (who: Actor, ticketHash: string, wanted: ProvenDecision = approval) =>
    front.dispatch(who, { kind: 'begin-proof', requestId, wanted, ticketHash });
  const prove = (who: Actor, ticketHash: string): Promise<Outcome> =>
    front.dispatch(who, { kind: 'approve-request', requestId, planDigest, signedIn: { ticketHash, at: NOON } });

  test('AU-9: beginning a proof decides nothing and keeps one ticket, for those who may decide', async () => {
    expect(code(await begin(actor('ann'), 'a'))).toBe('accepted');
    expect(code(await begin(actor('rita2'), 'b'))).toBe('own-request');
    expect(code(await begin(actor('mal'), 'c'))).toBe('missing-role');
    expect([...store.rows.tickets.values()]).toEqual([
      { hash: 'a', objectId: person('ann').objectId, wanted: approval, expiresAt: minutes(TEST_POLICY.proofMinutes) },
    ]);
    expect(decisions()).toEqual([]);
    expect(store.rows.audit.map(({ intent, refusal }) => [intent, refusal?.code])).toEqual([
      ['begin-proof', undefined],
      ['begin-proof', 'own-request'],
      ['begin-proof', 'missing-role'],
    ]);
  });

  test('AU-9, ID-5: nor does somebody new among the approvers get one', async () => {
    await store.transaction((tx) => tx.saveRoster('approver', [{ person: person('ann'), since: NOON }]));
    front = doorWith({ coolDownHours: 24 });
    expect(code(await begin(actor('ann'), 'a'))).toBe('cooling-down');
    expect(store.rows.tickets.size).toBe(0);
  });

  test('AU-9: a ticket is spent with the decision it proves, and the audit says how it was proven', async () => {
    await begin(actor('ann'), 'a');
    expect(code(await prove(actor('ann'), 'a'))).toBe('accepted');
    expect(store.rows.tickets.size).toBe(0);
    expect(store.rows.audit.at(-1)?.details).toEqual({ planDigest, proof: 'oidc', signedInAt: NOON.toISOString() });
    expect(await prove(actor('ann'), 'a')).toEqual({ ok: false, error: { code: 'proof-invalid', why: 'used' } });
    expect(decisions()).toEqual(['Ann Archer']);
  });

  test('AU-9: two answers for one ticket are one decision', async () => {
    await begin(actor('ann'), 'a');
    const both = await Promise.all([prove(actor('ann'), 'a'), prove(actor('ann'), 'a')]);
    expect(both.map(code).sort()).toEqual(['accepted', 'proof-invalid']);
    expect(decisions()).toEqual(['Ann Archer']);
  });

  test('AU-9: a refusal spends nothing and decides nothing', async () => {
    await begin(actor('ann'), 'a');
    expect(code(await prove(actor('bob'), 'a'))).toBe('proof-invalid');
    expect(code(await prove(actor('ann', []), 'a'))).toBe('missing-role');
    expect(code(await prove(actor('ann'), 'made-up'))).toBe('proof-invalid');
    expect(decisions()).toEqual([]);
    expect(store.rows.tickets.size).toBe(1);
    expect(code(await prove(actor('ann'), 'a'))).toBe('accepted');
  });

  test('AU-9: the ticket of an approval denies nothing', async () => {
    await begin(actor('ann'), 'a');
    const signedIn = { ticketHash: 'a', at: NOON };
    const denied = await front.dispatch(actor('ann'), { kind: 'deny-request', requestId, planDigest, reason: 'no', signedIn });
    expect(denied).toEqual({ ok: false, error: { code: 'proof-invalid', why: 'other-decision' } });
  });

  test('AU-9: begin-proof for one request gives no ticket for another', async () => {
    await front.dispatch(actor('ann'), { kind: 'begin-proof', requestId, wanted: { ...approval, requestId: 'R-OTHER1' }, ticketHash: 'a' });
    expect(store.rows.tickets.get('a')?.wanted.requestId).toBe(requestId);
  });

  test('AP-5, AU-9: a setting that was taken back eases no request that is open', async () => {
    front = doorWith({ secondProof: [] });
    expect(code(await front.dispatch(actor('ann'), { kind: 'approve-request', requestId, planDigest }))).toBe('proof-needed');
    expect(decisions()).toEqual([]);
  });

  test('AP-7, AU-9: neither ticket nor request is good past its time', async () => {
    await begin(actor('ann'), 'a');
    store.setClock(minutes(TEST_POLICY.proofMinutes));
    expect(await prove(actor('ann'), 'a')).toEqual({ ok: false, error: { code: 'proof-invalid', why: 'expired' } });
    store.setClock(days(2));
    expect(code(await begin(actor('ann'), 'b'))).toBe('closed');
    expect(hours(24) < days(2)).toBe(true);
  });
});

describe('the browser’s cookie', () => {
  const begun = { ticket: newTicket(), secret: newTicket() };

  test('AU-9: over https it is bound to exactly this host, and no script reads it', () => {
    const cookie = cookieFor('https://breakglass.contoso.example');
    expect(cookie.set(begun, 300)).toBe(
      `__Host-breakglass-proof=${begun.ticket}.${begun.secret}; Max-Age=300; Path=/; HttpOnly; SameSite=Lax; Secure`,
    );
    expect(cookie.clear).toMatch(/^__Host-breakglass-proof=; Max-Age=0; .*Secure$/);
    expect(cookie.read(`a=b; __Host-breakglass-proof=${begun.ticket}.${begun.secret}`)).toEqual(begun);
    expect(cookie.read(`breakglass-proof=${begun.ticket}.${begun.secret}`)).toBeUndefined();
  });

  test('AU-9: what is malformed, doubled or absent is none', () => {
    const { read } = cookieFor('http://127.0.0.1:3978');
    const good = `breakglass-proof=${begun.ticket}.${begun.secret}`;
    expect(read(good)).toEqual(begun);
    for (const header of [
      undefined,
      '',
      'breakglass-proof',
      'breakglass-proof=',
      `${good}; ${good}`,
      `${good}.x`,
      `${good}x`,
      `breakglass-proof=${begun.ticket}`,
    ])
      expect({ header, read: read(header) }).toEqual({ header, read: undefined });
  });

  test('AU-9: state, nonce and verifier follow from ticket and secret, and from nothing less', () => {
    const one = bindingOf(begun);
    expect(bindingOf(begun)).toEqual(one);
    expect(new Set(Object.values(one)).size).toBe(3);
    for (const other of [
      { ...begun, ticket: newTicket() },
      { ...begun, secret: newTicket() },
    ]) {
      for (const key of ['state', 'nonce', 'verifier'] as const) expect(bindingOf(other)[key]).not.toBe(one[key]);
    }
    expect(ticketHash(begun.ticket)).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('settings', () => {
  const GUID = '11111111-1111-4111-8111-111111111111';
  const OTHER = '22222222-2222-4222-8222-222222222222';
  const PROOF_SETTINGS = {
    BREAKGLASS_SECOND_PROOF: 'retire, create',
    BREAKGLASS_PUBLIC_URL: 'https://breakglass.contoso.example',
    BREAKGLASS_PROOF_CLIENT_ID: OTHER,
    BREAKGLASS_PROOF_CLIENT_SECRET: 'hunter2',
  };
  const required = Object.values(TABLE).flatMap(({ name, presence }) => (presence === 'required' ? [name] : []));
  const value = (name: string): string => (/TEAM_ID|CHANNEL_ID/.test(name) ? '19:x@thread.tacv2' : GUID);
  const base = {
    DATABASE_URL: 'postgres://u@127.0.0.1/x',
    BREAKGLASS_CUSTODY_KEY_FILE: '/run/secrets/key',
    ...Object.fromEntries(required.map((name) => [name, value(name)])),
  };
  const faults = (changes: NodeJS.ProcessEnv): string[] => {
    const parsed = parseSettings({ ...base, ...changes }, 'production');
    return parsed.ok ? [] : parsed.fault.problems.map(({ at }) => at);
  };

  test('AU-9: off by default; the sandbox asks for it on retire', () => {
    const parsed = parseSettings(base, 'production');
    expect(parsed.ok && [parsed.settings.secondProof, parsed.settings.proofMinutes]).toEqual([[], 5]);
    const sandbox = parseSettings({}, 'sandbox');
    expect(sandbox.ok && sandbox.settings.secondProof).toEqual(['retire']);
  });

  test('AU-9: a full set is taken, kinds in one order; every kind there is can be named', () => {
    const parsed = parseSettings({ ...base, ...PROOF_SETTINGS }, 'production');
    expect(parsed.ok && parsed.settings.secondProof).toEqual(['create', 'retire']);
    expect(faults({ ...PROOF_SETTINGS, BREAKGLASS_SECOND_PROOF: '' })).toEqual([]);
    const all = parseSettings({ ...base, ...PROOF_SETTINGS, BREAKGLASS_SECOND_PROOF: REQUEST_KINDS.join(',') }, 'production');
    expect(all.ok && all.settings.secondProof).toEqual(REQUEST_KINDS);
  });

  test.each([
    [{ BREAKGLASS_PUBLIC_URL: '' }, 'BREAKGLASS_PUBLIC_URL'],
    [{ BREAKGLASS_PUBLIC_URL: 'http://breakglass.contoso.example' }, 'BREAKGLASS_PUBLIC_URL'],
    [{ BREAKGLASS_PUBLIC_URL: 'http://127.0.0.1:3978' }, 'BREAKGLASS_PUBLIC_URL'],
    [{ BREAKGLASS_PUBLIC_URL: 'https://x.example/path' }, 'BREAKGLASS_PUBLIC_URL'],
    [{ BREAKGLASS_PUBLIC_URL: 'https://x.example,https://y.example' }, 'BREAKGLASS_PUBLIC_URL'],
    [{ BREAKGLASS_PROOF_CLIENT_ID: '' }, 'BREAKGLASS_PROOF_CLIENT_ID'],
    [{ BREAKGLASS_PROOF_CLIENT_ID: GUID }, 'BREAKGLASS_PROOF_CLIENT_ID'],
    [{ BREAKGLASS_PROOF_CLIENT_SECRET: '' }, 'BREAKGLASS_PROOF_CLIENT_SECRET'],
    [{ BREAKGLASS_PROOF_CERTIFICATE_FILE: 'proof.pem' }, 'BREAKGLASS_PROOF_CLIENT_SECRET'],
    [{ BREAKGLASS_SECOND_PROOF: 'create,everything' }, 'BREAKGLASS_SECOND_PROOF'],
    [{ BREAKGLASS_PROOF_AUTHENTICATION_CONTEXT: 'mfa' }, 'BREAKGLASS_PROOF_AUTHENTICATION_CONTEXT'],
    [{ BREAKGLASS_PROOF_MINUTES: '0' }, 'BREAKGLASS_PROOF_MINUTES'],
  ])('AU-9, ST-2: %o is refused', (changes, name) => {
    expect(faults({ ...PROOF_SETTINGS, ...changes })).toEqual([name]);
  });

  test('AU-9, ST-2: half a second proof is refused, also without kinds', () => {
    expect(faults({ BREAKGLASS_PROOF_CLIENT_ID: OTHER })).toEqual(['BREAKGLASS_PUBLIC_URL', 'BREAKGLASS_PROOF_CLIENT_SECRET']);
    expect(faults({ BREAKGLASS_SECOND_PROOF: 'create' })).toEqual([
      'BREAKGLASS_PUBLIC_URL',
      'BREAKGLASS_PROOF_CLIENT_ID',
      'BREAKGLASS_PROOF_CLIENT_SECRET',
    ]);
  });

  test('AU-9: the status names the kinds whose decisions rest on the Teams sign-in alone', () => {
    expect(proofLimits([])[0]).toMatch(/^Approvals rest on the Teams sign-in alone/);
    expect(proofLimits(['create', 'retire'])[0]).toContain('(rotate, exclude, repair, disable, enable, handover)');
    expect(proofLimits(REQUEST_KINDS)).toEqual([]);
  });
});
