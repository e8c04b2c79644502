import type { Reads } from '../../app/ports.ts';
import { words } from '../../cards/refusals.ts';
import type { Rendered } from '../../cards/render.ts';
import type { EmergencyAccount } from '../../core/account/types.ts';
import { personWith } from '../../core/decision.ts';
import type { Actor } from '../../core/people.ts';
import type { AccountOperation } from '../../core/request/planAccount.ts';
import { no, ok } from '../../core/result.ts';
import { mayAskNow } from '../accountForms.ts';
import type { Asker, CommandDef } from '../commandDef.ts';
import { type Said, say } from '../needs.ts';
import { isCalled } from '../reading.ts';

interface Needs {
  readonly asker: Asker;
  readonly store: Pick<Reads, 'accounts' | 'openRequestOfAccount' | 'now'>;
  newForm(
    actor: Actor,
    operation: AccountOperation,
    account: EmergencyAccount,
  ): Promise<{ readonly formId: string; readonly rendered: Rendered }>;
}

const MOST_ACCOUNTS = 1_000;

const SUMMARIES: { readonly [O in AccountOperation]: string } = {
  rotate: 'Ask for a new password in new parts, or for new security keys.',
  disable: 'Ask to disable an account.',
  enable: 'Ask to enable a disabled account.',
  exclude: 'Ask to exclude an account from every policy that blocks or restricts it.',
  repair: 'Ask to mend a finding of posture.',
  retire: 'Ask to remove an account for good.',
  handover: 'Ask to give a custodian’s part or key to somebody else.',
};

/** One command for each thing that can be asked of an account: each opens its form. */
export const accountOperation = (operation: AccountOperation): CommandDef<{ readonly name: string }, Needs> => ({
  word: operation,
  usage: `${operation} <account>`,
  summary: SUMMARIES[operation],
  parse: (name) => (name === '' ? no(`Which account? For example: ${operation} EA-1, or its user name. The list: accounts`) : ok({ name })),
  async run({ name }, { asker: { actor }, store, newForm }): Promise<Said> {
    const called = (await store.accounts(MOST_ACCOUNTS)).filter((account) => isCalled(account, name));
    // A retired one may bear the name of one in use.
    const account = called.find(({ state }) => state !== 'retired') ?? called[0];
    if (!account) {
      const requester = personWith(actor, 'requester');
      return say(words(requester.ok ? { code: 'not-found', what: 'account', called: name } : requester.error));
    }
    const form = await mayAskNow(store, actor, operation, account);
    if (!form.ok) return say(words(form.error));
    return { kind: 'card', ...(await newForm(actor, operation, form.value)) };
  },
});
