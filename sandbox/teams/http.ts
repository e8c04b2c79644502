import type { FastifyInstance } from 'fastify';
import { isJson, type Json } from './cardTree.ts';

/** A request the sandbox refuses, with the sentence its caller reads. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number, sentence: string) {
    super(sentence);
    this.name = 'Refused';
    this.status = status;
  }
}

/**
 * What every route of this server has in common: only this machine's own names in `Host` (DNS rebinding), no other site's page may
 * call, JSON bodies only, and an error that says one sentence.
 */
export function guard(app: FastifyInstance, port: () => number): void {
  app.addHook('onRequest', async (request, reply) => {
    const names = [`127.0.0.1:${port()}`, `localhost:${port()}`];
    if (!names.includes(request.headers.host ?? ''))
      return reply.code(403).send({ error: 'This server answers only under its loopback name.' });
    const origin = request.headers.origin;
    if (origin !== undefined && !names.some((name) => origin === `http://${name}`)) {
      return reply.code(403).send({ error: 'Pages of other sites may not call this server.' });
    }
    reply.header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'no-referrer');
    return undefined;
  });

  // A content type that is not JSON needs no preflight in a browser, so none is taken. An empty body is what the SDK sends with DELETE.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
    if (text === '') return done(null, undefined);
    try {
      return done(null, JSON.parse(String(text)));
    } catch {
      return done(new Refused(400, 'The body is not JSON.'), undefined);
    }
  });

  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof Refused) return reply.code(error.status).send({ error: error.message });
    const status = isJson(error) || error instanceof Error ? Number(Reflect.get(error, 'statusCode') ?? 500) : 500;
    // A fault of ours: the sandbox is a developer's tool, so the reason goes to its log and to the caller.
    if (status >= 500) process.stderr.write(`teams: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return reply.code(status).send({ error: error instanceof Error ? error.message : 'Something went wrong.' });
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'There is nothing here.' }));
}

/** @throws Refused 400 unless the body is a JSON object */
export function bodyOf(request: { body: unknown }): Json {
  if (!isJson(request.body)) throw new Refused(400, 'The body must be a JSON object.');
  return request.body;
}
