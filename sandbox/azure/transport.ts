/**
 * How the product in the sandbox reaches Resource Manager: its origin is mapped to the pretend one on loopback, and every other host refused,
 * so that nothing a sandbox does can ever reach a real subscription (ST-1). What asks is production's own.
 */
export function loopbackFetch(origin: string, tenantUrl: string): typeof fetch {
  return (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.origin !== origin) throw new Error(`the sandbox does not call ${url.origin}`);
    const target = new URL(`${url.pathname}${url.search}`, tenantUrl);
    if (target.hostname !== '127.0.0.1') throw new Error('the sandbox only calls loopback');
    return fetch(target, init);
  };
}
