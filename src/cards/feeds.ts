import type { Feed } from '../core/alert/types.ts';

/** Feeds as people know them. */
export const FEED_NAMES: { readonly [F in Feed]: string } = {
  'azure-monitor': 'Azure Monitor',
  sentinel: 'Microsoft Sentinel',
  'event-hub': 'Event Hubs stream',
  'graph-sign-ins': 'Graph sign-in log',
  'graph-directory-audits': 'Graph audit log',
};

/** @param name a feed's name, or the name of one that a later version knows */
export const feedName = (name: string): string => (Object.hasOwn(FEED_NAMES, name) ? FEED_NAMES[name as Feed] : name);

/** `A`, `A and B`, `A, B and C`. */
export function feedNames(feeds: readonly Feed[]): string {
  const said = feeds.map((feed) => FEED_NAMES[feed]);
  return said.length < 2 ? said.join('') : `${said.slice(0, -1).join(', ')} and ${said.at(-1)}`;
}
