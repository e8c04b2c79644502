import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { type PersonName, TENANTS } from '../../sandbox/world.ts';
import { BROWSER_HINT, browserPath, launch } from '../support/browser.ts';
import { has, SandboxProcess, type Where } from '../support/sandbox.ts';

const NAME = 'ea-page-01';
const UPN = `${NAME}@${TENANTS.contoso.initialDomain}`;

const there = await browserPath();

(there === undefined ? describe.skip : describe)(`the main job, through the page (without a browser: ${BROWSER_HINT})`, () => {
  const sandbox = new SandboxProcess();
  const parts: string[] = [];
  const faults: string[] = [];
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    await sandbox.start();
    browser = await launch();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(60_000); // earlier than jest, and says what it waited for
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    await page.goto(sandbox.pageUrl);
  });

  afterAll(async () => {
    await browser?.close();
    await sandbox.stop();
  });

  const button = (name: string, within: Locator | Page = page) => within.getByRole('button', { name, exact: true });
  /** Messages of the conversation in sight that say all of this. */
  const messages = (...words: (string | RegExp)[]) =>
    words.reduce((found, hasText) => found.filter({ hasText }), page.locator('[data-testid=message][data-from=bot]'));
  const requestCard = () => messages(UPN, 'Approvals:');

  async function be(name: PersonName, where: Where = 'channel'): Promise<void> {
    await page.getByTestId('person-switcher').click();
    await page.getByTestId(`person-${name}`).click();
    await page.locator(`[data-testid=person-switcher][data-person=${name}]`).waitFor();
    await page.getByTestId(`conversation-${where}`).click();
    await page.locator(`[data-testid=conversation-${where}][aria-current=page]`).waitFor();
  }

  test('a stranger meets the bot in the channel, and a tour that says what to do first', async () => {
    await messages('Breakglass is here').waitFor();
    const first = page.getByTestId('tour').locator('[aria-current=step]');
    await button('Write “create contoso”', first).click();
    expect(await page.getByTestId('composer').inputValue()).toBe('create contoso');
  });

  test('Rita fills in the form; what is missing is named at its field, then the request stands in the channel', async () => {
    await page.getByTestId('send').click();
    const form = messages('Ask for an emergency access account').last();
    await button('Ask for approval', form).click();
    await form.getByText('Give the account a display name.').waitFor();
    await form.getByLabel('User name (before the @)').fill(NAME);
    await form.getByLabel('Display name').fill('Emergency access');
    await form.getByLabel('Usage location').fill('DE');
    // The tenant allows security keys, so they are what the form begins with; this account is to have a password.
    await form.getByText('Contoso allows security keys, so they are chosen.').waitFor();
    const credential = form.getByLabel('Credential');
    expect(await credential.locator('option:checked').textContent()).toBe('Security keys, one for each custodian (passkeys)');
    await credential.selectOption('Password in parts, one for each custodian');
    await form.getByLabel('Dana Diaz').check();
    await form.getByLabel('Eli Evans').check();
    await form.getByLabel('Oona Olsen').check();
    await form.getByLabel('Reason').fill('Two accounts per tenant, as the guidance asks');
    await button('Ask for approval', form).click();
    await requestCard().filter({ hasText: 'Two accounts per tenant, as the guidance asks' }).waitFor();
    await requestCard().getByText('Approvals: 0 of 2').waitFor();
  });

  test('Rita presses Approve and reads why she may not', async () => {
    await button('Approve', requestCard()).click();
    await requestCard()
      .getByTestId('notice')
      .getByText(/you asked for this yourself/i)
      .waitFor();
    await requestCard().getByText('Approvals: 0 of 2').waitFor();
  });

  test('Rita changes her request; what she types stays while Ann approves and the card is drawn anew', async () => {
    await button('Edit', requestCard()).click();
    const dialog = page.getByTestId('dialog');
    await dialog.getByLabel('Reason').fill('One is away half of the year');
    const card = await sandbox.message('ann', 'channel', has('request.approve', NAME));
    await sandbox.press('ann', card.id, 'request.approve');
    await requestCard().getByText('Approvals: 1 of 2').waitFor();
    expect(await dialog.getByLabel('Reason').inputValue()).toBe('One is away half of the year');
    await dialog.getByLabel('Eli Evans').uncheck();
    await button('Ask for approval of the change', dialog).click();
    await dialog.getByText('One thing needs correcting').waitFor();
    expect(await dialog.getByLabel('Reason').inputValue()).toBe('One is away half of the year');
    await dialog.getByLabel('Eli Evans').check();
    await button('Ask for approval of the change', dialog).click();
    await dialog.waitFor({ state: 'detached' });
    await requestCard().getByText('Approvals: 0 of 2').waitFor();
    await requestCard().getByText('One is away half of the year').waitFor();
  });

  test('Ann and Bob approve; every step of the plan ticks on the card', async () => {
    await be('ann');
    await button('Approve', requestCard()).click();
    await requestCard().getByText('Approvals: 1 of 2').waitFor();
    expect(await requestCard().getByTestId('notice').count()).toBe(0); // Rita's refusal is Rita's
    await be('bob');
    await button('Approve', requestCard()).click();
    await requestCard().getByText('read back as planned').waitFor();
    await requestCard().getByText('✓', { exact: true }).nth(8).waitFor(); // seven steps, two approvals
    expect(await button('Approve').count()).toBe(0);
  });

  test.each(['dana', 'eli'] as const)('%s opens the part once and confirms it stored; the page forgets it', async (name) => {
    await be(name, 'personal');
    const card = messages('password', UPN).last();
    await button('Show my part', card).click();
    const dialog = page.getByTestId('dialog');
    const part = (await dialog.locator('#part').textContent()) ?? '';
    expect(part).toHaveLength(20);
    await button('Show my part').waitFor({ state: 'detached' }); // a second time is not even offered
    await dialog.getByLabel('Where it is kept').fill(`Safe of ${name}`);
    await dialog.getByLabel('Seal number').fill('S-1');
    await button('I have stored it', dialog).click();
    await dialog.waitFor({ state: 'detached' });
    await messages(UPN, `Safe of ${name}`).waitFor();
    expect(await page.content()).not.toContain(part);
    expect(await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, window.name]))).not.toContain(part);
    parts.push(part);
  });

  test('the joined parts sign in; the alert comes into sight in the channel and Ann acknowledges it', async () => {
    await be('ann');
    await page.getByTestId('signin-upn').fill(UPN);
    for (const [index, part] of parts.entries()) await page.getByTestId(`signin-part-${index + 1}`).fill(part);
    await page.getByTestId('signin-submit').click();
    await page.getByTestId('signin-result').getByText('Signed in.').waitFor();
    const alert = messages('Somebody signed in', UPN);
    await button('Acknowledge', alert).waitFor();
    expect(await alert.evaluate((element) => element.getBoundingClientRect().top < innerHeight)).toBe(true);
    await button('Acknowledge', alert).click();
    await alert.getByText('Acknowledged by Ann Archer').waitFor();
    await button('Acknowledge').waitFor({ state: 'detached' });
    expect(await page.content()).not.toContain(parts[0]);
  });

  test('76 days later Oona finds a reminder in her chat; past 90 days the channel has it too', async () => {
    await page.getByTestId('clock-advance-P76D').click();
    await page.getByTestId('person-switcher').locator('.dot').waitFor();
    expect(await messages('Validation').count()).toBe(0);
    await be('oona', 'personal');
    await messages('Validation due in 14 days', UPN).waitFor();
    await page.getByTestId('clock-advance-P14D').click();
    await messages('Validation due', UPN).nth(1).waitFor();
    await page.getByTestId('clock-advance-P1D').and(page.locator(':enabled')).click();
    await be('ann');
    await messages('Validation overdue by 1 day', UPN).waitFor();
  });

  test('the list of people stays open when a message comes meanwhile, and points to whom it came', async () => {
    await page.getByTestId('person-switcher').click();
    await sandbox.say('cy', 'personal', 'whoami');
    await page.getByTestId('person-cy').locator('.dot').waitFor();
    await page.keyboard.press('Escape');
  });

  test('who reads further up is told of a new message and led to it, not torn away', async () => {
    await page.locator('.messages').evaluate((element) => element.scrollTo(0, 0));
    await sandbox.say('cy', 'channel', 'help');
    await button('New message').waitFor();
    expect(await page.locator('.messages').evaluate((element) => element.scrollTop)).toBe(0);
    await button('New message').click();
    await button('New message').waitFor({ state: 'hidden' });
    // A long card is read from its top: that is what has to be in the pane, wherever its end is.
    const top = await messages('What I can do for you').evaluate((element) => element.getBoundingClientRect().top);
    const pane = await page.locator('.messages').evaluate((element) => element.getBoundingClientRect().toJSON() as DOMRect);
    expect(top).toBeGreaterThanOrEqual(pane.top - 1);
    expect(top).toBeLessThan(pane.bottom - 100);
  });

  test('what goes wrong past the bot is an alert; what was made to fail is well again at one press', async () => {
    const did = (words: RegExp) => page.getByTestId('mishap-result').getByText(words).waitFor();
    await page.getByTestId('mishap-what').selectOption({ label: 'Register a phone for it' });
    await page.getByTestId('mishap-upn').fill(UPN);
    await page.getByTestId('mishap-submit').click();
    await did(/Watch for the alert/);
    await messages('Sign-in methods of an emergency access account changed', 'Hana Holt').waitFor();
    const fails = async (path: string): Promise<unknown> => (await fetch(`${sandbox.tenantUrl}${path}`)).json();
    await page.getByTestId('mishap-what').selectOption({ label: 'Azure Monitor calls nobody' });
    await page.getByTestId('mishap-submit').click();
    await did(/A drill names the hop/);
    expect(await fails('/sandbox/faults')).toMatchObject([{ feed: 'azure-monitor' }]);
    await page.getByTestId('mishap-heal').click();
    await did(/Nothing fails any more/);
    expect(await fails('/sandbox/faults')).toEqual([]);
    const rule = { name: 'breakglass-contoso-sign-ins' };
    await page.getByTestId('mishap-what').selectOption({ label: 'Switch off the rule on sign-ins' });
    await page.getByTestId('mishap-submit').click();
    await did(/Azure is read back every 15 minutes/);
    expect(await fails('/sandbox/azure')).toMatchObject({
      resources: expect.arrayContaining([expect.objectContaining({ ...rule, enabled: false })]),
    });
    await page.getByTestId('mishap-heal').click();
    await did(/Azure is as shipped/);
    expect(await fails('/sandbox/azure')).toMatchObject({
      resources: expect.arrayContaining([expect.objectContaining({ ...rule, enabled: true })]),
    });
  });

  test('the tour ticked what was done, and nothing went wrong on the way', async () => {
    await page.getByTestId('tour').getByText('9 of 12').waitFor();
    await page.getByTestId('tour').locator('[aria-current=step]').getByText('Oona drills it').waitFor();
    expect(await page.title()).toContain('Ann Archer');
    expect(faults).toEqual([]);
  });
});
