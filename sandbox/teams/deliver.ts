import type { Json } from './cardTree.ts';
import type { ChannelKeys } from './channelKeys.ts';

/** What the bot's endpoint answered. Status 502 with no body: it did not answer at all. */
export interface BotReply {
  readonly status: number;
  readonly body: unknown;
}

/** @param token replaces the correct token; an empty one sends no Authorization header at all */
export type Deliver = (activity: Json, token?: string) => Promise<BotReply>;

const PATIENCE_MS = 30_000;

/** Signs activities as the channel and POSTs them to the bot, waiting until the bot's turn is over. */
export function deliverTo(endpoint: () => string, keys: ChannelKeys, serviceUrl: () => string): Deliver {
  return async (activity, token) => {
    const bearer = token ?? (await keys.token(serviceUrl()));
    try {
      const response = await fetch(endpoint(), {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(bearer !== '' && { authorization: `Bearer ${bearer}` }) },
        body: JSON.stringify(activity),
        redirect: 'error',
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      return { status: response.status, body: parsed(await response.text()) };
    } catch (error) {
      // A bot that is down, restarting or silent is an everyday state of a sandbox: the person is told, and nothing is lost.
      const reason = error instanceof Error ? error.message : String(error);
      return { status: 502, body: { error: `The bot did not answer: ${reason}` } };
    }
  };
}

function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
