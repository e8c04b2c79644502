import { randomUUID } from 'node:crypto';
import type { TenantState } from '../tenant/state.ts';
import type { FeedFault } from './feedFault.ts';

/** A delivery still owed. Taken away only after it has arrived: at least once. */
interface Delivery<T> {
  readonly id: string;
  readonly body: T;
  /** Real time, ms. */
  readonly dueAtMs: number;
  readonly attempts: number;
  /** Held back until another delivery has gone, or it is due anyway. */
  readonly held: boolean;
}

export interface Deliveries<T> {
  /** Notes something to send, inside the caller's transaction. */
  owe(body: T, dueAtMs: number): void;
  /** Looks at what is due; to be called when sending has become possible. */
  wake(): void;
  /** Resolves when nothing is being sent any more; what is owed stays owed. */
  close(): Promise<void>;
}

export interface DeliveryOptions<T> {
  readonly state: TenantState;
  readonly collection: string;
  /** Takes the fault that strikes what is noted now. */
  readonly fault: () => FeedFault | undefined;
  readonly ready: () => boolean;
  /** @returns whether it has arrived */
  readonly send: (body: T, stopping: AbortSignal) => Promise<boolean>;
}

const SLOWEST_MS = 5000;
const FIRST_RETRY_MS = 100;

/** What a feed has to send: kept until it has arrived, as late, as often and in whatever order its fault says. */
export function openDeliveries<T>({ state, collection, fault: takeFault, ready, send }: DeliveryOptions<T>): Deliveries<T> {
  const owed = state.open<Delivery<T>>(collection, (delivery) => delivery.id);
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;

  const deliver = async (delivery: Delivery<T>): Promise<void> => {
    if (await send(delivery.body, stopping.signal)) {
      owed.remove(delivery.id);
      for (const held of owed.all()) if (held.held) owed.put(held.id, { ...held, held: false, dueAtMs: Date.now() });
    } else if (!stopping.signal.aborted) {
      const waitMs = Math.min(SLOWEST_MS, FIRST_RETRY_MS * 2 ** delivery.attempts);
      owed.put(delivery.id, { ...delivery, attempts: delivery.attempts + 1, dueAtMs: Date.now() + waitMs });
    }
  };

  const pump = async (): Promise<void> => {
    for (;;) {
      const due = !ready() || stopping.signal.aborted ? undefined : owed.all().find((one) => one.dueAtMs <= Date.now());
      if (!due) return;
      await deliver(due);
    }
  };

  const wake = (): void => {
    if (running || stopping.signal.aborted) return;
    clearTimeout(timer);
    const next = Math.min(...owed.all().map((one) => one.dueAtMs));
    if (!Number.isFinite(next) || !ready()) return;
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
    owe(body, dueAtMs) {
      const fault = takeFault();
      if (fault?.mode === 'silent') return;
      const id = randomUUID();
      const held = fault?.mode === 'reorder' && !owed.all().some((one) => one.held);
      const lateMs = fault && (fault.mode === 'late' || held) ? fault.delayMs : 0;
      const delivery = { id, body, dueAtMs: dueAtMs + lateMs, attempts: 0, held };
      owed.put(id, delivery);
      if (fault?.mode === 'duplicate') owed.put(`${id}/again`, { ...delivery, id: `${id}/again` });
      wake();
    },
    async close() {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
