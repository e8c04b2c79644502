import { isBy, knownChanger } from '../app/changerIdentity.ts';
import { concernOf } from '../core/alert/concern.ts';
import { feedPoll, type PollNeeds } from './pollFeed.ts';

const NAME = 'graph-directory-audits';

/** Reads the audit logs of every tenant that has watched accounts. What concerns nothing of ours does not even reach the door. */
export const changePoll = (needs: PollNeeds): (() => Promise<void>) =>
  feedPoll(needs, NAME, async ({ id: tenantId, exclusionGroupId }, users, since) => {
    const { tenants, log } = needs;
    const group = exclusionGroupId.toLowerCase();
    const watched = { users: new Set(users), exclusionGroupId: group };
    const changes = await tenants.reader(tenantId).directoryChanges([...users, group], since);
    const rows = changes.map(({ changedAt }) => changedAt);
    const concerning = changes.filter((change) => concernOf(change, watched) !== undefined);
    if (concerning.length === 0) return { intents: [], rows };
    const changer = await knownChanger(tenants, tenantId, log);
    return {
      intents: concerning.map((change) => ({ kind: 'change-seen', change, feed: NAME, byChanger: isBy(change.actor, changer) })),
      rows,
    };
  });
