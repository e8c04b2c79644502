import { cardFault } from './cardRules.ts';
import { actionsOf, isJson, type Json } from './cardTree.ts';
import type { BotReply } from './deliver.ts';

/** What a bot's answer to a button or dialog comes to for the person who pressed. */
export interface Answer {
  readonly status: number;
  readonly message?: string;
  readonly card?: Json;
  readonly dialog?: { readonly title: string; readonly card: Json };
  readonly signInUrl?: string;
}

/** Teams' own words when an answer makes no sense to it. */
const WENT_WRONG = 'Something went wrong. Please try again.';

/** Reads the answer to `adaptiveCard/action`: card, message, error or a request to sign in. */
export function readActionAnswer({ status, body }: BotReply): Answer {
  if (status < 200 || status > 299) return { status, message: status === 502 ? 'Breakglass did not answer. Is it running?' : WENT_WRONG };
  if (!isJson(body)) return { status };
  const type = body.type;
  const value = body.value;
  const answered = typeof body.statusCode === 'number' ? body.statusCode : status;
  const signInUrl = signInUrlOf(value);
  const signIn = signInUrl === undefined ? {} : { signInUrl };
  if (type === 'application/vnd.microsoft.card.adaptive' && isJson(value)) {
    const link = signInLinkOf(value);
    return unshowable(value) ?? { status: answered, card: value, ...(link === undefined ? signIn : { signInUrl: link }) };
  }
  if (type === 'application/vnd.microsoft.activity.message') return { status: answered, message: wordsOf(value), ...signIn };
  if (type === 'application/vnd.microsoft.error') {
    return { status: answered >= 400 ? answered : 500, message: wordsOf(value), ...signIn };
  }
  if (type === 'application/vnd.microsoft.activity.loginRequest') {
    return { status: answered, message: isJson(value) && typeof value.text === 'string' ? value.text : 'Please sign in.', ...signIn };
  }
  return answered >= 400 ? { status: answered, message: WENT_WRONG, ...signIn } : { status: answered, ...signIn };
}

/** Reads the answer to `task/fetch` and `task/submit`: another dialog, a message, or nothing (the dialog closes). */
export function readTaskAnswer(reply: BotReply): Answer {
  if (reply.status < 200 || reply.status > 299 || !isJson(reply.body) || !isJson(reply.body.task)) return readActionAnswer(reply);
  const { status } = reply;
  const { type, value } = reply.body.task;
  const signInUrl = signInUrlOf(value);
  const signIn = signInUrl === undefined ? {} : { signInUrl };
  if (type === 'message') return { status, message: wordsOf(value), ...signIn };
  const card = type === 'continue' && isJson(value) && isJson(value.card) ? value.card.content : undefined;
  if (!isJson(value) || !isJson(card)) return { status: 500, message: WENT_WRONG };
  const fault = unshowable(card);
  if (fault !== undefined) return fault;
  return { status, dialog: { title: typeof value.title === 'string' ? value.title : 'Breakglass', card }, ...signIn };
}

/** A card Teams would not draw comes to nothing; the sandbox says why, for the one who builds the bot. */
function unshowable(card: Json): Answer | undefined {
  const fault = cardFault(card);
  return fault && { status: 500, message: `${WENT_WRONG} (${fault.message})` };
}

function wordsOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return isJson(value) && typeof value.message === 'string' ? value.message : WENT_WRONG;
}

/** Where a card's button leads to sign in for a second proof. */
function signInLinkOf(card: Json): string | undefined {
  const links = actionsOf(card).filter(({ action }) => action.type === 'Action.OpenUrl');
  const urls = links.flatMap(({ action }) => (typeof action.url === 'string' ? [action.url] : []));
  return urls.find((url) => /\/prove\/[\w-]{43}$/.test(url));
}

function signInUrlOf(value: unknown): string | undefined {
  if (!isJson(value)) return undefined;
  if (typeof value.signInUrl === 'string') return value.signInUrl;
  const button: unknown = Array.isArray(value.buttons) ? value.buttons[0] : undefined;
  return isJson(button) && button.type === 'signin' && typeof button.value === 'string' ? button.value : undefined;
}
