import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CHANNEL, HOME_TENANT, TEAM } from '../world.ts';
import { isRejection, readMessage } from './cardRules.ts';
import { isJson, type Json } from './cardTree.ts';
import type { Events } from './events.ts';
import type { Fault, Faults } from './faults.ts';
import type { SendLimits } from './limits.ts';
import type { Message, Messages } from './messages.ts';
import {
  type Conversation,
  channel,
  conversationWithId,
  hasPersonalInstallation,
  membersOf,
  personalChat,
  personWithId,
  rosterEntry,
} from './people.ts';

export interface ConnectorNeeds {
  readonly messages: Messages;
  readonly limits: SendLimits;
  readonly faults: Faults;
  readonly events: Events;
  /** Ids of threads hostile tests write from; they have no message of their own. */
  readonly looseThreads: ReadonlySet<string>;
  verifyBotToken(token: string): Promise<unknown>;
}

interface Ids {
  conversationId: string;
  activityId: string;
  memberId: string;
  teamId: string;
}
type Call = FastifyRequest<{ Params: Ids }>;
type Answered = readonly [status: number, body?: unknown];

const fail = (status: number, code: string, message: string): Answered => [status, { error: { code, message } }];
const NO_CONVERSATION = fail(404, 'ConversationNotFound', 'Conversation not found.');
const NO_ACTIVITY = fail(404, 'ActivityNotFoundInConversation', 'The activity was not found in the conversation.');

/** The Connector REST as botbuilder 4.23 calls it (operations of `botframework-connector`), with Teams' limits and refusals. */
export function connector(app: FastifyInstance, needs: ConnectorNeeds): void {
  const { messages } = needs;

  const routes: [method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, answer: (call: Call, reply: FastifyReply) => Answered][] = [
    ['POST', '/v3/conversations', (call, reply) => createConversation(needs, bodyOf(call), reply)],
    [
      'POST',
      '/v3/conversations/:conversationId/activities',
      (call, reply) => send(needs, call.params.conversationId, bodyOf(call), null, reply),
    ],
    [
      'POST',
      '/v3/conversations/:conversationId/activities/:activityId',
      (call, reply) => send(needs, call.params.conversationId, bodyOf(call), call.params.activityId, reply),
    ],
    ['PUT', '/v3/conversations/:conversationId/activities/:activityId', (call, reply) => update(needs, call, reply)],
    [
      'DELETE',
      '/v3/conversations/:conversationId/activities/:activityId',
      ({ params }) => {
        const message = ownMessage(messages, params);
        if (message === undefined) return NO_ACTIVITY;
        messages.remove(message.id);
        needs.events.changed(message, 'delete');
        return [200];
      },
    ],
    ['GET', '/v3/conversations/:conversationId/members', ({ params }) => roster(params.conversationId, (members) => [200, members])],
    ['GET', '/v3/conversations/:conversationId/members/:memberId', ({ params }) => member(params)],
    ['GET', '/v3/conversations/:conversationId/pagedmembers', (call) => roster(call.params.conversationId, (all) => page(all, call.query))],
    ['GET', '/v3/teams/:teamId', ({ params }) => (params.teamId === TEAM.id ? [200, teamDetails()] : NO_CONVERSATION)],
    [
      'GET',
      '/v3/teams/:teamId/conversations',
      ({ params }) =>
        params.teamId === TEAM.id ? [200, { conversations: [{ id: TEAM.id }, { id: CHANNEL.id, name: CHANNEL.name }] }] : NO_CONVERSATION,
    ],
  ];

  for (const [method, url, answer] of routes) {
    app.route<{ Params: Ids }>({
      method,
      url,
      handler: async (call, reply) => {
        const token = /^Bearer (\S+)$/.exec(call.headers.authorization ?? '')?.[1];
        const trusted = token === undefined ? false : await needs.verifyBotToken(token).then(accepted, refused);
        if (!trusted) return reply.code(401).send({ error: { code: 'Unauthorized', message: 'The token is missing or not valid.' } });
        const fault = needs.faults.take(method, decodeURIComponent(call.url));
        if (fault !== undefined && (await broken(fault, reply))) return reply;
        const [status, body] = answer(call, reply);
        if (fault?.drop === 'after') {
          reply.hijack();
          call.raw.socket.destroy();
          return reply;
        }
        return reply.code(status).send(body);
      },
    });
  }
}

const accepted = (): boolean => true;
const refused = (): boolean => false;

/** @returns true when the call is over before it did anything */
async function broken(fault: Fault, reply: FastifyReply): Promise<boolean> {
  if (fault.delayMs !== undefined) await wait(fault.delayMs);
  if (fault.drop === 'before') {
    reply.hijack();
    reply.raw.socket?.destroy();
    return true;
  }
  if (fault.status === undefined) return false;
  if (fault.retryAfter !== undefined) reply.header('retry-after', fault.retryAfter);
  const code = fault.code ?? (fault.status === 429 ? 'Throttled' : 'ServiceError');
  await reply.code(fault.status).send({ error: { code, message: 'A fault asked for by a test.' } });
  return true;
}

function createConversation(needs: ConnectorNeeds, body: Json, reply: FastifyReply): Answered {
  const data = isJson(body.channelData) ? body.channelData : {};
  const tenantId = isJson(data.tenant) ? data.tenant.id : body.tenantId;
  if (isJson(data.channel)) {
    if (data.channel.id !== CHANNEL.id) return NO_CONVERSATION;
    if (!isJson(body.activity)) return fail(400, 'BadSyntax', 'A new post in a channel needs an activity.');
    const [status, answer] = send(needs, CHANNEL.id, body.activity, null, reply);
    if (status !== 201 || !isJson(answer)) return [status, answer];
    return [201, { id: `${CHANNEL.id};messageid=${answer.id}`, activityId: answer.id }];
  }
  const member: unknown = Array.isArray(body.members) ? body.members[0] : undefined;
  if (!isJson(member) || typeof member.id !== 'string') return fail(400, 'BadSyntax', 'Name the member, or the channel in channelData.');
  if (tenantId !== HOME_TENANT.id)
    return fail(tenantId === undefined ? 400 : 403, 'BadTenant', 'The tenant is missing or not the one of the app.');
  const person = personWithId(member.id);
  if (person === undefined || !hasPersonalInstallation(person)) {
    return fail(403, 'BotNotInConversationRoster', 'The app is not installed for this person.');
  }
  const chat = personalChat(person);
  if (!isJson(body.activity)) return [201, { id: chat.id }];
  const [status, answer] = send(needs, chat.id, body.activity, null, reply);
  return status === 201 && isJson(answer) ? [201, { id: chat.id, activityId: answer.id }] : [status, answer];
}

function send(needs: ConnectorNeeds, conversationId: string, activity: Json, replyToId: string | null, reply: FastifyReply): Answered {
  const conversation = conversationWithId(conversationId);
  if (conversation === undefined || !threadExists(needs, conversation)) return NO_CONVERSATION;
  const held = overLimit(needs.limits, conversation, reply);
  if (held !== undefined) return held;
  if (activity.type === 'typing') return [201, { id: needs.messages.nextId() }];
  if (activity.type !== 'message') return fail(400, 'BadSyntax', 'Teams takes activities of type message and typing.');
  const content = readMessage(activity);
  if (isRejection(content)) return fail(content.status, content.code, content.message);
  const id = needs.messages.nextId();
  const threadId = conversation.kind === 'channel' ? (conversation.threadId ?? id) : null;
  const message = needs.messages.add({ ...content, id, conversation: conversation.id, threadId, replyToId, from: 'bot' });
  needs.events.changed(message, 'message');
  return [201, { id }];
}

function update(needs: ConnectorNeeds, call: Call, reply: FastifyReply): Answered {
  const before = ownMessage(needs.messages, call.params);
  const conversation = conversationWithId(call.params.conversationId);
  if (before === undefined || conversation === undefined) return NO_ACTIVITY;
  const held = overLimit(needs.limits, conversation, reply);
  if (held !== undefined) return held;
  const content = readMessage(bodyOf(call));
  if (isRejection(content)) return fail(content.status, content.code, content.message);
  const message = needs.messages.update(before.id, content);
  if (message === undefined) return NO_ACTIVITY;
  needs.events.changed(message, 'update');
  return [200, { id: message.id }];
}

function overLimit(limits: SendLimits, conversation: Conversation, reply: FastifyReply): Answered | undefined {
  const waitSeconds = limits.take(conversation.id);
  if (waitSeconds === 0) return undefined;
  reply.header('retry-after', waitSeconds);
  return fail(429, 'Throttled', 'Too many messages in this conversation.');
}

/** A message the bot itself wrote in that conversation: nothing else can it change or delete. */
function ownMessage(messages: Messages, { conversationId, activityId }: Ids): Message | undefined {
  const message = messages.get(activityId);
  return message?.from === 'bot' && message.conversation === conversationWithId(conversationId)?.id ? message : undefined;
}

function threadExists({ messages, looseThreads }: ConnectorNeeds, conversation: Conversation): boolean {
  if (conversation.kind === 'personal' || conversation.threadId === null || looseThreads.has(conversation.threadId)) return true;
  return messages.get(conversation.threadId)?.conversation === conversation.id;
}

function bodyOf(call: Call): Json {
  return isJson(call.body) ? call.body : {};
}

function roster(conversationId: string, answer: (members: Json[]) => Answered): Answered {
  const conversation = conversationWithId(conversationId);
  return conversation === undefined ? NO_CONVERSATION : answer(membersOf(conversation).map(rosterEntry));
}

function member({ conversationId, memberId }: Ids): Answered {
  const conversation = conversationWithId(conversationId);
  const name = personWithId(memberId);
  if (conversation === undefined) return NO_CONVERSATION;
  if (name === undefined || !membersOf(conversation).includes(name)) return fail(404, 'MemberNotFoundInConversation', 'Member not found.');
  return [200, rosterEntry(name)];
}

function page(all: Json[], query: unknown): Answered {
  const { pageSize, continuationToken } = isJson(query) ? query : {};
  const start = Number(continuationToken ?? 0);
  const end = start + Math.max(1, Number(pageSize ?? 200));
  return [200, { members: all.slice(start, end), ...(end < all.length && { continuationToken: String(end) }) }];
}

function teamDetails(): Json {
  const memberCount = membersOf(channel()).length;
  return {
    id: TEAM.id,
    name: TEAM.name,
    aadGroupId: TEAM.aadGroupId,
    type: 'standard',
    tenantId: HOME_TENANT.id,
    channelCount: 2,
    memberCount,
  };
}
