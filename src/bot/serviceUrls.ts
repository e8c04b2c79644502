/**
 * Whether a token may be sent to an address: it begins with an origin of the list, letter by letter (AU-3, AU-4). The parser alone is not
 * enough: to it `http://2130706433`, `HTTP://127.0.0.1` and an address with a line break in it are 127.0.0.1, and others read them otherwise.
 */
export function serviceUrlGuard(origins: readonly string[]): (url: unknown) => url is string {
  const allowed = new Set(origins.map((origin) => new URL(origin).origin));
  return (url): url is string => {
    if (typeof url !== 'string' || url.length > 512) return false;
    const parsed = URL.parse(url);
    if (parsed === null || !allowed.has(parsed.origin) || /[\s\\]/.test(url)) return false;
    return url === parsed.origin || url.startsWith(`${parsed.origin}/`);
  };
}
