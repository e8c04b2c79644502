import { isBy, knownChanger } from '../app/changerIdentity.ts';
import { concernOf } from '../core/alert/concern.ts';
import { FEED_ACTOR, type PollNeeds, pollFeed } from './pollFeed.ts';

const NAME = 'graph-directory-audits';

/** Reads the audit logs of every tenant that has watched accounts. What concerns nothing of ours does not even reach the door. */
export async function pollChanges(needs: PollNeeds): Promise<void> {
  const { tenants, door, log } = needs;
  await pollFeed(needs, NAME, async ({ id: tenantId, exclusionGroupId }, users, since) => {
    const group = exclusionGroupId.toLowerCase();
    const watched = { users: new Set(users), exclusionGroupId: group };
    const changes = await tenants.reader(tenantId).directoryChanges([...users, group], since);
    const concerning = changes.filter((change) => concernOf(change, watched) !== undefined);
    const instants = changes.map(({ changedAt }) => changedAt);
    if (concerning.length === 0) return instants;
    const changer = await knownChanger(tenants, tenantId, log);
    for (const change of concerning) {
      await door.dispatch(FEED_ACTOR, { kind: 'change-seen', change, feed: NAME, byChanger: isBy(change.actor, changer) });
    }
    return instants;
  });
}
