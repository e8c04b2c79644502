import { words } from '../../cards/refusals.ts';
import { type StatusInput, statusCard } from '../../cards/views/status.ts';
import { type Asker, type CommandDef, noArgument } from '../commandDef.ts';
import { card, say } from '../needs.ts';
import { readable } from '../reading.ts';

export const status: CommandDef<Record<never, never>, { readonly asker: Asker; status(): Promise<StatusInput> }> = {
  word: 'status',
  usage: 'status',
  summary: 'Feeds and how fresh they are, jobs, database, and what this installation cannot guarantee.',
  parse: noArgument('status'),
  async run(_args, needs) {
    const allowed = readable<never>(needs.asker.actor, [], () => []);
    return allowed.ok ? card(statusCard(await needs.status())) : say(words(allowed.error));
  },
};
