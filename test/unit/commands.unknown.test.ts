import { describe, expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import { accountOperation } from '../../src/bot/commands/accountOperation.ts';
import { accounts } from '../../src/bot/commands/accounts.ts';
import { alerts } from '../../src/bot/commands/alerts.ts';
import { create } from '../../src/bot/commands/create.ts';
import { drill } from '../../src/bot/commands/drill.ts';
import { posture } from '../../src/bot/commands/posture.ts';
import { requests } from '../../src/bot/commands/requests.ts';
import { status } from '../../src/bot/commands/status.ts';
import { validate } from '../../src/bot/commands/validate.ts';
import { actor, NOON } from '../support/builders.ts';
import { memoryStore } from '../support/memoryStore.ts';

const asker = { actor: actor('rita'), mri: '29:x', where: 'personal' as const };
const tenants = Object.values(TENANTS);
const never = () => Promise.reject(new Error('nothing is to be read'));

const said = (answer: { readonly kind: string; readonly text?: string }): string => answer.text ?? answer.kind;
const store = memoryStore(NOON);
const profile = { id: 'none' } as never;

describe('a command that names what there is not', () => {
  test.each<[string, (name: string) => Promise<string>]>([
    ['create', async (tenant) => said(await create.run({ tenant }, { asker, tenants, newForm: never } as never))],
    [
      'posture',
      async (tenant) => said(await posture.run({ tenant, profile }, { asker, tenants, judge: never, newFormId: () => 'F-1', store })),
    ],
    ['status', async (tenant) => said(await status.run({ tenant }, { asker, tenants, status: never, capabilities: never } as never))],
  ])('a tenant: which there are, and which may have been meant: %s', async (word, answer) => {
    const kept = 'I keep accounts in: contoso (Contoso), fabrikam-b2c (Fabrikam customers (B2C)), northwind (Northwind).';
    expect(await answer('Fabrikam')).toBe(`I know no tenant “Fabrikam”. Did you mean: ${word} fabrikam-b2c? ${kept}`);
    expect(await answer('tailspin')).toBe(`I know no tenant “tailspin”. ${kept}`);
    // All of them have it.
    expect(await answer('onmicrosoft')).toBe(`I know no tenant “onmicrosoft”. ${kept}`);
  });

  test('where there are no tenants, no list of none', async () => {
    expect(said(await create.run({ tenant: 'x' }, { asker, tenants: [], newForm: never } as never))).toBe('I know no tenant “x”.');
  });

  test.each<[string, (name: string) => Promise<string>, RegExp]>([
    ['accounts', async (name) => said(await accounts.run({ name }, { asker, store })), /user name.*say accounts for the list\.$/],
    [
      'rotate',
      async (name) => said(await accountOperation('rotate').run({ name }, { asker, store, newForm: never })),
      /say accounts for the list\.$/,
    ],
    ['drill', async (name) => said(await drill.run({ name }, { asker, store, drillMinutes: 30 })), /say accounts for the list\.$/],
    ['validate', async (name) => said(await validate.run({ name }, { asker, store })), /say accounts for the list\.$/],
    ['requests', async (id) => said(await requests.run({ id }, { asker, store })), /say requests for those that are open\.$/],
    ['alerts', async (id) => said(await alerts.run({ id }, { asker, store })), /say alerts for those that are open\.$/],
  ])('what was typed is named, no card is blamed, and the way to the right name is said: %s', async (_word, answer, way) => {
    const words = await answer('BG-9');
    expect(words).toMatch(/^I know no (account|request|alert) “BG-9”\. Give its id/);
    expect(words).toMatch(way);
    expect(words).not.toContain('card');
  });
});
