import { leaversOf, replacing } from '../../core/account/custody.ts';
import { asItStands } from '../../core/account/life.ts';
import type { Held } from '../../core/alert/types.ts';
import { type Configuration, changesOf } from '../../core/configuration.ts';
import type { PersonRef } from '../../core/people.ts';
import { no, ok } from '../../core/result.ts';
import { changeRoster, type RosterEntry } from '../../core/roster/roster.ts';
import type { Transaction } from '../ports.ts';
import type { Outcome, Scene, Wanted } from './scene.ts';

/** Settings change only by a restart, and a restart with other settings is one audit entry and one alert (ST-4). */
export async function configurationRead({ tx, now }: Scene, configuration: Configuration): Promise<Outcome> {
  const before = await tx.lastConfiguration();
  const changes = changesOf(before, configuration);
  if (before !== undefined && changes.length === 0) return no({ code: 'nothing-to-do' });
  await tx.saveConfiguration(configuration);
  if (before === undefined) return ok({});
  const dedupe = `configuration:${now.toISOString()}`;
  const cause = { kind: 'configuration-changed', changes } as const;
  await tx.owe([{ kind: 'intend', key: dedupe, at: now, intent: { kind: 'raise-alert', dedupe, cause } }]);
  return ok({});
}

/** Every change of who holds a role is one audit entry and one alert (ID-5). */
export async function rosterRead({ tx, now }: Scene, intent: Wanted<'roster-read'>): Promise<Outcome> {
  const { role, holders } = intent;
  const before = await tx.roster(role, 'lock');
  const { next, added, removed } = changeRoster(before, holders, now);
  if (before !== undefined && added.length === 0 && removed.length === 0) return no({ code: 'nothing-to-do' });
  await tx.saveRoster(role, next);
  if (before === undefined) return ok({});
  const names = (people: readonly { name: string }[]): string[] => people.map(({ name }) => name);
  const dedupe = `roster:${role}:${now.toISOString()}`;
  const custody = role === 'custodian' && removed.length > 0 ? await heldBy(tx, removed, next) : [];
  const cause = {
    ...({ kind: 'roster-changed', role, added: names(added), removed: names(removed) } as const),
    ...(custody.length > 0 ? { custody } : {}),
  };
  await tx.owe([{ kind: 'intend', key: dedupe, at: now, intent: { kind: 'raise-alert', dedupe, cause } }]);
  return ok({});
}

/** What opens accounts and is still in the hands of people who left; who left before counts when it is said what replaces it. */
async function heldBy(tx: Transaction, gone: readonly PersonRef[], left: readonly RosterEntry[]): Promise<Held[]> {
  const ids = gone.map(({ objectId }) => objectId);
  const custodians = new Set(left.map(({ person }) => person.objectId));
  return (await tx.accountsNaming(ids)).map(asItStands).flatMap((account): Held[] => {
    const leavers = leaversOf(account, custodians);
    const what = account.credential === 'passkey' ? 'security key' : 'part';
    return leavers
      .filter(({ custodian }) => ids.includes(custodian.objectId))
      .map(({ number, custodian: { name } }) => ({
        name,
        what: `${what} ${number} of ${account.parts.length}`,
        account: account.userPrincipalName,
        command: replacing(account, leavers),
        requestId: account.requestId,
      }));
  });
}
