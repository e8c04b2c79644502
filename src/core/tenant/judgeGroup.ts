import type { GroupSnapshot, TenantSnapshot } from '../posture/snapshot.ts';
import { type Capability, finding, unread } from './capability.ts';

/** Whether the group is there and of the right kind, and whether it is guarded (domain.md A16). */
export function exclusionGroup(snapshot: TenantSnapshot): Capability[] {
  const { exclusionGroup: group } = snapshot;
  const guard = 'exclusion-group-guard';
  if (group.state === 'unreadable') return [unread('exclusion-group', group), unread(guard, group)];
  if (!group.value) {
    const words = `There is no group ${snapshot.exclusionGroupId}.`;
    return [finding('exclusion-group', 'no', words), finding(guard, 'unknown', words)];
  }
  return [kindOf(group.value), guardOf(group.value, snapshot)];
}

const said = (wrong: readonly string[]): string => wrong.filter((each) => each !== '').join(', ');

function kindOf({ displayName, securityEnabled, mailEnabled, dynamic, syncedFromOnPremises }: GroupSnapshot): Capability {
  const wrong = said([
    securityEnabled ? '' : 'it is not a security group',
    mailEnabled ? 'it is mail-enabled' : '',
    dynamic ? 'its members follow a rule' : '',
    syncedFromOnPremises ? 'it is synchronised from on premises' : '',
  ]);
  return wrong === ''
    ? finding('exclusion-group', 'yes', `${displayName}, a static security group.`)
    : finding('exclusion-group', 'no', `${displayName}: ${wrong}.`);
}

/** A part that could not be read leaves the rest to be judged: a fault that is seen counts, no fault seen is unknown. */
function guardOf(
  group: GroupSnapshot,
  { exclusionGroupMembers: members, exclusionGroupOwners: owners, accounts }: TenantSnapshot,
): Capability {
  const name = 'exclusion-group-guard';
  const ours = new Set(accounts.map(({ objectId }) => objectId));
  const outsiders = members.state === 'read' ? members.value.filter(({ id }) => !ours.has(id)).length : 0;
  const owning = owners.state === 'read' ? owners.value.length : 0;
  const wrong = said([
    group.roleAssignable || group.managementRestricted ? '' : 'it is neither role-assignable nor in a restricted unit',
    group.visibility === 'Public' ? 'everybody may join it' : '',
    owning > 0 ? `${owning} ${owning === 1 ? 'owner' : 'owners'} can change it` : '',
    outsiders > 0 ? `${outsiders} of its members ${outsiders === 1 ? 'is no account' : 'are no accounts'} of Breakglass` : '',
  ]);
  if (wrong !== '') return finding(name, 'no', `${group.displayName}: ${wrong}.`);
  for (const part of [members, owners]) if (part.state === 'unreadable') return unread(name, part);
  return finding(name, 'yes', 'Protected, no owners, no outsiders.');
}
