import { setTimeout as wait } from 'node:timers/promises';
import type { Activity, TurnContext } from 'botbuilder';
import { type Rendered, withBanner } from '../cards/render.ts';
import { ChannelFault } from './channelFault.ts';
import type { Said } from './needs.ts';

/** Puts the installation's label on a card, where there is one: every card passes here on its way out (ST-1). */
export type Dress = (rendered: Rendered) => Rendered;

export const dressWith =
  (banner: string | undefined): Dress =>
  (rendered) =>
    banner === undefined ? rendered : withBanner(rendered, banner, 'quiet');

export const CARD_TYPE = 'application/vnd.microsoft.card.adaptive';

/** A message that carries a card. `summary` is what a notification shows. */
export function cardMessage({ card, summary }: Rendered): Partial<Activity> {
  return { type: 'message', summary, attachments: [{ contentType: CARD_TYPE, content: card }] };
}

const MOST_TRIES = 3;
const LONGEST_WAIT_MS = 3_000;

/**
 * Answers in the conversation of the turn. Tried again a little only where Teams certainly did not take it: the person is waiting, and can ask again.
 *
 * @returns id of the message
 * @throws ChannelFault
 */
export async function reply(context: TurnContext, said: Said, dress: Dress): Promise<string | undefined> {
  for (let tries = 1; ; tries += 1) {
    const message = said.kind === 'card' ? cardMessage(dress(said.rendered)) : { type: 'message', text: said.text, textFormat: 'plain' };
    try {
      return (await context.sendActivity(message))?.id;
    } catch (error) {
      if (!(error instanceof ChannelFault) || error.ambiguous || tries >= MOST_TRIES) throw error;
      if (error.status >= 400 && error.status < 500 && error.status !== 429) throw error;
      await wait(Math.min(error.retryAfterMs ?? 500 * tries, LONGEST_WAIT_MS));
    }
  }
}
