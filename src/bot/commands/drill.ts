import type { Reads } from '../../app/ports.ts';
import { words } from '../../cards/refusals.ts';
import { drillCard } from '../../cards/views/drill.ts';
import { drillFormCard } from '../../cards/views/drillForm.ts';
import { personWithRightTo } from '../../core/decision.ts';
import { no, ok } from '../../core/result.ts';
import type { Asker, CommandDef } from '../commandDef.ts';
import { card, say } from '../needs.ts';
import { isCalled } from '../reading.ts';

const MOST_ACCOUNTS = 1_000;

interface Needs {
  readonly asker: Asker;
  readonly store: Pick<Reads, 'accounts' | 'runningDrills'>;
  readonly drillMinutes: number;
}

export const drill: CommandDef<{ readonly name: string }, Needs> = {
  word: 'drill',
  usage: 'drill <account>',
  summary: 'Announce a sign-in and time every hop of its alert, from the sign-in to your acknowledgement.',
  parse: (name) => (name === '' ? no('Which account? For example: drill EA-1, or its user name. The list: accounts') : ok({ name })),
  async run({ name }, { asker: { actor }, store, drillMinutes }) {
    if (actor.kind !== 'person') return say(words({ code: 'stranger', why: actor.kind === 'stranger' ? actor.why : 'unknown' }));
    const called = (await store.accounts(MOST_ACCOUNTS)).filter((account) => isCalled(account, name));
    // A retired one may bear the name of one in use.
    const account = called.find(({ state }) => state !== 'retired') ?? called[0];
    if (!account) return say(words({ code: 'not-found', what: 'account', called: name }));
    const right = personWithRightTo(account.owners, actor);
    if (!right.ok) return say(words(right.error));
    const running = (await store.runningDrills()).find(({ accountId }) => accountId === account.id);
    if (running) return card(drillCard(running));
    const { state } = account;
    if (state !== 'in-service' && state !== 'handover') return say(words({ code: 'no-drill', why: state }));
    return card(drillFormCard(account, { minutes: String(drillMinutes), person: '', origin: '' }));
  },
};
