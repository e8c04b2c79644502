import { describe, expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import { knownInTime } from '../../src/app/knownInTime.ts';
import { passkeysIn } from '../../src/app/openRequest.ts';
import type { TenantInfo } from '../../src/app/ports.ts';
import { forms } from '../../src/bot/forms.ts';
import type { PasskeyTerms, WhyNoPasskeys } from '../../src/core/account/passkeyTerms.ts';
import type { MethodConfiguration } from '../../src/core/posture/snapshot.ts';
import { no, ok, type Result } from '../../src/core/result.ts';
import { actor, aPlan, aRequest, person } from '../support/builders.ts';

const { contoso, northwind } = TENANTS;
const ALL: readonly TenantInfo[] = Object.values(TENANTS);
type Answer = Result<PasskeyTerms, WhyNoPasskeys> | undefined;
const allowed: Answer = ok({ passMinutes: 480 });

/** The form as it is drawn where the tenants answer this. */
function formsWith(answers: Readonly<Record<string, Answer>>, tenants = ALL, unwatched: readonly string[] = []) {
  const asked: string[] = [];
  const drawn = forms({
    people: { holders: async () => [person('dana'), person('eli')], lookUp: async () => no('unknown') } as never,
    tenants: { list: () => tenants },
    random: { id: () => 'F-1' },
    async passkeys(tenantId) {
      asked.push(tenantId);
      return answers[tenantId];
    },
    watchable: async (tenantId) => (unwatched.includes(tenantId) ? false : undefined),
  });
  return { ...drawn, asked };
}
/** What is chosen in the form, and what it says of that. */
function chosen(card: unknown) {
  const body = (card as { body: Readonly<Record<string, never>>[] }).body;
  const at = (input: string) => body.findIndex(({ id }) => id === input);
  /** What stands under an input, before the next. */
  const under = (input: string): string => {
    const rest = body.slice(at(input) + 1);
    const texts = rest.slice(
      0,
      rest.findIndex(({ type }) => type !== 'RichTextBlock'),
    );
    return texts.flatMap(({ inlines }) => (inlines as unknown as { text: string }[]).map(({ text }) => text)).join(' ');
  };
  const choices = body[at('tenantId')]?.choices as unknown as { title: string }[] | undefined;
  return {
    value: body[at('credential')]?.value,
    why: under('credential'),
    ofTenants: under('tenantId'),
    offers: choices?.map(({ title }) => title) ?? [],
  };
}
async function opened(
  answers: Readonly<Record<string, Answer>>,
  tenantId?: string,
  tenants?: readonly TenantInfo[],
  unwatched?: readonly string[],
) {
  const { open, asked } = formsWith(answers, tenants, unwatched);
  const form = await open(actor('rita'), tenantId);
  if (!form.ok) throw new Error(form.error.code);
  return { ...chosen(form.value.rendered.card), asked };
}
const everywhere = Object.fromEntries(ALL.map(({ id }) => [id, allowed]));

describe('the credential that a new form begins with', () => {
  test('security keys where the tenant is known to allow them, and it says so', async () => {
    const form = await opened(everywhere, contoso.id);
    expect(form).toMatchObject({ value: 'passkey', why: 'Contoso allows security keys, so they are chosen.', asked: [contoso.id] });
    // One tenant is the only one it can be for.
    expect(await opened({ [contoso.id]: allowed }, undefined, [contoso])).toMatchObject({ value: 'passkey' });
  });

  test.each<[WhyNoPasskeys, RegExp]>([
    ['keys-off', /allows no passkeys/],
    ['keys-not-for-it', /passkeys only for some/],
    ['no-self-service', /lets nobody register passkeys/],
    ['synced-only', /can be copied to other devices/],
    ['passes-off', /allows no Temporary Access Pass/],
    ['passes-not-for-it', /Temporary Access Passes only for some/],
    ['policy-unread', /cannot read whether this tenant allows passkeys/],
  ])('a password where the tenant cannot, and why: %s', async (why, words) => {
    const form = await opened({ ...everywhere, [contoso.id]: no(why) }, contoso.id);
    expect(form).toMatchObject({
      value: 'split-password',
      why: expect.stringMatching(/^A password is chosen, because .*For security keys, (have|ask)/),
    });
    expect(form.why).toMatch(words);
    // It is chosen already.
    expect(form.why).not.toContain('choose a password');
  });

  test('a password where it is not known, and what to do who knows better', async () => {
    expect(await opened({}, contoso.id)).toMatchObject({
      value: 'split-password',
      why: expect.stringMatching(
        /^I could not read in time whether Contoso allows security keys, so a password is chosen\. Choose keys if you know/,
      ),
    });
  });

  test('of several tenants: keys only where all of them allow them; else a password, and where keys may be chosen', async () => {
    expect(await opened(everywhere)).toMatchObject({
      value: 'passkey',
      why: 'Every tenant here allows security keys, so they are chosen.',
    });
    for (const lacking of [no('keys-off' as const), undefined]) {
      const form = await opened({ ...everywhere, [northwind.id]: lacking });
      expect(form.value).toBe('split-password');
      expect(form.why).toMatch(
        /^Choose security keys for Contoso, Fabrikam customers \(B2C\): they are the better choice, and allowed there\./,
      );
      expect(form.why).toMatch(
        lacking ? /For Northwind choose a password: it allows no passkeys\.$/ : /For Northwind: I could not read in time whether it allows/,
      );
    }
    expect(await opened({})).toMatchObject({
      value: 'split-password',
      why: expect.stringMatching(/^For Contoso: I could not read in time.* Fabrikam .* Northwind/),
    });
    expect(await opened({}, undefined, [])).toMatchObject({ value: 'split-password' });
  });

  test('asked for by name it is for that tenant alone, so that what it says stays true; several are each named', async () => {
    expect(await opened(everywhere, contoso.id)).toMatchObject({
      offers: ['Contoso (contoso.onmicrosoft.com)'],
      ofTenants: 'For another tenant say create and its name.',
    });
    expect(await opened(everywhere, contoso.id, [contoso])).toMatchObject({ ofTenants: '' });
    const some = await opened({ [contoso.id]: no('passes-off'), [northwind.id]: no('keys-not-for-it') });
    expect(some.offers).toHaveLength(3);
    for (const tenant of ['Contoso', 'Fabrikam customers (B2C)', 'Northwind']) expect(some.why).toContain(tenant);
    expect(some.why).not.toContain('this tenant');
    const many = Array.from({ length: 9 }, (_none, index) => ({ ...contoso, id: `T-${index}`, displayName: `Tenant ${index}` }));
    const said = await opened(Object.fromEntries(many.map(({ id }) => [id, no('keys-off' as const)])), undefined, many);
    expect(said.why).toMatch(/For Tenant 5 choose a password: it allows no passkeys\. So it is with 3 more/);
  });

  test('of a tenant whose sign-ins cannot be read there is no form: it says so at once, or where it stands beside others', async () => {
    const { open } = formsWith(everywhere, ALL, [northwind.id]);
    expect(await open(actor('rita'), northwind.id)).toEqual(no({ code: 'tenant-unwatched', tenant: 'Northwind' }));
    expect(await formsWith(everywhere, [northwind], [northwind.id]).open(actor('rita'))).toMatchObject({ ok: false });
    const form = await opened(everywhere, undefined, ALL, [northwind.id]);
    expect(form.ofTenants).toMatch(/^In Northwind I can read no sign-ins, and no emergency account may exist unwatched/);
    expect(form.offers.filter((title) => title.includes('not possible'))).toEqual([
      'Northwind (northwind.onmicrosoft.com): not possible, its sign-ins cannot be read',
    ]);
    expect(form.why).toBe('Contoso, Fabrikam customers (B2C) allow security keys, so they are chosen.');
    // Only one is left: it is named.
    const one = await opened({ [contoso.id]: no('keys-off') }, undefined, [contoso, northwind], [northwind.id]);
    expect(one.why).toMatch(/^A password is chosen, because Contoso allows no passkeys\./);
    expect(await opened(everywhere, contoso.id, ALL, [northwind.id])).toMatchObject({ value: 'passkey' });
  });

  test('asks no tenant that the form does not offer', async () => {
    const many = Array.from({ length: 40 }, (_none, index) => ({ ...contoso, id: `T-${index}` }));
    expect((await opened({}, undefined, many)).asked).toHaveLength(25);
    // Named last of many it is offered and asked all the same.
    const last = await opened({ 'T-39': allowed }, 'T-39', many);
    expect(last).toMatchObject({ value: 'passkey', asked: ['T-39'] });
  });

  test('what somebody has chosen stays, whatever the tenant allows, and no tenant is asked for it', async () => {
    const { again, edit, asked } = formsWith(everywhere);
    const back = await again(actor('rita'), 'F-1', { tenantId: contoso.id, credential: 'split-password' }, [
      { field: 'reason', problem: 'missing' },
    ]);
    expect(chosen(back.card)).toMatchObject({ value: 'split-password', why: '' });
    const changing = await edit(actor('rita'), aRequest(), aPlan());
    expect(chosen(changing.card)).toMatchObject({ value: 'split-password', why: '' });
    expect(asked).toEqual([]);
  });
});

describe('what is known of a tenant while a form is drawn', () => {
  const ON: MethodConfiguration[] = ['fido2', 'temporaryAccessPass'].map((id) => ({
    id,
    enabled: true,
    includeTargets: ['all_users'],
    excludeTargets: [],
  }));
  const OFF = ON.map((one) => ({ ...one, enabled: false }));
  /** A tenant whose answers are given one after the other. */
  function tenantThat(...answers: (() => Promise<readonly MethodConfiguration[] | undefined>)[]) {
    const failed: unknown[] = [];
    const tenants = { info: () => contoso, list: () => [contoso], reader: () => ({ methodPolicies: () => answers.shift()?.() }) } as never;
    const known = knownInTime(
      (id) => passkeysIn({ tenants }, { ...contoso, id }),
      (error) => void failed.push(error),
      20,
    );
    return { known: () => known(contoso.id), failed };
  }
  const late = () => {
    let answer: (policies: readonly MethodConfiguration[]) => void = () => undefined;
    const promise = new Promise<readonly MethodConfiguration[]>((resolve) => {
      answer = resolve;
    });
    return { ask: () => promise, answer: (policies: readonly MethodConfiguration[]) => answer(policies) };
  };

  test('is what it answers now', async () => {
    const { known } = tenantThat(
      async () => ON,
      async () => OFF,
      async () => undefined,
    );
    expect(await known()).toMatchObject({ ok: true });
    expect(await known()).toEqual(no('keys-off'));
    expect(await known()).toEqual(no('policy-unread'));
  });

  test('is nothing where it does not answer in time; once it has, the answer is there for the next form', async () => {
    const first = late();
    const { known } = tenantThat(first.ask, () => new Promise(() => undefined));
    expect(await known()).toBeUndefined();
    first.answer(ON);
    await Promise.resolve();
    expect(await known()).toMatchObject({ ok: true });
  });

  test('is the newest, in whatever order the answers come', async () => {
    const first = late();
    const { known } = tenantThat(
      first.ask,
      async () => OFF,
      () => new Promise(() => undefined),
    );
    expect(await known()).toBeUndefined();
    expect(await known()).toEqual(no('keys-off'));
    first.answer(ON);
    expect(await known()).toEqual(no('keys-off'));
  });

  test('is nothing where it cannot be read, whatever it said before, and that is logged', async () => {
    const { known, failed } = tenantThat(
      async () => ON,
      () => Promise.reject(new Error('forbidden')),
      () => new Promise(() => undefined),
    );
    expect(await known()).toMatchObject({ ok: true });
    expect(await known()).toBeUndefined();
    expect(await known()).toBeUndefined();
    expect(failed).toHaveLength(1);
  });
});
