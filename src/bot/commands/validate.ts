import type { Reads } from '../../app/ports.ts';
import { words } from '../../cards/refusals.ts';
import { validationCard } from '../../cards/views/validation.ts';
import { no, ok } from '../../core/result.ts';
import type { Asker, CommandDef } from '../commandDef.ts';
import { card, say } from '../needs.ts';
import { isCalled } from '../reading.ts';

const MOST_ACCOUNTS = 1_000;

export const validate: CommandDef<{ readonly name: string }, { readonly asker: Asker; readonly store: Pick<Reads, 'accounts' | 'now'> }> = {
  word: 'validate',
  usage: 'validate <account>',
  summary: 'The checklist that proves an account still works. For its owners.',
  parse: (name) => (name === '' ? no('Which account? For example: validate EA-1, or its user name. The list: accounts') : ok({ name })),
  async run({ name }, { asker: { actor }, store }) {
    if (actor.kind !== 'person') return say(words({ code: 'stranger', why: actor.kind === 'stranger' ? actor.why : 'unknown' }));
    const called = (await store.accounts(MOST_ACCOUNTS)).filter((account) => isCalled(account, name));
    const own = called.find(({ owners }) => owners.some(({ personKey }) => personKey === actor.person.personKey));
    if (own) return card(validationCard(own, await store.now()));
    return say(words(called.length === 0 ? { code: 'not-found', what: 'account', called: name } : { code: 'missing-role', role: 'owner' }));
  },
};
