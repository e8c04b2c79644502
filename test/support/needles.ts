/**
 * Every form a secret is likely to leak in: UTF-8, UTF-16 of either order, hex, base64 in all three alignments, URL, JSON and HTML escapes,
 * reversed, and each window of eight characters, which finds a part of it.
 */
export function needlesOf(secret: string): Buffer[] {
  const bytes = Buffer.from(secret, 'utf8');
  const texts = new Set<string>([
    secret,
    [...secret].reverse().join(''),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
    ...[0, 1, 2].flatMap((lead) => base64At(bytes, lead)),
    ...Array.from({ length: secret.length - 7 }, (_, start) => secret.slice(start, start + 8)),
  ]);
  const wide = Buffer.from(secret, 'utf16le');
  return [...[...texts].map((text) => Buffer.from(text, 'utf8')), wide, Buffer.from(wide).swap16()];
}

/** The base64 of `bytes` where `lead` other bytes stand before it: only the characters that depend on nothing else. */
function base64At(bytes: Buffer, lead: number): string[] {
  const padded = Buffer.concat([Buffer.alloc(lead), bytes]);
  const from = lead === 0 ? 0 : lead + 1;
  const usable = padded.length - (padded.length % 3);
  const text = padded.subarray(0, usable).toString('base64').slice(from);
  return [text, text.replaceAll('+', '-').replaceAll('/', '_')];
}

/** Names of the places where one of the secrets stands, in any form. */
export function leaks(secrets: readonly string[], places: ReadonlyMap<string, Buffer>): string[] {
  const needles = secrets.flatMap(needlesOf);
  return [...places].filter(([, content]) => needles.some((needle) => content.includes(needle))).map(([name]) => name);
}
