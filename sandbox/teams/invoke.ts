import type { PersonName } from '../world.ts';
import { PEOPLE } from '../world.ts';
import type { Activities } from './activities.ts';
import { messageFields } from './activities.ts';
import { type Answer, readActionAnswer, readTaskAnswer } from './answers.ts';
import { actionsOf, type FoundAction, isJson, type Json, refreshOf, verbOf } from './cardTree.ts';
import type { Deliver } from './deliver.ts';
import type { Dialogs } from './dialogs.ts';
import type { Events } from './events.ts';
import type { Message, Messages } from './messages.ts';
import { channel, conversationWithId } from './people.ts';

/** The answer to a press as its presser sees it; never kept. */
export interface Outcome {
  readonly status: number;
  readonly message?: string;
  readonly card?: Json;
  readonly dialog?: { readonly id: string; readonly title: string; readonly card: Json };
  readonly signInUrl?: string;
}

/** What a button press needs. */
export interface Pressing {
  readonly messages: Messages;
  readonly dialogs: Dialogs;
  readonly activities: Activities;
  readonly deliver: Deliver;
  readonly events: Events;
  /** Refreshes the bot has been asked for and has not answered yet, by message version and viewer. */
  readonly refreshing: Map<string, Promise<void>>;
}

const NO_SUCH_BUTTON: Outcome = { status: 404, message: 'no such button' };

/**
 * Presses the button with that verb, as a client would: its data, the card's input defaults and the given inputs go to the bot.
 *
 * @param only narrows several buttons of one verb to the one whose data has these values
 */
export async function press(needs: Pressing, person: PersonName, on: Message, verb: string, inputs: Json, only: Json): Promise<Outcome> {
  const target = findButton(needs.messages, person, on, verb, only);
  if (target === undefined) return NO_SUCH_BUTTON;
  const { message, found } = target;
  const { action } = found;
  const data: Json = { ...found.defaults, ...(isJson(action.data) ? action.data : {}), ...inputs };
  if (action.type === 'Action.Execute') return execute(needs, person, message, action, data, 'manual');
  if (isJson(data.msteams) && data.msteams.type === 'task/fetch') {
    const value = { data, context: { theme: 'default' } };
    const reply = await needs.deliver(invokeActivity(needs, person, message, 'task/fetch', value));
    return outcomeOf(needs, person, message, readTaskAnswer(reply));
  }
  if (action.type !== 'Action.Submit') return NO_SUCH_BUTTON;
  const activity = needs.activities.from(person, whereIs(message), {
    ...messageFields(whereIs(message), ''),
    text: null,
    id: needs.messages.nextId(),
    value: data,
    replyToId: message.id,
  });
  return outcomeOf(needs, person, message, readActionAnswer(await needs.deliver(activity)));
}

/** Submits a dialog with the button of that verb, or its first submit button. The dialog closes unless the bot refuses. */
export async function submitDialog(
  needs: Pressing,
  person: PersonName,
  dialogId: string,
  verb: string | undefined,
  inputs: Json,
): Promise<Outcome | undefined> {
  const dialog = needs.dialogs.get(dialogId, person);
  if (dialog === undefined) return undefined;
  const buttons = actionsOf(dialog.card).filter(({ action }) => action.type === 'Action.Submit' || action.type === 'Action.Execute');
  const found = verb === undefined ? buttons[0] : buttons.find(({ action }) => verbOf(action) === verb);
  if (found === undefined) return NO_SUCH_BUTTON;
  const { action, defaults } = found;
  const named = typeof action.verb === 'string' ? { verb: action.verb } : {};
  const data = { ...defaults, ...named, ...(isJson(action.data) ? action.data : {}), ...inputs };
  const value = { data, context: { theme: 'default' } };
  const answer = readTaskAnswer(await needs.deliver(invokeActivity(needs, person, dialog.message, 'task/submit', value)));
  if (answer.status < 400) needs.dialogs.close(dialogId);
  return outcomeOf(needs, person, dialog.message, answer);
}

/** Asks the bot for this person's own view of a card that wants it, and keeps the view (also that there is none). */
export async function refresh(needs: Pressing, person: PersonName, message: Message): Promise<void> {
  const wanted = refreshOf(message.card);
  if (wanted === undefined || !wanted.userIds.includes(PEOPLE[person].mri)) return;
  if (wanted.action.type !== 'Action.Execute' || needs.messages.viewOf(message, person) !== undefined) return;
  // Two windows of one person look at the same moment: one question is enough.
  const key = `${message.id}|${message.version}|${person}`;
  const asked = needs.refreshing.get(key) ?? askForView(needs, person, message, wanted.action).finally(() => needs.refreshing.delete(key));
  needs.refreshing.set(key, asked);
  await asked;
}

async function askForView(needs: Pressing, person: PersonName, message: Message, action: Json): Promise<void> {
  const data = isJson(action.data) ? action.data : {};
  const reply = await needs.deliver(actionActivity(needs, person, message, action, data, 'automatic'));
  // A bot that is down is asked again at the next look; one that answered is asked once per version of the message.
  if (reply.status < 500) needs.messages.keepView(message, person, readActionAnswer(reply).card ?? null);
}

async function execute(
  needs: Pressing,
  person: PersonName,
  message: Message,
  action: Json,
  data: Json,
  trigger: 'manual' | 'automatic',
): Promise<Outcome> {
  const answer = readActionAnswer(await needs.deliver(actionActivity(needs, person, message, action, data, trigger)));
  if (answer.card !== undefined) {
    needs.messages.keepView(message, person, answer.card);
    needs.events.changed(message, 'update');
  }
  return outcomeOf(needs, person, message, answer);
}

function outcomeOf(needs: Pressing, person: PersonName, message: Message, answer: Answer): Outcome {
  const { dialog, ...rest } = answer;
  if (dialog === undefined) return rest;
  return { ...rest, dialog: { id: needs.dialogs.open(person, message, dialog.title, dialog.card).id, ...dialog } };
}

function findButton(
  messages: Messages,
  person: PersonName,
  on: Message,
  verb: string,
  only: Json,
): { message: Message; found: FoundAction } | undefined {
  // A test that only knows what a person typed means the bot's answer to it.
  const answers =
    on.from === 'bot' ? [on] : messages.in(on.conversation).filter((other) => other.from === 'bot' && other.replyToId === on.id);
  for (const message of answers.reverse()) {
    for (const card of [messages.viewOf(message, person), message.card, ...message.earlier]) {
      const found = card ? actionsOf(card).find(({ action }) => verbOf(action) === verb && hasData(action, only)) : undefined;
      if (found !== undefined) return { message, found };
    }
  }
  return undefined;
}

function hasData(action: Json, only: Json): boolean {
  const data = isJson(action.data) ? action.data : {};
  return Object.entries(only).every(([name, value]) => JSON.stringify(data[name]) === JSON.stringify(value));
}

function whereIs(message: Message) {
  const conversation = conversationWithId(message.conversation);
  if (conversation === undefined) throw new Error(`message ${message.id} is in no known conversation`);
  return conversation.kind === 'channel' ? channel(message.threadId) : conversation;
}

function actionActivity(
  needs: Pressing,
  person: PersonName,
  message: Message,
  action: Json,
  data: Json,
  trigger: 'manual' | 'automatic',
): Json {
  const id = typeof action.id === 'string' ? { id: action.id } : {};
  const value = { action: { type: 'Action.Execute', ...id, verb: verbOf(action) ?? '', data }, trigger };
  return invokeActivity(needs, person, message, 'adaptiveCard/action', value);
}

function invokeActivity(needs: Pressing, person: PersonName, message: Message, name: string, value: Json): Json {
  return needs.activities.from(person, whereIs(message), { type: 'invoke', name, value, replyToId: message.id });
}
