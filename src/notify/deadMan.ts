import type { DeadMan } from '../app/ports.ts';
import { postTo } from './outbound.ts';

/** Pings an address outside, which says itself when it hears nothing any more (SI-2). The address is the secret; nothing is told with it. */
export function deadMan(url: string, everySeconds: number): DeadMan {
  const address = new URL(url);
  return { everySeconds, ping: () => postTo(address, '', 'text/plain') };
}
