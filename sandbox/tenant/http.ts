import Fastify, { type FastifyInstance } from 'fastify';

export interface HttpOptions {
  /** Port the server listens on, once known. */
  readonly port: () => number;
  /** Port of the same server over https, where it has one. */
  readonly securePort: () => number | undefined;
  /** Origin of the Teams page, which may call the control API. */
  readonly teamsOrigin: () => string | undefined;
}

function sameService(origin: string, teamsOrigin: string | undefined): boolean {
  if (teamsOrigin === undefined) return false;
  const { port } = new URL(teamsOrigin);
  return origin === `http://127.0.0.1:${port}` || origin === `http://localhost:${port}`;
}

/** A bare server for loopback: bodies read as Graph clients send them, foreign hosts and foreign pages refused. */
export function createHttp(options: HttpOptions): FastifyInstance {
  const server = Fastify({
    logger: false,
    forceCloseConnections: true,
    bodyLimit: 4 * 1024 * 1024,
    // Graph paths ignore case; ids may be long (role assignments, guest names).
    routerOptions: { caseSensitive: false, maxParamLength: 1000 },
  });
  server.removeContentTypeParser('application/json');
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    if (body === '') return done(null, undefined);
    try {
      return done(null, JSON.parse(String(body)));
    } catch {
      return done(Object.assign(new Error('The body is not valid JSON.'), { statusCode: 400 }), undefined);
    }
  });
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
  server.addHook('onRequest', async (request, reply) => {
    const port = request.protocol === 'https' ? options.securePort() : options.port();
    if (request.headers.host !== `127.0.0.1:${port}` && request.headers.host !== `localhost:${port}`) {
      return reply.code(403).send({ error: 'This server answers on its own loopback address only.' });
    }
    const { origin } = request.headers;
    if (origin === undefined || origin === `${request.protocol}://${request.headers.host}`) return;
    if (!request.url.startsWith('/sandbox/') || !sameService(origin, options.teamsOrigin())) {
      return reply.code(403).send({ error: 'This page may not call the sandbox.' });
    }
    reply.headers({ 'access-control-allow-origin': origin, vary: 'origin' });
    if (request.method === 'OPTIONS') {
      const allowed = { 'access-control-allow-methods': 'GET, POST, DELETE', 'access-control-allow-headers': 'content-type' };
      return reply.code(204).headers(allowed).send();
    }
  });
  return server;
}
