import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type PersonName, ROLE_GROUPS, TENANTS } from '../../sandbox/world.ts';
import { BROWSER_HINT, browserPath, launch } from '../support/browser.ts';
import { ProofBrowser } from '../support/proofBrowser.ts';
import { createInputs, has, idOf, type Message, SandboxProcess, text } from '../support/sandbox.ts';

const there = await browserPath();

describe('AU-9: the second proof, asked for on create', () => {
  const sandbox = new SandboxProcess({ BREAKGLASS_SECOND_PROOF: 'create', BREAKGLASS_PROOF_AUTHENTICATION_CONTEXT: 'c1' });
  let number = 0;
  let untouched: Message | undefined;

  beforeAll(() => sandbox.start());
  afterAll(() => sandbox.stop());

  /** A new request of Rita's, as its card in the channel. */
  async function request(): Promise<Message> {
    number += 1;
    const name = `ea-proof-${number}`;
    const { messageId } = await sandbox.say('rita', 'channel', 'create contoso');
    await sandbox.press('rita', messageId, 'create.submit', createInputs(name));
    return sandbox.message('ann', 'channel', has('request.approve', name));
  }
  const approve = (who: PersonName, card: Message) => sandbox.press(who, card.id, 'request.approve');
  const linkFor = async (who: PersonName, card: Message) => (await approve(who, card)).signInUrl;
  /** The card as everybody sees it who has pressed nothing. */
  const shared = async (card: Message) => text((await sandbox.messages('fay', 'channel')).find(({ id }) => id === card.id));
  const comesTo = (card: Message, words: RegExp) =>
    sandbox.message('fay', 'channel', (message) => message.id === card.id && words.test(text(message)));

  test('AU-9: Approve decides nothing: it answers with a link, once the presser could approve at all', async () => {
    const card = await request();
    const pressed = await approve('ann', card);
    expect(pressed.signInUrl).toMatch(new RegExp(`^${sandbox.botUrl}/prove/[\\w-]{43}$`));
    expect(text({ card: pressed.card })).toContain('Nothing is recorded yet');
    expect(await shared(card)).toContain('0 of 2');
    for (const who of ['rita', 'rita2', 'mal', 'gus', 'dana'] as const) {
      const refused = await approve(who, card);
      expect({ who, link: refused.signInUrl, said: Boolean(refused.message) }).toEqual({ who, link: undefined, said: true });
    }
    const back = await sandbox.press('ann', card.id, 'request.refresh');
    expect(text({ card: back.card })).toContain('0 of 2');
  });

  test('AU-9: signing in as the person who pressed counts, once; the plan runs after two proofs and not before', async () => {
    const card = await request();
    const link = await linkFor('ann', card);
    const page = await new ProofBrowser().prove(link, 'ann');
    expect(page.text).toContain('Your approval is recorded');
    expect(page.text).toContain('Approved: New emergency access account ea-proof-');
    expect(page.status).toBe(200);
    await comesTo(card, /1 of 2/);
    expect(await sandbox.writes()).toEqual([]);

    const again = await new ProofBrowser().open(link ?? '');
    expect(again.status).toBe(400);
    expect((await approve('ann', card)).message).toMatch(/already/i);
    expect(await shared(card)).toContain('1 of 2');

    await new ProofBrowser().prove(await linkFor('bob', card), 'bob');
    await comesTo(card, /read back as planned/i);
    expect((await sandbox.writes()).length).toBeGreaterThanOrEqual(5);
  });

  test('AU-9: an answer that was used does not count again, not even at the same instant', async () => {
    const card = await request();
    const browser = new ProofBrowser();
    const answer = await browser.signIn(await linkFor('ann', card), 'ann');
    const twice = await Promise.all([browser.open(answer), browser.open(answer)]);
    expect(twice.map(({ status }) => status).sort()).not.toEqual([200, 200]);
    expect((await browser.open(answer)).status).toBe(400);
    await comesTo(card, /1 of 2/);
  });

  test('AU-9: a ticket is for one person: Bob’s sign-in on Ann’s link is refused, and Ann’s still counts', async () => {
    const card = await request();
    const link = await linkFor('ann', card);
    const other = await new ProofBrowser().prove(link, 'bob');
    expect(other.status).toBe(403);
    expect(other.text).toContain('somebody other than the person who pressed');
    expect(await shared(card)).toContain('0 of 2');
    expect((await new ProofBrowser().prove(link, 'ann')).status).toBe(200);
    await comesTo(card, /1 of 2/);
  });

  test('AU-9: after its minutes a ticket is worth nothing, before the sign-in and after it', async () => {
    const card = await request();
    const [fresh, old] = [await linkFor('ann', card), await linkFor('bob', card)];
    const browser = new ProofBrowser();
    const answer = await browser.signIn(fresh, 'ann');
    await sandbox.advance('PT6M');
    expect((await browser.open(answer)).status).toBe(400);
    const late = await new ProofBrowser().open(old ?? '');
    expect([late.status, late.location]).toEqual([400, null]);
    expect(await shared(card)).toContain('0 of 2');
  });

  test('AU-9: an answer counts only in the browser that began, with the state, code and ticket that belong together', async () => {
    const card = await request();
    const [mine, other] = [new ProofBrowser(), new ProofBrowser()];
    const link = await linkFor('ann', card);
    const answer = new URL(await mine.signIn(link, 'ann'));
    const foreign = new URL(await other.signIn(await linkFor('ann', card), 'ann'));
    expect((await new ProofBrowser().open(answer.href)).status).toBe(400); // no cookie
    expect((await other.open(answer.href)).status).toBe(400); // another sign-in's cookie
    const swapped = new URL(answer);
    swapped.searchParams.set('code', foreign.searchParams.get('code') ?? '');
    expect((await mine.open(swapped.href)).status).toBe(400); // another sign-in's code
    expect(await shared(card)).toContain('0 of 2');
    for (const spoilt of ['', 'A'.repeat(43)]) {
      const url = new URL(await mine.signIn(link, 'ann'));
      url.searchParams.set('state', spoilt);
      expect((await mine.open(url.href)).status).toBe(400);
    }
    expect(await shared(card)).toContain('0 of 2');
    expect((await mine.prove(link, 'ann')).status).toBe(200);
  });

  test.each([
    ['another tenant', { tid: '9d9f3c55-0000-4000-8000-00000000e0e0' }],
    ['another issuer', { iss: 'https://login.microsoftonline.com/9d9f3c55-0000-4000-8000-00000000e0e0/v2.0' }],
    ['another audience', { aud: 'b07b07b0-0000-4000-8000-00000000b001' }],
    ['another nonce', { nonce: 'x' }],
    ['no nonce', { nonce: null }],
    ['an old authentication', { auth_time: 1_700_000_000 }],
    ['no time of authentication', { auth_time: null }],
    ['no authentication context', { acrs: null }],
    ['another authentication context', { acrs: ['c2'] }],
    ['no object id', { oid: null }],
    ['an id token that has expired', { exp: 1_700_000_000 }],
  ])('AU-9: an id token with %s proves nothing', async (_what, claims) => {
    untouched ??= await request();
    const page = await new ProofBrowser().prove(await linkFor('ann', untouched), 'ann', claims);
    expect(page.status).toBe(400);
    expect(page.text).toContain('This sign-in does not count');
    expect(await shared(untouched)).toContain('0 of 2');
  });

  test('AU-9: rights are read anew when the answer comes: who is no approver any more does not count', async () => {
    const card = await request();
    const browser = new ProofBrowser();
    const answer = await browser.signIn(await linkFor('cy', card), 'cy');
    const member = { tenantId: TENANTS.contoso.id, groupId: ROLE_GROUPS.approver, userId: idOf('cy') };
    await sandbox.byHand({ do: 'remove-from-group', ...member });
    const page = await browser.open(answer);
    await sandbox.byHand({ do: 'add-to-group', ...member });
    expect([page.status, page.text]).toEqual([403, expect.stringContaining('approvers group')]);
    expect(await shared(card)).toContain('0 of 2');
  });

  test('AU-9: an activity of the channel alone never counts, whatever it carries (a stolen token, a stolen bot secret)', async () => {
    const card = await request();
    const [found] = JSON.stringify(card.card).match(/"id":"R-[0-9A-Z]+","digest":"[0-9a-f]{64}"/) ?? [];
    const { id, digest } = JSON.parse(`{${found}}`) as { id: string; digest: string };
    const signedIn = { ticketHash: 'a'.repeat(64), at: new Date().toISOString() };
    for (const who of ['ann', 'bob', 'cy'] as const) {
      for (const more of [{}, { signedIn }, { proof: { method: 'oidc', at: signedIn.at }, secondProof: false }]) {
        const action = { type: 'Action.Execute', verb: 'request.approve', data: { id, digest, ...more } };
        const answered = await sandbox.raw(who, { type: 'invoke', name: 'adaptiveCard/action', value: { action }, replyToId: card.id });
        expect(answered.status).toBe(200);
      }
    }
    expect(await shared(card)).toContain('0 of 2');
    const wrong = await sandbox.raw('ann', {
      type: 'invoke',
      name: 'adaptiveCard/action',
      value: { action: { type: 'Action.Execute', verb: 'request.approve', data: { id, digest: 'b'.repeat(64) } } },
      replyToId: card.id,
    });
    expect(JSON.stringify(wrong.body)).toContain('The plan is not the one your card showed');
    expect(JSON.stringify(wrong.body)).not.toContain('/prove/');
  });

  test('AU-9: Deny asks for a proof too, and takes the reason that was typed', async () => {
    const card = await request();
    const without = await sandbox.press('ann', card.id, 'request.deny');
    expect([without.signInUrl, without.message]).toEqual([undefined, expect.stringMatching(/reason/i)]);
    const pressed = await sandbox.press('ann', card.id, 'request.deny', { reason: 'Wrong tenant & <b>name</b>' });
    expect(await shared(card)).toContain('0 of 2');
    const page = await new ProofBrowser().prove(pressed.signInUrl, 'ann');
    expect(page.text).toContain('Your denial is recorded');
    expect(text(await comesTo(card, /denied/i))).toContain('Wrong tenant & <b>name</b>');
  });

  test('AU-9: an approval proven after somebody denied is refused in words', async () => {
    const card = await request();
    const link = await linkFor('ann', card);
    await new ProofBrowser().prove((await sandbox.press('bob', card.id, 'request.deny', { reason: 'no' })).signInUrl, 'bob');
    const page = await new ProofBrowser().prove(link, 'ann');
    expect([page.status, page.text]).toEqual([403, expect.stringContaining('was denied')]);
  });

  test('AU-9: pages have no script, no cache and no referrer; the login is asked to authenticate anew with PKCE', async () => {
    const card = await request();
    const browser = new ProofBrowser();
    const link = await linkFor('ann', card);
    const start = await browser.open(link ?? '');
    expect(start.status).toBe(303);
    const sent = new URL(start.location ?? '').searchParams;
    expect(Object.fromEntries(sent)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      prompt: 'login',
      max_age: '0',
      redirect_uri: `${sandbox.botUrl}/prove/callback`,
      claims: '{"id_token":{"acrs":{"essential":true,"value":"c1"}}}',
    });
    expect([sent.has('login_hint'), sent.get('state')?.length, sent.get('nonce')?.length]).toEqual([false, 43, 43]);
    expect(start.headers.get('set-cookie')).toMatch(/; Path=\/; HttpOnly; SameSite=Lax$/);
    const page = await browser.prove(link, 'ann');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page.text).not.toMatch(/<script|javascript:/i);
    for (const answer of [start, page]) expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('AU-9, HT-1: under /prove nothing else is there; a made-up ticket learns nothing', async () => {
    const open = async (path: string, method = 'GET') => (await fetch(sandbox.botUrl + path, { method, redirect: 'manual' })).status;
    for (const path of ['/prove', '/prove/', '/prove/:ticket', '/prove/x', `/prove/${'a'.repeat(44)}`, `/prove/${'a'.repeat(43)}/x`]) {
      expect({ path, status: await open(path) }).toEqual({ path, status: 404 });
    }
    expect(await open(`/prove/${'a'.repeat(43)}`, 'POST')).toBe(405);
    const made = await new ProofBrowser().open(`${sandbox.botUrl}/prove/${'a'.repeat(43)}`);
    const none = await new ProofBrowser().open(`${sandbox.botUrl}/prove/callback?code=x&state=y`);
    expect([made.status, none.status, made.text === none.text]).toEqual([400, 400, true]);
  });

  (there === undefined ? test.skip : test)(
    `AU-9: in Teams it is one button, one tap, and the card follows (without a browser: ${BROWSER_HINT})`,
    async () => {
      const card = await request();
      const browser = await launch();
      try {
        const teams = await browser.newPage();
        teams.setDefaultTimeout(60_000);
        await teams.goto(sandbox.pageUrl);
        await teams.getByTestId('person-switcher').click();
        await teams.getByTestId('person-ann').click();
        await teams.locator('[data-testid=person-switcher][data-person=ann]').waitFor();
        await teams.getByTestId('conversation-channel').click();
        const shown = teams.locator('[data-testid=message][data-from=bot]').filter({ hasText: `ea-proof-${number}@` });
        await shown.getByRole('button', { name: 'Approve', exact: true }).click();
        const opened = teams.context().waitForEvent('page');
        await shown
          .getByRole('button', { name: 'Sign in to confirm' })
          .or(shown.getByRole('link', { name: 'Sign in to confirm' }))
          .click();
        const login = await opened;
        await login.getByRole('button', { name: 'Ann Archer' }).click();
        await login.getByText('Your approval is recorded').waitFor();
        await shown.getByText('1 of 2').first().waitFor();
        await comesTo(card, /1 of 2/);
      } finally {
        await browser.close();
      }
    },
  );

  test('AU-9: kill -9 between sign-in and answer loses nothing', async () => {
    const card = await request();
    const browser = new ProofBrowser();
    const answer = await browser.signIn(await linkFor('ann', card), 'ann');
    await sandbox.kill();
    await sandbox.start();
    expect((await browser.open(answer)).status).toBe(200);
    await comesTo(card, /1 of 2/);
  });

  test('AU-8, AU-9: no ticket, code or token stands in the log', () => {
    expect(sandbox.log).not.toMatch(/\/prove\/[\w-]{43}|eyJ[\w-]{20}|[?&]code=/);
  });
});

describe('AU-9: without the setting for create', () => {
  const sandbox = new SandboxProcess();
  beforeAll(() => sandbox.start());
  afterAll(() => sandbox.stop());

  test('AU-9: a click counts at once, as before', async () => {
    const { messageId } = await sandbox.say('rita', 'channel', 'create contoso');
    await sandbox.press('rita', messageId, 'create.submit', createInputs('ea-plain-1'));
    const card = await sandbox.message('ann', 'channel', has('request.approve', 'ea-plain-1'));
    const pressed = await sandbox.press('ann', card.id, 'request.approve');
    expect([pressed.signInUrl, text({ card: pressed.card }).includes('1 of 2')]).toEqual([undefined, true]);
  });
});
