import { isJson, type Json, refreshOf } from './cardTree.ts';

/** Why Teams would not take a message. */
export interface Rejection {
  readonly status: 400 | 413;
  readonly code: 'BadSyntax' | 'MessageSizeTooBig';
  readonly message: string;
}

/** Learn, "Format your bot messages": about 28 kB with everything in it. */
const MOST_BYTES = 28 * 1024;
const MOST_REFRESH_USERS = 60;
const ADAPTIVE = 'application/vnd.microsoft.card.adaptive';

/** A message as the Connector takes it: text, or one Adaptive Card, or both. */
export function readMessage(activity: Json): { text: string; card: Json | null } | Rejection {
  const bytes = Buffer.byteLength(JSON.stringify(activity));
  if (bytes > MOST_BYTES) {
    return { status: 413, code: 'MessageSizeTooBig', message: `The message has ${bytes} bytes; Teams takes ${MOST_BYTES}.` };
  }
  const attachments = activity.attachments ?? [];
  if (!Array.isArray(attachments)) return bad('attachments must be a list.');
  if (attachments.length > 1) return bad('This sandbox shows one card per message.');
  const text = activity.text ?? '';
  if (typeof text !== 'string') return bad('text must be text.');
  const attachment: unknown = attachments[0];
  if (attachment === undefined) return text.trim() === '' ? bad('A message needs text or a card.') : { text, card: null };
  if (!isJson(attachment) || attachment.contentType !== ADAPTIVE) return bad(`The attachment must be of type ${ADAPTIVE}.`);
  const card = attachment.content;
  if (!isJson(card)) return bad('The card must be an object.');
  return cardFault(card) ?? { text, card };
}

export function isRejection(value: object): value is Rejection {
  return 'status' in value;
}

/** Why Teams would not draw a card, be it posted or the answer to a button. */
export function cardFault(card: Json): Rejection | undefined {
  if (card.type !== 'AdaptiveCard') return bad('The card is no AdaptiveCard.');
  if (typeof card.version !== 'string') return bad('The card does not say its version.');
  if (card.body !== undefined && !Array.isArray(card.body)) return bad('body of the card must be a list.');
  if (card.actions !== undefined && !Array.isArray(card.actions)) return bad('actions of the card must be a list.');
  if (JSON.stringify(card).includes('${')) return bad('The card still has "${" of its template in it.');
  const refresh = refreshOf(card);
  if (refresh !== undefined && refresh.userIds.length > MOST_REFRESH_USERS) {
    return bad(`refresh.userIds has ${refresh.userIds.length} people; Teams takes ${MOST_REFRESH_USERS}.`);
  }
  return undefined;
}

const bad = (message: string): Rejection => ({ status: 400, code: 'BadSyntax', message });
