import { createHash } from 'node:crypto';
import { TENANTS } from '../../../sandbox/world.ts';
import type { TenantReader, TenantUser, TenantWriter } from '../../../src/app/ports.ts';
import type { AuthenticationMethod } from '../../../src/core/posture/snapshot.ts';
import { GLOBAL_ADMINISTRATOR } from '../../../src/core/request/planSteps.ts';
import type { PolicyUsers } from '../../../src/core/request/types.ts';
import { GraphFault } from '../../../src/graph/faults.ts';
import { snapshotOf } from './memorySnapshot.ts';

export interface MemoryUser {
  readonly objectId: string;
  userPrincipalName: string;
  enabled: boolean;
  marker: string;
  /** SHA-256 of it: what was set can be compared, and is not kept. */
  password: string;
  passwordChangedAt: Date;
  passwordPolicies: string;
  methods: AuthenticationMethod[];
}

/** One write that the tenant carried out: the log that says what was really done, whatever the product believes. */
export interface TenantWrite {
  readonly at: Date;
  readonly call: keyof TenantWriter;
  /** What it was done to, as the call says: the user or policy, and then the group, role, unit or method. */
  readonly about: readonly string[];
}

/** Everything the tenant holds. Laid open: a test changes it by hand, as an administrator would. */
export interface MemoryTenant {
  readonly users: Map<string, MemoryUser>;
  readonly bin: Set<string>;
  readonly members: Set<string>;
  /** Users that hold Global Administrator. */
  readonly administrators: Set<string>;
  readonly unit: Set<string>;
  /** Members of any other group or unit and holders of any other role, by its id. Nothing that is well is written there. */
  readonly elsewhere: Map<string, Set<string>>;
  readonly policies: Map<string, { readonly name: string; users: PolicyUsers }>;
  readonly writes: TenantWrite[];
  readonly reader: TenantReader;
  readonly writer: TenantWriter;
}

type Sets = 'members' | 'administrators' | 'unit';

export const refusal = (status: number, code: string, detail = ''): GraphFault => new GraphFault('call', { status, code, detail });
const GROUP = TENANTS.contoso.exclusionGroupId;
const UNIT = TENANTS.contoso.restrictedUnitId;
const duplicate = () => refusal(400, 'Request_BadRequest', 'One or more added object references already exist.');
export const fingerprint = (password: Uint8Array): string => createHash('sha256').update(password).digest('hex');

/**
 * A tenant with one writable copy that answers at once. It refuses duplicates and what refers to nobody, as Graph does.
 *
 * @param held the tenant it is a copy of
 */
export function memoryTenant(
  now: () => Date,
  held?: Pick<MemoryTenant, 'users' | 'bin' | Sets | 'elsewhere' | 'policies' | 'writes'>,
): MemoryTenant {
  const users = new Map([...(held?.users ?? [])].map(([id, user]) => [id, { ...user, methods: [...user.methods] }]));
  const bin = new Set(held?.bin);
  const members = new Set(held?.members);
  const administrators = new Set(held?.administrators);
  const unit = new Set(held?.unit);
  const elsewhere = new Map([...(held?.elsewhere ?? [])].map(([id, set]) => [id, new Set(set)]));
  const policies: MemoryTenant['policies'] = new Map([...(held?.policies ?? [])].map(([id, policy]) => [id, { ...policy }]));
  const writes: TenantWrite[] = [...(held?.writes ?? [])];
  const never = (): never => {
    throw new Error('no plan asks for that');
  };
  const asRead = (user: MemoryUser | undefined): TenantUser | undefined =>
    user && {
      objectId: user.objectId,
      userPrincipalName: user.userPrincipalName,
      accountEnabled: user.enabled,
      marker: user.marker,
      passwordPolicies: user.passwordPolicies,
      passwordChangedAt: user.passwordChangedAt,
    };
  const known = (objectId: string): MemoryUser => {
    const user = users.get(objectId);
    if (!user) throw refusal(404, 'Request_ResourceNotFound');
    return user;
  };
  /** What is inside the restricted unit nobody but the unit's own administrators may change. */
  const changeable = (objectId: string): MemoryUser => {
    const user = known(objectId);
    if (unit.has(objectId)) throw refusal(403, 'Authorization_RequestDenied');
    return user;
  };
  const wrote = (call: keyof TenantWriter, ...about: readonly string[]): void => void writes.push({ at: now(), call, about });
  const other = (id: string): Set<string> => {
    const set = elsewhere.get(id) ?? new Set();
    elsewhere.set(id, set);
    return set;
  };
  const group = (id: string): Set<string> => (id === GROUP ? members : other(id));
  const role = (id: string): Set<string> => (id === GLOBAL_ADMINISTRATOR.templateId ? administrators : other(id));
  const inUnit = (id: string): Set<string> => (id === UNIT ? unit : other(id));
  const add = (set: Set<string>, objectId: string): void => {
    known(objectId);
    if (set.has(objectId)) throw duplicate();
    set.add(objectId);
  };
  const reader: TenantReader = {
    userByName: async (name) => asRead([...users.values()].find(({ userPrincipalName }) => userPrincipalName === name)),
    user: async (objectId) => asRead(users.get(objectId)),
    deletedUserByName: async () => false,
    isMember: async (groupId, objectId) => group(groupId).has(objectId),
    roles: async (objectId) => (administrators.has(objectId) ? [GLOBAL_ADMINISTRATOR.templateId] : []),
    assignments: async (objectId, templateId) => (role(templateId).has(objectId) ? [`${templateId}/${objectId}`] : []),
    isInUnit: async (unitId, objectId) => inUnit(unitId).has(objectId),
    policy: async (policyId) => policies.get(policyId),
    methods: async (objectId) => users.get(objectId)?.methods ?? [],
    methodPolicies: async () =>
      ['Fido2', 'TemporaryAccessPass'].map((id) => ({ id, enabled: true, includeTargets: ['all_users'], excludeTargets: [] })),
    isDeleted: async (objectId) => bin.has(objectId),
    canReadSignIns: async () => true,
    directoryChanges: async () => [],
    signIns: async () => [],
    snapshot: async (objectIds, readAt) => snapshotOf({ users, members, administrators, unit, policies }, objectIds, readAt),
    probe: never,
  };
  const writer: TenantWriter = {
    async createUser({ userPrincipalName, marker }, password) {
      if (await reader.userByName(userPrincipalName))
        throw refusal(400, 'Request_BadRequest', 'Another object with the same value for property userPrincipalName already exists.');
      const objectId = `aaaaaaaa-0000-4000-9000-${String(users.size + bin.size + 1).padStart(12, '0')}`;
      const said = { objectId, userPrincipalName, marker, enabled: false, password: fingerprint(password), passwordChangedAt: now() };
      users.set(objectId, { ...said, passwordPolicies: 'DisablePasswordExpiration', methods: [{ id: 'p', kind: 'password' }] });
      wrote('createUser', objectId);
      return objectId;
    },
    async addToGroup(groupId, objectId) {
      add(group(groupId), objectId);
      wrote('addToGroup', objectId, groupId);
    },
    async setPassword(objectId, password) {
      const user = changeable(objectId);
      user.password = fingerprint(password);
      user.passwordChangedAt = new Date(Math.max(now().getTime(), user.passwordChangedAt.getTime() + 1));
      wrote('setPassword', objectId);
    },
    async assignRole(objectId, templateId) {
      if (unit.has(objectId)) throw refusal(403, 'Authorization_RequestDenied');
      add(role(templateId), objectId);
      wrote('assignRole', objectId, templateId);
    },
    async enable(objectId) {
      changeable(objectId).enabled = true;
      wrote('enable', objectId);
    },
    async disable(objectId) {
      changeable(objectId).enabled = false;
      wrote('disable', objectId);
    },
    async revokeSessions(objectId) {
      changeable(objectId);
      wrote('revokeSessions', objectId);
    },
    async removeRole(assignmentId) {
      const [templateId = '', objectId = ''] = assignmentId.split('/');
      if (role(templateId).delete(objectId)) wrote('removeRole', objectId, templateId);
    },
    async removeFromGroup(groupId, objectId) {
      if (group(groupId).delete(objectId)) wrote('removeFromGroup', objectId, groupId);
    },
    async joinUnit(unitId, objectId) {
      add(inUnit(unitId), objectId);
      wrote('joinUnit', objectId, unitId);
    },
    async leaveUnit(unitId, objectId) {
      if (inUnit(unitId).delete(objectId)) wrote('leaveUnit', objectId, unitId);
    },
    async setPolicyUsers(policyId, next) {
      const policy = policies.get(policyId);
      if (!policy) throw refusal(404, 'ResourceNotFound');
      policy.users = next;
      wrote('setPolicyUsers', policyId);
    },
    async neverExpire(objectId) {
      changeable(objectId).passwordPolicies = 'DisablePasswordExpiration';
      wrote('neverExpire', objectId);
    },
    async issuePass(objectId, minutes) {
      const user = changeable(objectId);
      const methodId = 'pass'; // the same for each, so that what two runs wrote can be compared
      const expiresAt = new Date(now().getTime() + minutes * 60_000);
      const kept = user.methods.filter(({ kind }) => kind !== 'temporaryAccessPass');
      user.methods = [...kept, { id: methodId, kind: 'temporaryAccessPass', usable: true, expiresAt }];
      wrote('issuePass', objectId);
      // Mixed case: any eight hex characters stand in some hash of a long audit log by chance.
      const value = createHash('sha256').update(`${objectId}:${writes.length}`).digest('base64url').slice(0, 16);
      return { methodId, value: Buffer.from(value), expiresAt };
    },
    async removeMethod(objectId, method, methodId) {
      const user = changeable(objectId);
      user.methods = user.methods.filter(({ id, kind }) => id !== methodId || kind !== method);
      wrote('removeMethod', objectId, methodId);
    },
    async deleteUser(objectId) {
      const { enabled } = changeable(objectId);
      // What it could still do when it went: rights are to go first (GR-5).
      const left = { enabled, privileged: administrators.has(objectId), excluded: members.has(objectId) };
      users.delete(objectId);
      bin.add(objectId);
      for (const set of [members, administrators, unit, ...elsewhere.values()]) set.delete(objectId);
      wrote('deleteUser', objectId, ...Object.entries(left).flatMap(([right, held]) => (held ? [right] : [])));
    },
  };
  return { users, bin, members, administrators, unit, elsewhere, policies, writes, reader, writer };
}
