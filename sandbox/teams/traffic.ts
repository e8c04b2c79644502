import type { FastifyInstance } from 'fastify';
import { isJson } from './cardTree.ts';
import { Refused } from './http.ts';

interface Sent {
  readonly at: string;
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
}

const KEPT = 2_000;

/** Recording of what the bot sends to the Connector, off until switched on, in memory only. Tokens are never recorded. */
export function recordTraffic(app: FastifyInstance, now: () => Date): void {
  let on = false;
  let sent: Sent[] = [];
  app.addHook('preHandler', async ({ method, url, body }) => {
    if (on && url.startsWith('/v3/')) sent = [...sent.slice(1 - KEPT), { at: now().toISOString(), method, url, body }];
  });
  app.get('/sandbox/traffic', () => sent);
  app.post('/sandbox/traffic', (request) => {
    if (!isJson(request.body) || typeof request.body.on !== 'boolean') throw new Refused(400, 'Say {"on": true} or {"on": false}.');
    on = request.body.on;
    return { on };
  });
}
