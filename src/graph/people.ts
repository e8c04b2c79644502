import type { Lookup, People } from '../app/ports.ts';
import type { PersonRef, Role } from '../core/people.ts';
import { type Graph, id } from './client.ts';
import { GraphFault } from './faults.ts';

/** A user of the home tenant as `$select` names it; `personKeyAttribute` is one of them. */
interface UserRow {
  readonly '@odata.type'?: string;
  readonly id: string;
  readonly displayName?: string | null;
  readonly accountEnabled?: boolean | null;
  readonly userType?: string | null;
  readonly [attribute: string]: unknown;
}

export interface PeopleSettings {
  readonly groups: Readonly<Record<Role, string>>;
  /** The attribute that says which human an account belongs to (ID-3); `employeeId` unless configured otherwise. */
  readonly personKeyAttribute: string;
}

/** People of the home tenant, read fresh at every call: no positive answer is ever cached (ID-4, AP-4). */
export function graphPeople(graph: Graph, { groups, personKeyAttribute }: PeopleSettings): People {
  const select = `id,displayName,accountEnabled,userType,${personKeyAttribute}`;
  const roleOf = new Map(Object.entries(groups).map(([role, group]) => [group.toLowerCase(), role as Role]));

  const eligible = (row: UserRow): Lookup => {
    const name = typeof row.displayName === 'string' && row.displayName !== '' ? row.displayName : row.id;
    if (row.userType !== 'Member') return { ok: false, why: 'guest', name };
    if (row.accountEnabled !== true) return { ok: false, why: 'disabled', name };
    const key = row[personKeyAttribute];
    if (typeof key !== 'string' || key.trim() === '') return { ok: false, why: 'no-person-key', name };
    // One spelling for one human: directories are filled in by hand and by several systems.
    const personKey = key.normalize('NFKC').trim().toLowerCase();
    return { ok: true, person: { objectId: row.id.toLowerCase(), personKey, name }, roles: new Set() };
  };

  return {
    async lookUp(objectId) {
      try {
        const [row, memberships] = await Promise.all([
          graph.find<UserRow>(`/users/${id(objectId)}?$select=${select}`),
          graph
            .post<{ value: string[] }>(`/users/${id(objectId)}/checkMemberGroups`, { groupIds: [...new Set(Object.values(groups))] })
            .catch((error: unknown) => {
              // The user itself decides what a 404 means; every other failure makes nobody a member.
              // Stryker disable next-line ArrayDeclaration: an id that is no group of ours gives no role
              if (error instanceof GraphFault && error.status === 404) return { value: [] };
              throw error;
            }),
        ]);
        if (row === undefined) return { ok: false, why: 'unknown' };
        const found = eligible(row);
        if (!found.ok) return found;
        const roles = memberships.value.flatMap((group) => roleOf.get(group.toLowerCase()) ?? []);
        return { ...found, roles: new Set(roles) };
      } catch (error) {
        if (error instanceof GraphFault) return { ok: false, why: 'look-up-failed' };
        throw error;
      }
    },
    async holders(role) {
      const rows = await graph.list<UserRow>(`/groups/${id(groups[role])}/transitiveMembers?$select=${select}&$top=999`);
      return rows.flatMap((row): PersonRef[] => {
        if (row['@odata.type'] !== undefined && row['@odata.type'] !== '#microsoft.graph.user') return [];
        const found = eligible(row);
        return found.ok ? [found.person] : [];
      });
    },
  };
}
