import { helpCard } from '../../cards/views/help.ts';
import { ok } from '../../core/result.ts';
import type { Asker, CommandDef } from '../commandDef.ts';
import type { Parsed } from '../grammar.ts';
import { card } from '../needs.ts';

interface Needs {
  readonly asker: Asker;
  readonly commands: readonly { readonly usage: string; readonly summary: string }[];
}

export const help: CommandDef<{ readonly about?: Extract<Parsed, { kind: 'unknown' }> }, Needs> = {
  word: 'help',
  usage: 'help',
  summary: 'What I can do, for you.',
  // `help create` is still a call for help.
  parse: () => ok({}),
  async run({ about }, { asker: { actor }, commands }) {
    const person = actor.kind === 'person' ? { name: actor.person.name, roles: [...actor.roles] } : { name: 'there', roles: [] };
    return card(
      helpCard({
        ...person,
        commands,
        ...(about ? { unknown: { typed: about.typed, ...(about.nearest ? { nearest: about.nearest } : {}) } } : {}),
      }),
    );
  },
};
