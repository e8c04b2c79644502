import type { People } from '../app/ports.ts';
import type { Role } from '../core/people.ts';
import { GraphFault } from '../graph/faults.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

const ROLES: readonly Role[] = ['requester', 'approver', 'custodian', 'auditor', 'administrator'];

/** Who holds each role in the home tenant, and whether that is enough to decide anything. */
export async function* peopleFindings(people: People, quorum: number): AsyncGenerator<Finding> {
  for (const role of ROLES) {
    const step = `home tenant, ${role}s`;
    try {
      const humans = new Set((await people.holders(role)).map(({ personKey }) => personKey)).size;
      yield judged(step, role, humans, quorum);
    } catch (error) {
      if (!(error instanceof GraphFault)) throw error;
      yield failed(step, `the group could not be read (${error.status} ${error.code}).`, todoOf(role, error.status));
    }
  }
}

function judged(step: string, role: Role, humans: number, quorum: number): Finding {
  const words = humans === 1 ? '1 person.' : `${humans} people.`;
  if (role === 'approver' && humans < quorum)
    return failed(step, words, `Nothing can be approved: ${quorum} approvers are needed, beside whoever asks.`);
  if (role === 'approver' && humans === quorum)
    return warning(step, words, 'An approver cannot approve their own request: one more is needed for that.');
  if (role === 'custodian' && humans < 2) return failed(step, words, 'An account needs two or three custodians.');
  if (humans === 0 && role === 'requester') return failed(step, words, 'Nobody can ask for anything: put people into the group.');
  if (humans === 0)
    return warning(step, words, 'Put people into the group; they need an attribute that says who they are (docs/deploying.md, step 2).');
  return ok(step, words);
}

const todoOf = (role: Role, status: number): string =>
  status === 404
    ? `There is no such group: check BREAKGLASS_${role.toUpperCase()}S_GROUP_ID.`
    : 'The people reader needs User.Read.All and GroupMember.Read.All in the home tenant (docs/graph-permissions.md).';
