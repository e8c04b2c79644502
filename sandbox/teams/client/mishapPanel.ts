import { azureByHand, byHand, healAll, type Json, letFail, type Tenant } from './api.ts';
import { h } from './dom.ts';
import { doneNotice, field, labelled, select, showingResult } from './form.ts';
import type { State } from './state.ts';

/** Done to an account past the bot, by an administrator or whoever passes for one. */
interface Deed {
  readonly label: string;
  readonly deed: (tenant: Tenant) => Json;
}
/** Fails until it has happened `times`, or until all is well again. */
interface Failure {
  readonly label: string;
  readonly in: 'tenant' | 'teams';
  readonly fault: Json;
  readonly watch: string;
}

/** Done in Azure to what watches a tenant's accounts; `of` says what has to be chosen. */
interface Silencing {
  readonly label: string;
  readonly of: 'account' | 'tenant' | 'all';
  readonly deed: (rule: string) => Json;
}

const REFUSED = { status: 403, times: 1 };

const DEEDS: Readonly<Record<string, Deed>> = {
  phone: { label: 'Register a phone for it', deed: () => ({ do: 'register-method', method: 'phone' }) },
  exclusion: {
    label: 'Take it out of the exclusion group',
    deed: ({ exclusionGroupId }) => ({ do: 'remove-from-group', groupId: exclusionGroupId }),
  },
  role: { label: 'Take its role away', deed: () => ({ do: 'remove-role' }) },
  disable: { label: 'Disable it', deed: () => ({ do: 'disable-user' }) },
  delete: { label: 'Delete it', deed: () => ({ do: 'delete-user' }) },
  stolen: {
    label: 'Register a phone, as the bot’s own identity',
    deed: () => ({ do: 'register-method', method: 'phone', as: 'changer' }),
  },
};

const FAILURES: Readonly<Record<string, Failure>> = {
  user: {
    label: 'Graph refuses the next change of a user',
    in: 'tenant',
    fault: { ...REFUSED, match: { method: 'PATCH', path: '/users/*' } },
    watch: 'Let a request run: it stops at that step. Try again, or give up and take back.',
  },
  assignment: {
    label: 'Graph refuses the next role assignment',
    in: 'tenant',
    fault: { ...REFUSED, match: { method: 'POST', path: '/roleManagement/*' } },
    watch: 'Let a new account be created: it stops half-way. Press Give up…, then Give up and take back.',
  },
  push: {
    label: 'Azure Monitor calls nobody',
    in: 'tenant',
    fault: { feed: 'azure-monitor', mode: 'silent' },
    watch: 'Sign-ins are found by the log, and in Contoso by the stream. A drill names the hop that is broken.',
  },
  stream: {
    label: 'The Event Hubs stream falls silent',
    in: 'tenant',
    fault: { feed: 'event-hub', mode: 'silent' },
    watch:
      'Contoso’s stream is silent: an alert says so within a minute. Sign-ins still come by Azure Monitor and by the log; a drill fails, and names the stream.',
  },
  teams: {
    label: 'Teams takes no cards',
    in: 'teams',
    fault: { match: { path: '/activities' }, status: 503, times: 1_000_000 },
    watch: 'Sign in, move time by 15 minutes, and let all be well again: nothing is lost.',
  },
};

const SILENCINGS: Readonly<Record<string, Silencing>> = {
  rule: { label: 'Switch off the rule on sign-ins', of: 'tenant', deed: (rule) => ({ do: 'disable-rule', rule }) },
  list: { label: 'Take an account out of that rule', of: 'account', deed: (rule) => ({ do: 'remove-account', rule }) },
  mute: { label: 'Mute that rule for a day after an alert', of: 'tenant', deed: (rule) => ({ do: 'mute-rule', rule }) },
  logs: { label: 'Send the tenant’s logs nowhere', of: 'tenant', deed: () => ({ do: 'delete-diagnostic-setting' }) },
  right: { label: 'Take the right to see its diagnostic settings', of: 'tenant', deed: () => ({ do: 'take-right' }) },
  hold: { label: 'Hold all alerts back by a processing rule', of: 'all', deed: () => ({ do: 'add-processing-rule' }) },
  group: { label: 'Switch off the action group that calls the bot', of: 'all', deed: () => ({ do: 'disable-action-group' }) },
};

/** What goes wrong past the bot or around it, so that a newcomer sees what it makes of that. */
export function mishapPanel(state: State): HTMLElement {
  const tenants = state.world.tenants;
  const what = select('mishap-what', [
    group('Past the bot, to an account', DEEDS),
    group('Past the bot, in Azure', SILENCINGS),
    group('Around the bot', FAILURES),
  ]);
  const tenant = select(
    'mishap-tenant',
    tenants.map(({ name, displayName }) => h('option', { value: name }, displayName)),
  );
  const account = field('mishap-upn', { placeholder: `user@${tenants[0]?.initialDomain ?? ''}` });
  const accountPart = labelled('Account', account);
  const ofAccount = h('div.mishap-account', {}, labelled('Tenant', tenant), accountPart);
  const result = h('div.mishap-result', { 'data-testid': 'mishap-result', 'aria-live': 'polite' });
  const submit = h('button.button', { type: 'submit', 'data-testid': 'mishap-submit' }, 'Do it') as HTMLButtonElement;
  const heal = h(
    'button.link-button',
    { type: 'button', 'data-testid': 'mishap-heal', onclick: () => void trying(healed) },
    'All is well again',
  );
  const form = h(
    'form',
    { 'data-testid': 'mishap-form', autocomplete: 'off' },
    labelled('What', what),
    ofAccount,
    h('div.mishap-act', {}, submit, heal),
    result,
  );

  what.addEventListener('change', () => {
    const of = what.value in DEEDS ? 'account' : SILENCINGS[what.value]?.of;
    ofAccount.hidden = of !== 'account' && of !== 'tenant';
    accountPart.hidden = of !== 'account';
  });
  tenant.addEventListener('change', () => {
    account.placeholder = `user@${chosen().initialDomain}`;
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void trying(done);
  });

  function chosen(): Tenant {
    const found = tenants.find(({ name }) => name === tenant.value);
    if (!found) throw new TypeError('a tenant is always chosen');
    return found;
  }

  async function done(): Promise<string> {
    const deed = DEEDS[what.value];
    if (deed) {
      const of = chosen();
      await byHand(state.world.tenantUrl, { tenantId: of.id, userPrincipalName: account.value.trim(), ...deed.deed(of) });
      return 'Done. Watch for the alert: the audit log tells of it within seconds here.';
    }
    const silencing = SILENCINGS[what.value];
    if (silencing) {
      const { id: tenantId, name } = chosen();
      const upn = silencing.of === 'account' ? { userPrincipalName: account.value.trim() } : {};
      await azureByHand(state.world.tenantUrl, { tenantId, ...upn, ...silencing.deed(`breakglass-${name}-sign-ins`) });
      return 'Done. Azure is read back every 15 minutes: move time. Until then only the other feeds tell of a sign-in.';
    }
    const failure = FAILURES[what.value];
    if (!failure) throw new TypeError('the list holds nothing else');
    await letFail(failure.in === 'teams' ? '' : state.world.tenantUrl, failure.fault);
    return failure.watch;
  }

  async function healed(): Promise<string> {
    await healAll(state.world.tenantUrl);
    await azureByHand(state.world.tenantUrl, { do: 'deploy' });
    for (const deed of [{ do: 'remove-processing-rules' }, { do: 'give-right', right: 'processing-rules' }])
      await azureByHand(state.world.tenantUrl, deed);
    for (const { id: tenantId } of tenants) await azureByHand(state.world.tenantUrl, { tenantId, do: 'give-right' });
    return 'Nothing fails any more, and Azure is as shipped. What was done to an account stays done.';
  }

  const trying = (act: () => Promise<string>): Promise<void> => showingResult(submit, result, async () => doneNotice(await act()));

  return h(
    'section.panel-section',
    {},
    h('h2', {}, 'Let something go wrong'),
    h('p.panel-note', {}, 'See what the bot makes of it.'),
    form,
  );
}

const group = (label: string, items: Readonly<Record<string, { readonly label: string }>>): HTMLElement =>
  h('optgroup', { label }, ...Object.entries(items).map(([value, item]) => h('option', { value }, item.label)));
