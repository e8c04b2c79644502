import { ConfigFault } from './fault.ts';
import type { RhythmSetting } from './kinds.ts';

/**
 * The rhythms of the settings, in seconds, once tenants and feeds are known by name.
 *
 * @throws ConfigFault when one names a feed or a tenant that there is not
 */
export function feedRhythmsOf<F extends string>(
  given: readonly RhythmSetting[],
  tenants: readonly { readonly name: string }[],
  feeds: readonly F[],
): { readonly feed: F; readonly tenant?: string; readonly everySeconds: number }[] {
  const at = 'BREAKGLASS_FEED_RHYTHMS';
  return given.map(({ feed: named, tenant, minutes }) => {
    const feed = feeds.find((each) => each === named);
    if (!feed) throw new ConfigFault([{ at, problem: `names a feed that there is not; there are ${feeds.join(', ')}` }]);
    if (tenant !== undefined && !tenants.some(({ name }) => name === tenant))
      throw new ConfigFault([{ at, problem: 'names a tenant that is not in the tenants file' }]);
    return { feed, everySeconds: minutes * 60, ...(tenant === undefined ? {} : { tenant }) };
  });
}
