import type { Feed } from '../core/alert/types.ts';
import type { FeedRhythm } from './expectedFeeds.ts';

/** How pushes can come in, as the settings have it. */
export interface PushWays {
  /** Webhooks whose sender is set up by its token: one sender a webhook, so each was set up to speak. */
  readonly byToken: readonly Feed[];
  /** Webhooks that a key opens. One key opens them all, and who holds one is not set up here: what speaks was heard, or is unknown. */
  readonly byKey: readonly Feed[];
  /** Tenants whose sign-in log can be sent on at all, and those whose logs come in a stream. */
  readonly licensed: readonly { readonly id: string; readonly name: string }[];
  readonly streaming: ReadonlySet<string>;
  readonly feedRhythms: readonly FeedRhythm[];
}

/**
 * The feeds that a drill of a tenant must see push its sign-ins. A webhook whose rhythm is 0 is expected to say nothing.
 *
 * @param heard feeds that brought something of this tenant before
 */
export function expectedPushes({ byToken, byKey, licensed, streaming, feedRhythms }: PushWays) {
  return (tenantId: string, heard: ReadonlySet<Feed>): readonly Feed[] => {
    const tenant = licensed.find(({ id }) => id === tenantId);
    const rhythmOf = (feed: Feed): number | undefined =>
      [tenant?.name, undefined]
        .flatMap((name) => feedRhythms.filter((each) => each.feed === feed && each.tenant === name))
        .map(({ everySeconds }) => everySeconds)[0];
    const webhooks = (['azure-monitor', 'sentinel'] as const).filter((feed) => {
      const rhythm = rhythmOf(feed);
      if (!tenant || rhythm === 0) return false;
      return byToken.includes(feed) || (byKey.includes(feed) && (rhythm !== undefined || heard.has(feed)));
    });
    return [...webhooks, ...(streaming.has(tenantId.toLowerCase()) ? (['event-hub'] as const) : [])];
  };
}
