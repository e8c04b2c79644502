import type { Reads } from '../../app/ports.ts';
import { whoamiCard } from '../../cards/views/whoami.ts';
import type { PersonRef } from '../../core/people.ts';
import { type Asker, type CommandDef, noArgument } from '../commandDef.ts';
import { card, say } from '../needs.ts';

const MOST_ACCOUNTS = 1_000;

interface WhoamiNeeds {
  readonly asker: Asker;
  readonly store: Pick<Reads, 'accounts'>;
  /** From when the decisions of somebody new among the approvers count. */
  decidesFrom(approver: PersonRef): Promise<Date | undefined>;
}

export const whoami: CommandDef<Record<never, never>, WhoamiNeeds> = {
  word: 'whoami',
  usage: 'whoami',
  summary: 'Who you are to me, what you may do, and why.',
  parse: noArgument('whoami'),
  async run(_args, { asker: { actor }, store, decidesFrom }) {
    if (actor.kind === 'stranger') {
      return card(whoamiCard({ objectId: actor.objectId, found: false, why: actor.why, roles: [], ownerOf: [], custodianOf: [] }));
    }
    if (actor.kind === 'system') return say('I am myself.');
    const { objectId, personKey, name } = actor.person;
    const accounts = await store.accounts(MOST_ACCOUNTS);
    const countsFrom = actor.roles.has('approver') ? await decidesFrom(actor.person) : undefined;
    const ownerOf = accounts.filter(({ owners }) => owners.some((owner) => owner.personKey === personKey));
    const custodianOf = accounts.filter(({ parts }) => parts.some(({ custodian }) => custodian.objectId === objectId));
    return card(
      whoamiCard({
        name,
        objectId,
        found: true,
        personKey,
        roles: [...actor.roles],
        ...(countsFrom ? { countsFrom } : {}),
        ownerOf: ownerOf.map(({ userPrincipalName }) => userPrincipalName),
        custodianOf: custodianOf.map(({ userPrincipalName }) => userPrincipalName),
      }),
    );
  },
};
