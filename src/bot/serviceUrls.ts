/** Whether a token may be sent to an address: its origin is on the list, as text, and it carries no credentials of its own (AU-3, AU-4). */
export function serviceUrlGuard(origins: readonly string[]): (url: unknown) => url is string {
  const allowed = new Set(origins.map((origin) => new URL(origin).origin));
  return (url): url is string => {
    if (typeof url !== 'string' || url.length > 512) return false;
    const parsed = URL.parse(url);
    return parsed !== null && parsed.username === '' && parsed.password === '' && allowed.has(parsed.origin);
  };
}
