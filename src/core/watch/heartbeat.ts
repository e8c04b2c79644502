import { later } from '../decision.ts';
import { missedAfterMs } from './silence.ts';

/** The synthetic alert that shows the path works: which one is under way, and which one last reached the channel. */
export interface Heartbeat {
  readonly number: number;
  readonly beganAt: Date;
  /** Number and instant of the newest one that Teams confirmed. */
  readonly arrived: number;
  readonly arrivedAt?: Date;
}

/** Whether alerts would reach people now: the newest confirmed heartbeat is no older than two intervals (SI-3). */
export const isAlive = ({ arrivedAt }: Pick<Heartbeat, 'arrivedAt'>, everySeconds: number, now: Date): boolean =>
  arrivedAt !== undefined && now < later(arrivedAt, missedAfterMs(everySeconds));
