import { FEED_ACTOR, type PollNeeds, pollFeed } from './pollFeed.ts';

const NAME = 'graph-sign-ins';

/** Reads the sign-in logs of every tenant that has watched accounts. */
export async function pollSignIns(needs: PollNeeds): Promise<void> {
  await pollFeed(needs, NAME, async (tenant, users, since) => {
    const events = await needs.tenants.reader(tenant.id).signIns(users, since);
    for (const event of events) await needs.door.dispatch(FEED_ACTOR, { kind: 'sign-in-seen', event, feed: NAME });
    return events.map(({ signedInAt }) => signedInAt);
  });
}
