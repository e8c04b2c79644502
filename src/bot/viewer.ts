import type { Asker } from './commandDef.ts';

/** Whose own view of a card is drawn; nobody's for those who are not known. */
export function viewerOf({ actor, mri }: Asker): { personKey: string; objectId: string; mri: string } | undefined {
  return actor.kind === 'person' ? { personKey: actor.person.personKey, objectId: actor.person.objectId, mri } : undefined;
}
