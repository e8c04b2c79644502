import type { FastifyInstance } from 'fastify';
import type { SandboxClock } from '../clock.ts';
import type { Message } from './messages.ts';

/** Tells open pages that something changed; what it is now they read themselves, as the person they show. */
export interface Events {
  changed(message: Message, kind: 'message' | 'update' | 'delete'): void;
  close(): void;
}

const HEARTBEAT_MS = 1_000;

/** Server-sent events at `GET /sandbox/events`: `message`, `update`, `delete` with `{id, conversation, from}`, and `clock` with `{now}`. */
export function events(app: FastifyInstance, clock: SandboxClock): Events {
  const listeners = new Set<(text: string) => void>();
  const ends = new Set<() => void>();
  const tell = (event: string, data: unknown): void => {
    for (const listener of listeners) listener(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  let toldOffsetMs = clock.offsetMs;
  const heartbeat = setInterval(() => {
    if (clock.offsetMs === toldOffsetMs) return;
    toldOffsetMs = clock.offsetMs;
    tell('clock', { now: clock.now().toISOString() });
  }, HEARTBEAT_MS);
  heartbeat.unref();

  app.get('/sandbox/events', (request, reply) => {
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    raw.write(`event: clock\ndata: ${JSON.stringify({ now: clock.now().toISOString() })}\n\n`);
    const listener = (text: string): void => void raw.write(text);
    const end = (): void => void raw.end();
    listeners.add(listener);
    ends.add(end);
    request.raw.on('close', () => {
      listeners.delete(listener);
      ends.delete(end);
    });
  });

  return {
    changed: ({ id, conversation, from }, kind) => tell(kind, { id, conversation, from }),
    close() {
      clearInterval(heartbeat);
      for (const end of ends) end();
    },
  };
}
