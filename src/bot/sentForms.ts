import type { Log } from '../app/log.ts';
import type { Rendered } from '../cards/render.ts';
import type { GuardedAdapter } from './adapter.ts';
import type { Inbound } from './inbound.ts';
import { cardMessage, type Dress } from './outbound.ts';
import { Recent } from './recent.ts';

export interface SentForms {
  sent(formId: string, activity: Inbound, messageId: string): void;
  /** Begins to replace the form's message; whether it succeeds is logged, for the request stands either way. */
  done(formId: string, rendered: Rendered): void;
  /** Resolves when no replacement is under way. */
  settled(): Promise<void>;
}

const MOST_FORMS = 200;

interface Sent {
  readonly serviceUrl: string;
  readonly conversationId: string;
  readonly messageId: string;
}

/**
 * Which message holds which form, so that a form that was sent in does not stay open for others. In memory: after a restart the old form
 * stays, and sending it in again finds the request it made. The message is never taken from the press itself: whoever forged one could
 * have any card of the bot overwritten.
 */
export function sentForms(adapter: Pick<GuardedAdapter, 'connector'>, dress: Dress, log: Log): SentForms {
  const forms = new Recent<Sent>(MOST_FORMS);
  const underWay = new Set<Promise<void>>();

  async function replace({ serviceUrl, conversationId, messageId }: Sent, rendered: Rendered): Promise<void> {
    try {
      const { conversations } = await adapter.connector(serviceUrl);
      await conversations.updateActivity(conversationId, messageId, { ...cardMessage(dress(rendered)), id: messageId });
    } catch (error) {
      log.warn('form.not-replaced', { error: error instanceof Error ? error.message : String(error) });
    }
  }

  return {
    sent(formId, { serviceUrl, conversation }, messageId) {
      forms.set(formId, { serviceUrl, conversationId: conversation.id, messageId });
    },
    done(formId, rendered) {
      const sent = forms.get(formId);
      if (!sent) return;
      forms.delete(formId);
      const work = replace(sent, rendered).finally(() => underWay.delete(work));
      underWay.add(work);
    },
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
