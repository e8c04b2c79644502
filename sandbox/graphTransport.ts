import type { Context, Middleware } from '@microsoft/microsoft-graph-client';

/**
 * The last link of the Graph client's chain in the sandbox: maps Graph's origin to the pretend tenant on loopback and refuses every other
 * host, so that nothing a sandbox does can ever reach a real tenant (ST-1). All the links before it are production's.
 */
export function loopbackTransport(graphOrigin: string, tenantUrl: string): Middleware {
  return {
    async execute(context: Context) {
      const asked = typeof context.request === 'string' ? context.request : context.request.url;
      const url = new URL(asked);
      if (url.origin !== graphOrigin) throw new Error(`the sandbox does not call ${url.origin}`);
      const target = new URL(`${url.pathname}${url.search}`, tenantUrl);
      if (target.hostname !== '127.0.0.1') throw new Error('the sandbox only calls loopback');
      context.response = await fetch(target, context.options as RequestInit);
    },
  };
}
