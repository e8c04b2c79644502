import { CHANNEL, HOME_TENANT, PEOPLE, type PersonName, TEAM } from '../world.ts';

/** A conversation as Teams names it: the channel (perhaps one thread of it) or one person's chat with the bot. */
export type Conversation = { kind: 'channel'; id: string; threadId: string | null } | { kind: 'personal'; id: string; person: PersonName };

export const PERSON_NAMES = Object.keys(PEOPLE) as PersonName[];

export function isPersonName(name: unknown): name is PersonName {
  return typeof name === 'string' && Object.hasOwn(PEOPLE, name);
}

/** Finds a person by Teams id (MRI) or Entra object id, as the Connector lets a bot name either. */
export function personWithId(id: string): PersonName | undefined {
  return PERSON_NAMES.find((name) => PEOPLE[name].mri === id || PEOPLE[name].objectId === id);
}

/** Everybody of the home tenant and its guests is in the team; another organisation's people are not. */
export function isInTeam(name: PersonName): boolean {
  return PEOPLE[name].tenantId === HOME_TENANT.id;
}

/** The app is installed for members of the home tenant; guests and federated people have no personal installation. */
export function hasPersonalInstallation(name: PersonName): boolean {
  return isInTeam(name) && PEOPLE[name].userType === 'Member';
}

export const personalChat = (person: PersonName): Conversation => ({ kind: 'personal', id: `a:${person}`, person });
export const channel = (threadId: string | null = null): Conversation => ({ kind: 'channel', id: CHANNEL.id, threadId });

/** @param id decoded conversation id, such as `19:…@thread.tacv2;messageid=5` or `a:rita` */
export function conversationWithId(id: string): Conversation | undefined {
  const [root = '', suffix] = id.split(';messageid=');
  if (root === CHANNEL.id || root === TEAM.id) return channel(suffix ?? null);
  const person = root.startsWith('a:') ? root.slice(2) : undefined;
  return isPersonName(person) && suffix === undefined ? personalChat(person) : undefined;
}

export function mayTakePart(name: PersonName, conversation: Conversation): boolean {
  return conversation.kind === 'channel' ? isInTeam(name) : conversation.person === name;
}

export function membersOf(conversation: Conversation): PersonName[] {
  return PERSON_NAMES.filter((name) => mayTakePart(name, conversation));
}

/** A roster entry as the Connector answers it (TeamsChannelAccount). */
export function rosterEntry(name: PersonName): Record<string, unknown> {
  const person = PEOPLE[name];
  const [givenName = person.name, ...rest] = person.name.split(' ');
  return {
    id: person.mri,
    name: person.name,
    objectId: person.objectId,
    aadObjectId: person.objectId,
    givenName,
    surname: rest.join(' '),
    email: person.userPrincipalName,
    userPrincipalName: person.userPrincipalName,
    tenantId: person.tenantId,
    userRole: person.userType === 'Guest' ? 'guest' : 'user',
  };
}
