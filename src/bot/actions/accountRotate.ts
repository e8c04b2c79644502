import type { Reads } from '../../app/ports.ts';
import { ok } from '../../core/result.ts';
import { type AccountForms, mayAskNow } from '../accountForms.ts';
import type { ActionDef, Pressed } from '../actionDef.ts';
import type { Asker } from '../commandDef.ts';
import { idFrom } from '../input.ts';

interface Needs {
  readonly asker: Asker;
  readonly store: Pick<Reads, 'get' | 'openRequestOfAccount' | 'now'>;
  readonly accountForms: Pick<AccountForms, 'open'>;
}

const operation = 'rotate';

/**
 * Opens the form of `rotate` for the account that a card is about, for whoever gets it by the command: in a dialog, because the card is
 * everybody's. Nothing is asked for yet; the form is sent in like any, and decided on like any (AP-1, CR-6).
 */
export const accountRotate: ActionDef<{ readonly accountId: string }, Needs> = {
  verb: 'account.rotate',
  via: ['task/fetch'],
  parse(data) {
    const id = idFrom(data, 'account');
    return id.ok ? ok({ accountId: id.value }) : id;
  },
  async run({ accountId }, { asker: { actor }, store, accountForms }): Promise<Pressed> {
    const account = await mayAskNow(store, actor, operation, await store.get('account', accountId));
    if (!account.ok) return { kind: 'refused', refusal: account.error };
    const { rendered } = await accountForms.open(actor, operation, account.value, 'dialog');
    return { kind: 'dialog', title: rendered.summary, rendered };
  },
};
