import type { FastifyInstance } from 'fastify';
import { APPS, CHANNEL, HOME_TENANT, PEOPLE, type PersonName, TEAM, TENANTS } from '../world.ts';
import { messageFields } from './activities.ts';
import { isJson, type Json } from './cardTree.ts';
import type { ChannelKeys } from './channelKeys.ts';
import { type Faults, readFault } from './faults.ts';
import { bodyOf, Refused } from './http.ts';
import { type Pressing, press, refresh, submitDialog } from './invoke.ts';
import type { Message } from './messages.ts';
import {
  type Conversation,
  channel,
  conversationWithId,
  isInTeam,
  isPersonName,
  mayTakePart,
  PERSON_NAMES,
  personalChat,
} from './people.ts';

export interface ControlNeeds extends Pressing {
  readonly keys: ChannelKeys;
  readonly faults: Faults;
  readonly looseThreads: Set<string>;
  serviceUrl(): string;
  now(): Date;
  readonly tenantUrl: string;
}

/** Only the newest cards are refreshed when a conversation is looked at, as Teams refreshes what is on screen. */
const MOST_REFRESHED = 50;

/** What people do in Teams, as JSON over loopback: for the page, demos and tests. */
export function control(app: FastifyInstance, needs: ControlNeeds): void {
  app.post('/sandbox/say', async (request) => {
    const body = bodyOf(request);
    const as = personIn(body);
    const message = sayable(needs, as, body);
    needs.events.changed(message, 'message');
    const where = conversationOf(message);
    const fields = messageFields(where, message.text);
    const { status } = await needs.deliver(needs.activities.from(as, where, { ...fields, id: message.id, timestamp: message.at }));
    const replies = needs.messages.in(message.conversation).filter((reply) => reply.from === 'bot' && reply.replyToId === message.id);
    return { messageId: message.id, replyIds: replies.map((reply) => reply.id), ...(status > 299 && { status }) };
  });

  app.post('/sandbox/press', (request) => {
    const body = bodyOf(request);
    const as = personIn(body);
    const message = needs.messages.get(textIn(body, 'messageId'));
    if (message === undefined) throw new Refused(404, 'There is no such message.');
    if (!mayTakePart(as, conversationOf(message))) throw new Refused(403, `${PEOPLE[as].name} is not in that conversation.`);
    return press(needs, as, message, textIn(body, 'verb'), objectIn(body, 'inputs'), objectIn(body, 'data'));
  });

  app.post('/sandbox/dialog', async (request) => {
    const body = bodyOf(request);
    const verb = body.verb === undefined ? undefined : textIn(body, 'verb');
    const outcome = await submitDialog(needs, personIn(body), textIn(body, 'id'), verb, objectIn(body, 'inputs'));
    if (outcome === undefined) throw new Refused(404, 'This person has no such dialog open.');
    return outcome;
  });

  app.post('/sandbox/dialog/close', (request, reply) => {
    const body = bodyOf(request);
    const id = textIn(body, 'id');
    if (needs.dialogs.get(id, personIn(body)) !== undefined) needs.dialogs.close(id);
    return reply.code(204).send();
  });

  app.get('/sandbox/messages', async (request) => {
    const query = isJson(request.query) ? request.query : {};
    const as = personIn(query);
    const where = whereIn(query, as);
    const wanting = needs.messages.in(where.id).slice(-MOST_REFRESHED);
    await Promise.all(wanting.map((message) => refresh(needs, as, message)));
    return needs.messages.in(where.id).map((message) => shownTo(needs, as, message));
  });

  app.post('/sandbox/raw', (request) => {
    const body = bodyOf(request);
    const as = personIn(body);
    const activity = objectIn(body, 'activity');
    const { token } = body;
    if (token !== undefined && token !== null && typeof token !== 'string') throw new Refused(400, 'token must be text, or null for none.');
    const id = needs.messages.nextId();
    const where = rawPlace(needs, as, body.where, activity) ?? channel(id);
    if (where.kind === 'channel' && where.threadId !== null) needs.looseThreads.add(where.threadId);
    return needs.deliver(needs.activities.from(as, where, { id, ...activity }), token === null ? '' : token);
  });

  app.post('/sandbox/token', (request) => {
    const body = bodyOf(request);
    const key = body.key ?? 'channel';
    if (key !== 'channel' && key !== 'other' && key !== 'none') throw new Refused(400, 'key must be "channel", "other" or "none".');
    return { token: needs.keys.forge(needs.serviceUrl(), objectIn(body, 'claims'), key, objectIn(body, 'header')) };
  });

  app.post('/sandbox/faults', (request, reply) => {
    needs.faults.add(readFault(bodyOf(request)));
    return reply.code(204).send();
  });
  app.delete('/sandbox/faults', (_request, reply) => {
    needs.faults.clear();
    return reply.code(204).send();
  });

  app.get('/sandbox/page', () => ({
    tenantUrl: needs.tenantUrl,
    now: needs.now().toISOString(),
    bot: { id: APPS.bot, name: 'Breakglass' },
    team: TEAM.name,
    channel: { id: CHANNEL.id, name: CHANNEL.name },
    tenants: Object.values(TENANTS).map(({ id, name, displayName, initialDomain, exclusionGroupId }) => ({
      id,
      name,
      displayName,
      initialDomain,
      exclusionGroupId,
    })),
    people: PERSON_NAMES.map((name) => ({
      name,
      displayName: PEOPLE[name].name,
      userPrincipalName: PEOPLE[name].userPrincipalName,
      // A guest's membership of a group gives no right; the badge says what counts.
      roles: PEOPLE[name].tenantId === HOME_TENANT.id && PEOPLE[name].userType === 'Member' ? PEOPLE[name].roles : [],
      standing: !isInTeam(name) ? 'external' : PEOPLE[name].userType === 'Guest' ? 'guest' : 'member',
    })),
  }));
}

/** Keeps what a person types, as a new post, an answer in a thread or a line in their chat. */
function sayable(needs: ControlNeeds, as: PersonName, body: Json): Message {
  const text = textIn(body, 'text');
  if (text.trim() === '') throw new Refused(400, 'text is empty.');
  const where = whereIn(body, as);
  const post = body.replyToId === undefined ? undefined : needs.messages.get(textIn(body, 'replyToId'));
  if (body.replyToId !== undefined && post?.conversation !== where.id) throw new Refused(404, 'There is no such message to reply to.');
  const id = needs.messages.nextId();
  const threadId = where.kind === 'channel' ? (post?.threadId ?? id) : null;
  const said = messageFields(where, text).text;
  return needs.messages.add({ id, conversation: where.id, threadId, replyToId: post?.id ?? null, from: as, text: said, card: null });
}

/** Where an activity of a test's own making comes from, by what it says itself; undefined for a new thread in the channel. */
function rawPlace(needs: ControlNeeds, as: PersonName, where: unknown, activity: Json): Conversation | undefined {
  if (where === 'channel') return undefined;
  const { conversation, replyToId } = activity;
  const named = isJson(conversation) && typeof conversation.id === 'string' ? conversationWithId(conversation.id) : undefined;
  if (named !== undefined) return named;
  const message = typeof replyToId === 'string' ? needs.messages.get(replyToId) : undefined;
  return message === undefined ? personalChat(as) : conversationOf(message);
}

function shownTo(needs: ControlNeeds, as: PersonName, message: Message): Json {
  const { id, at, updatedAt, from, text, replyToId, threadId } = message;
  return { id, at, updatedAt, from, text, card: needs.messages.viewOf(message, as) ?? message.card, replyToId, threadId };
}

function conversationOf(message: Message): Conversation {
  const conversation = conversationWithId(message.conversation);
  if (conversation === undefined) throw new Error(`message ${message.id} is in no known conversation`);
  return conversation.kind === 'channel' ? channel(message.threadId) : conversation;
}

function personIn(body: Json): PersonName {
  const name = textIn(body, 'as');
  if (!isPersonName(name)) throw new Refused(404, `There is no person ${JSON.stringify(name)}.`);
  return name;
}

function whereIn(body: Json, as: PersonName): Conversation {
  const where = body.where;
  if (where !== 'channel' && where !== 'personal') throw new Refused(400, 'where must be "channel" or "personal".');
  const conversation = where === 'channel' ? channel() : personalChat(as);
  if (!mayTakePart(as, conversation)) throw new Refused(403, `${PEOPLE[as].name} is not in the channel.`);
  return conversation;
}

function textIn(body: Json, name: string): string {
  const value = body[name];
  if (typeof value !== 'string') throw new Refused(400, `${name} must be text.`);
  return value;
}

function objectIn(body: Json, name: string): Json {
  const value = body[name] ?? {};
  if (!isJson(value)) throw new Refused(400, `${name} must be an object.`);
  return value;
}
