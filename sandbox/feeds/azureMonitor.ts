import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../tenant/json.ts';
import type { TenantState } from '../tenant/state.ts';
import type { SandboxTenant } from '../world.ts';
import { alertBody } from './alertBody.ts';
import type { FeedFault } from './feedFault.ts';

/** A delivery still owed. Taken away only after the webhook answered 2xx: at least once. */
interface Delivery {
  readonly id: string;
  readonly body: JsonObject;
  /** Real time, ms. */
  readonly dueAtMs: number;
  readonly attempts: number;
  /** Held back until another delivery has gone, or it is due anyway. */
  readonly held: boolean;
}

export interface SignInFeed {
  /** Notes a sign-in to tell about, inside the caller's transaction. */
  owe(tenant: SandboxTenant, signIn: JsonObject, dueAtMs: number): void;
  /** Looks at what is due. */
  wake(): void;
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

const SLOWEST_MS = 5000;
const FIRST_RETRY_MS = 100;
const ANSWER_MS = 10_000;

/** Azure Monitor with a log alert on the sign-ins of emergency accounts: posts the common alert schema to the bot's secure webhook. */
export function openAzureMonitorFeed(options: FeedOptions): AzureMonitorFeed {
  const { state } = options;
  const owed = state.open<Delivery>('feed.azureMonitor', (delivery) => delivery.id);
  const stopping = new AbortController();
  let webhook = options.webhook;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;

  const post = async (url: string, delivery: Delivery): Promise<boolean> => {
    try {
      const answer = await options.fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8', authorization: `Bearer ${await options.token()}` },
        body: JSON.stringify(delivery.body),
        signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(ANSWER_MS)]),
      });
      await answer.arrayBuffer();
      return answer.ok;
    } catch {
      // Unreachable or too slow is the ordinary case the retries are for.
      return false;
    }
  };

  const deliver = async (url: string, delivery: Delivery): Promise<void> => {
    if (await post(url, delivery)) {
      owed.remove(delivery.id);
      for (const held of owed.all()) if (held.held) owed.put(held.id, { ...held, held: false, dueAtMs: Date.now() });
    } else if (!stopping.signal.aborted) {
      const waitMs = Math.min(SLOWEST_MS, FIRST_RETRY_MS * 2 ** delivery.attempts);
      owed.put(delivery.id, { ...delivery, attempts: delivery.attempts + 1, dueAtMs: Date.now() + waitMs });
    }
  };

  const pump = async (): Promise<void> => {
    for (;;) {
      const due = webhook === undefined || stopping.signal.aborted ? undefined : owed.all().find((one) => one.dueAtMs <= Date.now());
      if (!due || webhook === undefined) return;
      await deliver(webhook, due);
    }
  };

  const wake = (): void => {
    if (running || stopping.signal.aborted) return;
    clearTimeout(timer);
    const next = Math.min(...owed.all().map((one) => one.dueAtMs));
    if (!Number.isFinite(next) || webhook === undefined) return;
    timer = setTimeout(
      () => {
        running = pump().finally(() => {
          running = undefined;
          wake();
        });
      },
      Math.max(0, next - Date.now()),
    );
    timer.unref();
  };

  wake();
  return {
    wake,
    owe(tenant, signIn, dueAtMs) {
      // Sign-in logs leave a tenant only with a P1 or P2 licence: a free one has no such feed.
      if (tenant.kind === 'free' || !options.fires(tenant, String(signIn.userId))) return;
      const fault = options.fault();
      if (fault?.mode === 'silent') return;
      const alertId = randomUUID();
      const body = alertBody(tenant, alertId, signIn, state.clock.now());
      const isHeld = fault?.mode === 'reorder' && !owed.all().some((one) => one.held);
      const lateMs = fault && (fault.mode === 'late' || isHeld) ? fault.delayMs : 0;
      const delivery = { id: alertId, body, dueAtMs: dueAtMs + lateMs, attempts: 0, held: isHeld };
      owed.put(alertId, delivery);
      if (fault?.mode === 'duplicate') owed.put(`${alertId}/again`, { ...delivery, id: `${alertId}/again` });
    },
    setWebhook(url) {
      webhook = url;
      wake();
    },
    async close() {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
