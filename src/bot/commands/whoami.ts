import type { Reads } from '../../app/ports.ts';
import { whoamiCard } from '../../cards/views/whoami.ts';
import { type Asker, type CommandDef, noArgument } from '../commandDef.ts';
import { card, say } from '../needs.ts';

const MOST_ACCOUNTS = 1_000;

export const whoami: CommandDef<Record<never, never>, { readonly asker: Asker; readonly store: Pick<Reads, 'accounts'> }> = {
  word: 'whoami',
  usage: 'whoami',
  summary: 'Who you are to me, what you may do, and why.',
  parse: noArgument('whoami'),
  async run(_args, { asker: { actor }, store }) {
    if (actor.kind === 'stranger') {
      return card(whoamiCard({ objectId: actor.objectId, found: false, why: actor.why, roles: [], ownerOf: [], custodianOf: [] }));
    }
    if (actor.kind === 'system') return say('I am myself.');
    const { objectId, personKey, name } = actor.person;
    const accounts = await store.accounts(MOST_ACCOUNTS);
    const ownerOf = accounts.filter(({ owners }) => owners.some((owner) => owner.personKey === personKey));
    const custodianOf = accounts.filter(({ parts }) => parts.some(({ custodian }) => custodian.objectId === objectId));
    return card(
      whoamiCard({
        name,
        objectId,
        found: true,
        personKey,
        roles: [...actor.roles],
        ownerOf: ownerOf.map(({ userPrincipalName }) => userPrincipalName),
        custodianOf: custodianOf.map(({ userPrincipalName }) => userPrincipalName),
      }),
    );
  },
};
