import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { sandboxClock } from '../../sandbox/clock.ts';
import { openDocuments } from '../../sandbox/documents.ts';
import { startTeams, type TeamsServer } from '../../sandbox/teams/server.ts';
import { TENANTS } from '../../sandbox/world.ts';
import { browserPath, launch } from '../support/browser.ts';

const aCard = (fields: object) => ({ type: 'AdaptiveCard', version: '1.5', ...fields });
const CARD = aCard({
  body: [
    { type: 'TextBlock', text: '<img src=x onerror=alert(1)> [here](javascript:alert(2)) and no more', wrap: true },
    { type: 'Input.Text', id: 'reason', label: 'Why', isRequired: true, errorMessage: 'Say why' },
    { type: 'Badge', text: 'x', fallback: { type: 'TextBlock', text: 'the fallback' } },
  ],
  actions: [
    { type: 'Action.Execute', title: 'Approve', verb: 'request.approve', associatedInputs: 'none' },
    { type: 'Action.Execute', title: 'Deny', verb: 'request.deny', data: { id: 'R1' } },
    { type: 'Action.Submit', title: 'Reveal', associatedInputs: 'none', data: { verb: 'part.reveal', msteams: { type: 'task/fetch' } } },
  ],
});
const PART = aCard({
  body: [{ type: 'TextBlock', id: 'part', text: 'a-secret-part' }],
  actions: [{ type: 'Action.Submit', title: 'Stored' }],
});

/** A bot that shows `CARD`, refuses approvals, takes denials and opens a dialog. */
function answerTo({ type, name, value }: { type: string; name?: string; value?: { action?: { verb?: string } } }): object | undefined {
  if (type !== 'invoke') return undefined;
  if (name === 'task/fetch') return { task: { type: 'continue', value: { title: 'Your part', card: { content: PART } } } };
  if (name === 'task/submit') return { task: { type: 'message', value: 'Recorded.' } };
  return value?.action?.verb === 'request.approve'
    ? { statusCode: 403, type: 'application/vnd.microsoft.error', value: { code: 'own-request', message: 'It is your own request.' } }
    : { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: 'Denied.' };
}

const there = await browserPath();

(there === undefined ? describe.skip : describe)('the web client', () => {
  let bot: Server;
  let teams: TeamsServer;
  let browser: Browser;
  let page: Page;
  let tenant: Server;
  const asked: unknown[] = [];
  const heard: unknown[] = [];
  const faults: string[] = [];

  beforeAll(async () => {
    bot = createServer((request, response) => {
      let text = '';
      request.on('data', (part) => {
        text += part;
      });
      request.on('end', async () => {
        const activity = JSON.parse(text);
        heard.push(activity);
        if (activity.type === 'message') {
          const attachments = [{ contentType: 'application/vnd.microsoft.card.adaptive', content: CARD }];
          await fetch(`${teams.url}/v3/conversations/${encodeURIComponent(activity.conversation.id)}/activities/${activity.id}`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', authorization: 'Bearer good' },
            body: JSON.stringify({ type: 'message', attachments }),
          });
        }
        const body = answerTo(activity);
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(body && JSON.stringify(body));
      });
    });
    await new Promise<void>((done) => bot.listen(0, '127.0.0.1', done));
    const { port } = bot.address() as AddressInfo;
    tenant = createServer((request, response) => {
      let text = '';
      request.on('data', (part) => {
        text += part;
      });
      request.on('end', () => {
        if (text !== '') asked.push(JSON.parse(text));
        response.setHeader('access-control-allow-origin', request.headers.origin ?? '');
        response.setHeader('access-control-allow-headers', 'content-type');
        response.setHeader('access-control-allow-methods', 'GET, POST, DELETE');
        const answer = request.url?.endsWith('clock')
          ? { now: '2027-02-06T10:00:00.000Z' }
          : { result: 'failure', errorCode: 50126, signInId: 's-1' };
        response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
      });
    });
    await new Promise<void>((done) => tenant.listen(0, '127.0.0.1', done));
    teams = await startTeams({
      port: 0,
      documents: openDocuments(':memory:'),
      clock: sandboxClock(),
      botEndpoint: `http://127.0.0.1:${port}/api/messages`,
      verifyBotToken: async () => undefined,
      tenantUrl: `http://127.0.0.1:${(tenant.address() as AddressInfo).port}`,
    });
    browser = await launch();
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('dialog', (dialog) => faults.push(`script ran: ${dialog.message()}`));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    await page.goto(teams.url);
  });

  afterAll(async () => {
    await browser?.close();
    await teams?.close();
    for (const server of [bot, tenant]) {
      server?.closeAllConnections();
      server?.close();
    }
  });

  test('shows what was typed and the card that answers it, every text as text', async () => {
    await page.getByTestId('composer').fill('requests');
    await page.getByTestId('send').click();
    const card = page.locator('[data-testid=message][data-from=bot]');
    await card.getByText('and no more').waitFor();
    expect(await card.textContent()).toContain('<img src=x onerror=alert(1)>');
    expect(await card.textContent()).toContain('the fallback');
    expect(await card.locator('a').count()).toBe(0);
  });

  test('a refusal and an answer are readable under the card; a required input is asked for first', async () => {
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    await page.getByTestId('notice').getByText('It is your own request.').waitFor();
    await page.getByRole('button', { name: 'Deny', exact: true }).click();
    await page.getByText('Say why').waitFor();
    await page.getByLabel('Why').fill('wrong tenant');
    await page.getByRole('button', { name: 'Deny', exact: true }).click();
    await page.getByTestId('notice').getByText('Denied.').waitFor();
    expect(heard.at(-1)).toMatchObject({ value: { action: { verb: 'request.deny', data: { id: 'R1', reason: 'wrong tenant' } } } });
  });

  test('a dialog leaves nothing of itself in the page', async () => {
    await page.getByRole('button', { name: 'Reveal' }).click();
    await page.getByTestId('dialog').getByText('a-secret-part').waitFor();
    await page.keyboard.press('Escape');
    await page.getByTestId('dialog').waitFor({ state: 'detached' });
    expect(await page.content()).not.toContain('a-secret-part');
    await page.getByRole('button', { name: 'Reveal' }).click();
    await page.getByRole('button', { name: 'Stored' }).click();
    await page.getByTestId('notice').getByText('Recorded.').waitFor();
    expect(await page.content()).not.toContain('a-secret-part');
  });

  test('one can be another person; an outsider sees no channel', async () => {
    await page.getByTestId('person-switcher').click();
    await page.getByTestId('person-eve').click();
    await page.getByText('Say hello').waitFor();
    expect(await page.getByTestId('conversation-channel').count()).toBe(0);
    await page.getByTestId('person-switcher').click();
    await page.getByTestId('person-ann').click();
    await page.getByTestId('conversation-channel').click();
    await page.getByTestId('message').first().waitFor();
    expect(await page.getByTestId('notice').count()).toBe(0); // Rita's answers are Rita's
  });

  test('signs in to a tenant with the parts joined, and moves the clock', async () => {
    await page.getByTestId('signin-tenant').selectOption('northwind');
    await page.getByTestId('signin-upn').fill('ea@northwind.onmicrosoft.com');
    await page.getByTestId('signin-part-1').fill(' first-');
    await page.getByTestId('signin-part-2').fill('second ');
    await page.getByTestId('signin-submit').click();
    await page.getByTestId('signin-result').getByText('Wrong user name or password.').waitFor();
    const attempt = {
      tenantId: TENANTS.northwind.id,
      userPrincipalName: 'ea@northwind.onmicrosoft.com',
      password: 'first-second',
      app: 'Graph Explorer',
    };
    expect(asked).toEqual([attempt]);
    expect(await page.getByTestId('signin-part-1').inputValue()).toBe('');
    await page.getByTestId('clock-advance-P76D').click();
    await page.getByTestId('clock-now').getByText('2027').waitFor();
    expect(asked.at(-1)).toEqual({ advance: 'P76D' });
  });

  test('silences Azure by hand: asks for what has to be chosen, and says what to do then', async () => {
    const what = page.getByTestId('mishap-what');
    const rule = 'breakglass-contoso-sign-ins';
    await page.getByTestId('mishap-tenant').selectOption('contoso');
    for (const [label, asksTenant, asksAccount, deed] of [
      ['Switch off the rule on sign-ins', true, false, { do: 'disable-rule', rule }],
      ['Take an account out of that rule', true, true, { userPrincipalName: 'ea@contoso', do: 'remove-account', rule }],
      ['Take the right to see its diagnostic settings', true, false, { do: 'take-right' }],
      ['Hold all alerts back by a processing rule', false, false, { do: 'add-processing-rule' }],
      ['Switch off the action group that calls the bot', false, false, { do: 'disable-action-group' }],
    ] as const) {
      await what.selectOption({ label });
      expect([label, await page.getByTestId('mishap-tenant').isVisible()]).toEqual([label, asksTenant]);
      expect([label, await page.getByTestId('mishap-upn').isVisible()]).toEqual([label, asksAccount]);
      if (asksAccount) await page.getByTestId('mishap-upn').fill(' ea@contoso ');
      await page.getByTestId('mishap-submit').click();
      await page.getByTestId('mishap-result').getByText('move time').waitFor();
      await page.locator('[data-testid=mishap-submit]:enabled').waitFor();
      expect(asked.at(-1)).toEqual({ tenantId: TENANTS.contoso.id, ...deed });
    }
    await page.getByTestId('mishap-heal').click();
    await page.getByTestId('mishap-result').getByText('Azure is as shipped').waitFor();
    expect(asked).toEqual(
      expect.arrayContaining([
        ...[{ do: 'deploy' }, { do: 'remove-processing-rules' }, { do: 'give-right', right: 'processing-rules' }],
        { do: 'give-right', tenantId: TENANTS.contoso.id },
      ]),
    );
  });

  test('raised no error and broke no rule of its content security policy', () => {
    expect(faults).toEqual([]);
  });
});
