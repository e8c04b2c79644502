import type { Reads } from '../../app/ports.ts';
import { accountCard } from '../../cards/views/account.ts';
import { no, ok } from '../../core/result.ts';
import { eyesOn } from '../accountEyes.ts';
import type { ActionDef } from '../actionDef.ts';
import type { Asker } from '../commandDef.ts';
import { namedInAccount, readable } from '../reading.ts';

interface Needs {
  readonly asker: Asker;
  readonly store: Pick<Reads, 'get' | 'now' | 'roster' | 'openRequestOfAccount'>;
}

/** Shows an account to whoever may read it, as `accounts` does. */
export const accountShow: ActionDef<{ readonly accountId: string }, Needs> = {
  verb: 'account.show',
  via: ['adaptiveCard/action'],
  parse: ({ id }) => (typeof id === 'string' ? ok({ accountId: id }) : no({ code: 'not-found', what: 'account' })),
  async run({ accountId }, { asker, store }) {
    const account = await store.get('account', accountId);
    const found = readable(asker.actor, account ? [account] : [], namedInAccount);
    if (!found.ok) return { kind: 'refused', refusal: found.error };
    const [one] = found.value;
    if (!one) return { kind: 'refused', refusal: { code: 'not-found', what: 'account' } };
    return {
      kind: 'card',
      rendered: accountCard(
        one,
        await store.now(),
        eyesOn(one, asker),
        await store.roster('custodian'),
        await store.openRequestOfAccount(one.id),
      ),
    };
  },
};
