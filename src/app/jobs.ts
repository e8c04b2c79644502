import type { NotifyWhy, Subject } from '../core/effect.ts';
import type { SecondPath } from './ports.ts';

/**
 * `urgent-card` is drained on its own, so that no backlog of cards and no plan ever delays an alert (GR-7); `first-card` too, so that no
 * number of alerts delays the one that says somebody is in (AL-6). `notify` waits for no Teams (AL-8). A heartbeat goes where alerts go.
 */
export type JobQueue = 'run-plan' | 'first-card' | 'urgent-card' | 'card' | 'notify';

/** Only ids: a job carries nothing that decides, the worker reads the state as it is when it runs. */
export type Job =
  | { readonly kind: 'apply-plan'; readonly requestId: string }
  | { readonly kind: 'post'; readonly key: string }
  | { readonly kind: 'show'; readonly subject: Subject }
  | { readonly kind: 'beat'; readonly number: number }
  | { readonly kind: 'notify'; readonly path: SecondPath; readonly alertId: string; readonly why: NotifyWhy };

export interface Jobs {
  /** Hands each job of a queue to `handler`, at most `atOnce` at a time. A handler that throws is called again later. */
  work(queue: JobQueue, atOnce: number, handler: (job: Job) => Promise<void>): Promise<void>;
  /** Nothing is being done and nothing is ready to be done. */
  idle(): Promise<boolean>;
  stop(): Promise<void>;
}
