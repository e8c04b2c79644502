import { words } from '../cards/refusals.ts';
import type { InvokeName, Pressed } from './actionDef.ts';
import { CARD_TYPE, type Dress } from './outbound.ts';

/** Body of an invoke's answer; the HTTP status is 200 whatever it says, or Teams shows words of its own. */
export type InvokeBody = Readonly<Record<string, unknown>>;

const isDialog = (via: string): boolean => via === 'task/fetch' || via === 'task/submit';

export function answerTo(via: InvokeName, pressed: Pressed, dress: Dress): InvokeBody {
  if (pressed.kind === 'refused') {
    if (!pressed.rendered) return messageAnswer(via, words(pressed.refusal));
    // A dialog stays open with the form, or what was typed into it would be lost.
    const { card, summary } = dress(pressed.rendered);
    return isDialog(via) ? dialogAnswer(summary, card) : cardAnswer(card);
  }
  // From a button that opens none: the sentence of it.
  if (pressed.kind === 'dialog')
    return isDialog(via) ? dialogAnswer(pressed.title, dress(pressed.rendered).card) : messageAnswer(via, pressed.rendered.summary);
  if (!isDialog(via)) return cardAnswer(dress(pressed.rendered).card);
  return messageAnswer(via, pressed.closing ?? pressed.rendered.summary);
}

/** A sentence for the presser alone. */
export function messageAnswer(via: string, text: string): InvokeBody {
  if (isDialog(via)) return { task: { type: 'message', value: text } };
  return { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: text };
}

export function errorAnswer(via: string, statusCode: number, code: string, message: string): InvokeBody {
  if (isDialog(via)) return { task: { type: 'message', value: message } };
  return { statusCode, type: 'application/vnd.microsoft.error', value: { code, message } };
}

const cardAnswer = (card: object): InvokeBody => ({ statusCode: 200, type: CARD_TYPE, value: card });

function dialogAnswer(title: string, content: object): InvokeBody {
  return { task: { type: 'continue', value: { title, width: 'medium', height: 'medium', card: { contentType: CARD_TYPE, content } } } };
}
