import type { Reads } from '../../app/ports.ts';
import { words } from '../../cards/refusals.ts';
import { accountCard } from '../../cards/views/account.ts';
import { accountListCard } from '../../cards/views/accountList.ts';
import { ok } from '../../core/result.ts';
import { eyesOn } from '../accountEyes.ts';
import type { Asker, CommandDef } from '../commandDef.ts';
import { card, say } from '../needs.ts';
import { isCalled, namedInAccount, readable } from '../reading.ts';

const MOST_ACCOUNTS = 1_000;

export const accounts: CommandDef<
  { readonly name: string },
  { readonly asker: Asker; readonly store: Pick<Reads, 'accounts' | 'now' | 'roster' | 'openRequestOfAccount'> }
> = {
  word: 'accounts',
  usage: 'accounts [name]',
  summary: 'Emergency access accounts at a glance, or one with everything I know of it.',
  parse: (name) => ok({ name }),
  async run({ name }, { asker, store }) {
    const now = await store.now();
    const found = readable(asker.actor, await store.accounts(MOST_ACCOUNTS), namedInAccount);
    if (!found.ok) return say(words(found.error));
    if (name === '') return card(accountListCard(found.value, now));
    const called = found.value.filter((account) => isCalled(account, name));
    const [one] = called;
    if (!one) return say(words({ code: 'not-found', what: 'account', called: name }));
    if (called.length > 1) return card(accountListCard(called, now));
    return card(accountCard(one, now, eyesOn(one, asker), await store.roster('custodian'), await store.openRequestOfAccount(one.id)));
  },
};
