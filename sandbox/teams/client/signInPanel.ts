import { registerMethod, type SignIn, signIn } from './api.ts';
import { h } from './dom.ts';
import { doneNotice, field, labelled, select, showingResult } from './form.ts';
import { icon } from './icons.ts';
import type { State } from './state.ts';

const MOST_PARTS = 3;

/** Entra sign-in error codes a person is likely to meet here. Learn, "Microsoft Entra authentication and authorization error codes". */
const REASONS: Readonly<Record<number, string>> = {
  50034: 'There is no such user in this tenant.',
  50053: 'The account is locked after too many wrong attempts.',
  50055: 'The password has expired.',
  50057: 'The account is disabled.',
  50072: 'Another method must be registered first (multifactor authentication).',
  50074: 'A stronger method is needed (multifactor authentication).',
  50076: 'A stronger method is needed (multifactor authentication).',
  50079: 'Another method must be registered first (multifactor authentication).',
  50126: 'Wrong user name or password.',
  53000: 'A device the tenant trusts is needed.',
  53003: 'A Conditional Access policy blocked it.',
  500121: 'This method is not registered for the account.',
};

/** How somebody signs in; with `method` empty only the password counts. */
const METHODS = [
  ['Password', ''],
  ['Password and Authenticator', 'microsoftAuthenticator'],
  ['Passkey', 'fido2'],
  ['Pass: register a security key', 'register'],
  ['Pass: register a synced passkey', 'register-synced'],
] as const;
const registers = (method: string): boolean => method.startsWith('register');

/** Where to; the first asks for no second factor of its own accord, the admin portals always do. */
const APPS = ['Graph Explorer', 'Azure Portal', 'Microsoft Entra admin center', 'Microsoft Azure CLI'];

/** A real attempt to sign in against the tenant's state, as in an emergency: the password is put together from its parts. */
export function signInPanel(state: State, tried: (attempt: SignIn) => void): HTMLElement {
  const options = state.world.tenants.map(({ name, displayName }) => h('option', { value: name }, displayName));
  const tenant = select('signin-tenant', options);
  const method = select(
    'signin-method',
    METHODS.map(([label, value]) => h('option', { value }, label)),
  );
  const app = select(
    'signin-app',
    APPS.map((name) => h('option', { value: name }, name)),
  );
  const upn = field('signin-upn', { placeholder: `user@${state.world.tenants[0]?.initialDomain ?? ''}` });
  const parts = h('div.parts');
  const addPart = (): void => {
    const number = parts.children.length + 1;
    // Shown while typed: it is read off paper, and it is not this browser's to remember.
    const input = field(`signin-part-${number}`, { placeholder: `Part ${number}`, 'aria-label': `Password part ${number}` });
    input.classList.add('mono');
    parts.append(input);
    more.hidden = number === MOST_PARTS;
  };
  const more = h('button.link-button', { type: 'button', onclick: addPart }, 'Add a part');
  addPart();
  addPart();

  const passwordPart = h('div.password-part', {}, h('div.label', {}, 'Password, from its parts in order'), parts, more);
  const pass = field('signin-pass', { placeholder: 'Temporary Access Pass' });
  pass.classList.add('mono');
  const passPart = labelled('Temporary Access Pass', pass);
  passPart.hidden = true;
  method.addEventListener('change', () => {
    const registering = registers(method.value);
    passwordPart.hidden = method.value === 'fido2' || registering;
    passPart.hidden = !registering;
    appPart.hidden = registering;
    submit.textContent = registering ? 'Sign in and register' : 'Sign in';
  });

  const result = h('div.signin-result', { 'data-testid': 'signin-result', 'aria-live': 'polite' });
  const submit = h('button.button.primary', { type: 'submit', 'data-testid': 'signin-submit' }, 'Sign in') as HTMLButtonElement;
  const appPart = labelled('Application', app);
  const form = h(
    'form',
    { 'data-testid': 'signin-form', autocomplete: 'off' },
    labelled('Tenant', tenant),
    labelled('Sign-in name', upn),
    labelled('Method', method),
    passwordPart,
    passPart,
    appPart,
    submit,
    result,
  );
  tenant.addEventListener('change', () => {
    const domain = state.world.tenants.find(({ name }) => name === tenant.value)?.initialDomain;
    upn.placeholder = `user@${domain ?? ''}`;
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void showingResult(submit, result, attempt);
  });

  async function attempt(): Promise<HTMLElement> {
    const chosen = state.world.tenants.find(({ name }) => name === tenant.value);
    const password = [...parts.querySelectorAll('input')].map(({ value }) => value.trim()).join('');
    const userPrincipalName = upn.value.trim();
    if (registers(method.value)) {
      const registration = { tenantId: chosen?.id, userPrincipalName, method: 'fido2', temporaryAccessPass: pass.value.trim() };
      await registerMethod(state.world.tenantUrl, { ...registration, deviceBound: method.value === 'register' });
      pass.value = '';
      return doneNotice('Registered.');
    }
    const how = { ...(method.value !== 'fido2' && { password }), ...(method.value !== '' && { method: method.value }) };
    const answer = await signIn(state.world.tenantUrl, { tenantId: chosen?.id, userPrincipalName, ...how, app: app.value });
    for (const input of parts.querySelectorAll('input')) input.value = '';
    tried(answer);
    return said(answer);
  }

  return h(
    'section.panel-section',
    {},
    h('h2', {}, 'Sign in to a tenant'),
    h('p.panel-note', {}, 'As somebody would in an emergency. The bot is not asked; it only watches.'),
    form,
  );
}

function said({ result, errorCode, signInId }: SignIn): HTMLElement {
  const success = result === 'success';
  const words = success ? 'Signed in. Watch for the alert.' : `Refused (${errorCode}). ${REASONS[errorCode] ?? 'See the sign-in log.'}`;
  return h(
    `div.notice.notice-${success ? 'done' : 'refused'}`,
    { 'data-result': result },
    icon(success ? 'check' : 'warning', 18),
    h('div.notice-text', {}, words, h('span.fine', {}, ` Sign-in ${signInId}`)),
  );
}
