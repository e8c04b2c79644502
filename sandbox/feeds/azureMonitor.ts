import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../tenant/json.ts';
import type { TenantState } from '../tenant/state.ts';
import type { SandboxTenant } from '../world.ts';
import { alertBody } from './alertBody.ts';
import { openDeliveries } from './deliveries.ts';
import type { FeedFault } from './feedFault.ts';

export interface SignInFeed {
  /** Notes a sign-in to tell about, inside the caller's transaction. */
  owe(tenant: SandboxTenant, signIn: JsonObject, dueAtMs: number): void;
}

export interface AzureMonitorFeed extends SignInFeed {
  setWebhook(url: string): void;
  /** Resolves when nothing is being sent any more; what is owed stays owed. */
  close(): Promise<void>;
}

export interface FeedOptions {
  readonly state: TenantState;
  /** Bearer token of Azure Monitor's application for the webhook. */
  readonly token: () => Promise<string>;
  readonly fault: () => FeedFault | undefined;
  /** Whether what is deployed tells the webhook of this account's sign-ins. */
  readonly fires: (tenant: SandboxTenant, userId: string) => boolean;
  readonly webhook: string | undefined;
  readonly fetch: typeof fetch;
}

const ANSWER_MS = 10_000;

/** Azure Monitor with a log alert on the sign-ins of emergency accounts: posts the common alert schema to the bot's secure webhook. */
export function openAzureMonitorFeed({ state, token, fault, fires, fetch, ...options }: FeedOptions): AzureMonitorFeed {
  let { webhook } = options;
  const post = async (body: JsonObject, stopping: AbortSignal): Promise<boolean> => {
    if (webhook === undefined) return false;
    try {
      const answer = await fetch(webhook, {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8', authorization: `Bearer ${await token()}` },
        body: JSON.stringify(body),
        signal: AbortSignal.any([stopping, AbortSignal.timeout(ANSWER_MS)]),
      });
      await answer.arrayBuffer();
      return answer.ok;
    } catch {
      // Unreachable or too slow is the ordinary case the retries are for.
      return false;
    }
  };
  const deliveries = openDeliveries<JsonObject>({
    state,
    collection: 'feed.azureMonitor',
    fault,
    ready: () => webhook !== undefined,
    send: post,
  });
  return {
    owe(tenant, signIn, dueAtMs) {
      // Sign-in logs leave a tenant only with a P1 or P2 licence: a free one has no such feed.
      if (tenant.kind === 'free' || !fires(tenant, String(signIn.userId))) return;
      deliveries.owe(alertBody(tenant, randomUUID(), signIn, state.clock.now()), dueAtMs);
    },
    setWebhook(url) {
      webhook = url;
      deliveries.wake();
    },
    close: () => deliveries.close(),
  };
}
