import { feedPoll, type PollNeeds } from './pollFeed.ts';

const NAME = 'graph-sign-ins';

/** Reads the sign-in logs of every tenant that has watched accounts. */
export const signInPoll = (needs: PollNeeds): (() => Promise<void>) =>
  feedPoll(needs, NAME, async (tenant, users, since) => {
    const events = await needs.tenants.reader(tenant.id).signIns(users, since);
    return {
      intents: events.map((event) => ({ kind: 'sign-in-seen', event, feed: NAME })),
      rows: events.map(({ signedInAt }) => signedInAt),
    };
  });
