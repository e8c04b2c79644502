import { type Configuration, changesOf } from '../../core/configuration.ts';
import { no, ok } from '../../core/result.ts';
import { changeRoster } from '../../core/roster/roster.ts';
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
  const cause = { kind: 'roster-changed', role, added: names(added), removed: names(removed) } as const;
  await tx.owe([{ kind: 'intend', key: dedupe, at: now, intent: { kind: 'raise-alert', dedupe, cause } }]);
  return ok({});
}
