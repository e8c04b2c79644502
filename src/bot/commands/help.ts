import type { Rendered } from '../../cards/render.ts';
import { helpCard } from '../../cards/views/help.ts';
import { ok } from '../../core/result.ts';
import type { Asker, CommandDef } from '../commandDef.ts';
import type { Parsed } from '../grammar.ts';
import { card } from '../needs.ts';
import type { Recent } from '../recent.ts';

interface Needs {
  readonly asker: Asker;
  readonly commands: readonly { readonly usage: string; readonly summary: string }[];
  /** The cards drawn last: the same question of somebody with the same name and roles has the same card. */
  readonly drawn: Recent<Rendered>;
}

export const help: CommandDef<{ readonly about?: Extract<Parsed, { kind: 'unknown' }> }, Needs> = {
  word: 'help',
  usage: 'help',
  summary: 'What I can do, for you.',
  // `help create` is still a call for help.
  parse: () => ok({}),
  async run({ about }, { asker: { actor }, commands, drawn }) {
    const person = actor.kind === 'person' ? { name: actor.person.name, roles: [...actor.roles] } : { name: 'there', roles: [] };
    const unknown = about && { typed: about.typed, ...(about.nearest ? { nearest: about.nearest } : {}) };
    const asked = { ...person, ...(unknown ? { unknown } : {}) };
    const key = JSON.stringify(asked);
    const rendered = drawn.get(key) ?? helpCard({ ...asked, commands });
    drawn.set(key, rendered);
    return card(rendered);
  },
};
