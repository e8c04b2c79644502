import type { Socket } from 'node:net';
import type { Server } from 'restify';
import { countedRefusals } from '../app/countedRefusals.ts';
import type { Log } from '../app/log.ts';

/**
 * No client may hold all the connections there are: one that opens many and lets them hang would keep alerts out (HT-6). Who has as many as it
 * may is cut off at once; its others go on. The peer's address is what counts, never a header, which anybody can write.
 *
 * @param most connections that one address may hold at the same time
 */
export function limitPerClient(http: Server['server'], most: number, log: Log): void {
  const held = new Map<string, number>();
  const refused = countedRefusals(log, 'http.connection-refused');
  http.on('connection', (socket: Socket) => {
    const client = clientOf(socket.remoteAddress ?? '');
    const count = (held.get(client) ?? 0) + 1;
    if (count > most) {
      refused();
      socket.destroy();
      return;
    }
    held.set(client, count);
    socket.once('close', () => {
      const left = (held.get(client) ?? 0) - 1;
      if (left > 0) held.set(client, left);
      else held.delete(client);
    });
  });
}

/** One client: an IPv4 address, also one that is written in IPv6, or the 64 bits that are one subscriber's in IPv6 (RFC 6177). */
export function clientOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  const [front = '', back = ''] = address.split('%', 1)[0]?.split('::') ?? [];
  const [head, tail] = [front, back].map((side) => side.split(':').filter((group) => group !== '')) as [string[], string[]];
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail].slice(0, 4).join(':');
}
