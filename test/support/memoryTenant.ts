import type { TenantReader, TenantUser, TenantWriter } from '../../src/app/ports.ts';
import type { AuthenticationMethod } from '../../src/core/posture/snapshot.ts';
import type { PolicyUsers } from '../../src/core/request/types.ts';
import { GraphFault } from '../../src/graph/faults.ts';

export const fault = (status: number, code: string, detail = ''): GraphFault => new GraphFault('call', { status, code, detail });
export const conflict = (): GraphFault =>
  fault(400, 'Request_BadRequest', 'Another object with the same value for property userPrincipalName already exists.');

/** A user as the master has it; instants are milliseconds on the tenant's clock. */
export interface MemoryUser extends Omit<TenantUser, 'accountEnabled' | 'passwordChangedAt' | 'sessionsValidFromAt'> {
  readonly createdAt: number;
  enabledAt: number;
  password: string;
  /** When it was set last; the reading shows the whole second, as Graph does. */
  passwordSetAt?: number;
  sessionsFrom?: number;
}

interface Membership {
  readonly of: string;
  readonly objectId: string;
  readonly at: number;
}

/**
 * One tenant with one writable master and a replica that answers reads `lagMs` late. The master refuses duplicates, as Graph does; a
 * write that refers to what its replica has not seen yet is `404`, as documented. That it answers as the adapter does on a tenant:
 * test/contract/tenantPorts.test.ts.
 */
export class MemoryTenant {
  lagMs = 0;
  nowMs = 0;
  readonly users: MemoryUser[] = [];
  readonly members: Membership[] = [];
  readonly roles: { readonly objectId: string; readonly role: string; readonly at: number }[] = [];
  readonly deleted: { readonly objectId: string; readonly userPrincipalName: string; readonly at: number }[] = [];
  readonly inUnit: Membership[] = [];
  readonly policies = new Map<string, { readonly name: string; readonly users: PolicyUsers }>();
  /** Everything but the passwords, of which each user has one. */
  readonly methods: (AuthenticationMethod & { readonly objectId: string })[] = [];
  /** Every write that was carried out, in order. */
  readonly writes: string[] = [];
  /** The very buffers that were handed in. */
  readonly passwords: Buffer[] = [];
  /** Faults of one call by name, each used up once or kept. */
  readonly always = new Map<string, GraphFault>();
  /** What must hold at the instant of a write. */
  onWrite: (name: string) => void = () => undefined;
  private readonly start: Date;
  private readonly tenantId: string;

  constructor(start: Date, tenantId: string) {
    this.start = start;
    this.tenantId = tenantId;
  }

  private readonly seen = (at: number): boolean => at + this.lagMs <= this.nowMs;
  private readonly instant = (ms: number): Date => new Date(Math.floor((this.start.getTime() + ms) / 1000) * 1000);
  private asRead(user: MemoryUser): TenantUser {
    const { objectId, userPrincipalName, marker, passwordPolicies, passwordSetAt, sessionsFrom } = user;
    return {
      objectId,
      userPrincipalName,
      accountEnabled: this.seen(user.enabledAt),
      ...(marker ? { marker } : {}),
      ...(passwordPolicies ? { passwordPolicies } : {}),
      ...(passwordSetAt === undefined ? {} : { passwordChangedAt: this.instant(passwordSetAt) }),
      ...(sessionsFrom === undefined ? {} : { sessionsValidFromAt: this.instant(sessionsFrom) }),
    };
  }
  private find(match: (user: MemoryUser) => boolean): TenantUser | undefined {
    const user = this.users.find((row) => match(row) && this.seen(row.createdAt));
    return user && this.asRead(user);
  }
  private known(objectId: string): MemoryUser {
    const user = this.users.find((row) => row.objectId === objectId && this.seen(row.createdAt));
    if (!user) throw fault(404, 'Request_ResourceNotFound');
    return user;
  }
  /** Nobody without a role in the unit changes a user inside (Learn, admin-units-restricted-management, 2026-03). */
  private manageable(objectId: string): MemoryUser {
    const user = this.known(objectId);
    if (this.inUnit.some((row) => row.objectId === objectId)) throw fault(403, 'Authorization_RequestDenied');
    return user;
  }
  private wrote(name: string): void {
    this.onWrite(name);
    this.writes.push(name);
  }
  private holds(list: readonly Membership[], of: string, objectId: string): boolean {
    return list.some((row) => row.of === of && row.objectId === objectId && this.seen(row.at));
  }

  readonly reader: TenantReader = {
    userByName: async (name) => this.find((user) => user.userPrincipalName.toLowerCase() === name.toLowerCase()),
    user: async (objectId) => this.find((user) => user.objectId === objectId),
    deletedUserByName: async (name) =>
      this.deleted.some((row) => row.userPrincipalName.toLowerCase() === name.toLowerCase() && this.seen(row.at)),
    isDeleted: async (objectId) => this.deleted.some((row) => row.objectId === objectId && this.seen(row.at)),
    isInUnit: async (unitId, objectId) => this.holds(this.inUnit, unitId, objectId),
    isMember: async (groupId, objectId) => this.holds(this.members, groupId, objectId),
    roles: async (objectId) => this.roles.filter((row) => row.objectId === objectId && this.seen(row.at)).map(({ role }) => role),
    assignments: async (objectId, role) =>
      this.roles.filter((row) => row.objectId === objectId && row.role === role && this.seen(row.at)).map(() => `${objectId}|${role}`),
    canReadSignIns: async () => true,
    signIns: async () => [],
    directoryChanges: async () => [],
    policy: async (policyId) => this.policies.get(policyId),
    methods: async (objectId) => {
      this.known(objectId);
      const password = { id: '28c10230-6103-485e-b985-444c60001490', kind: 'password' };
      return [password, ...this.methods.filter((row) => row.objectId === objectId).map(({ objectId: _of, ...method }) => method)];
    },
    methodPolicies: async () =>
      ['Fido2', 'TemporaryAccessPass'].map((id) => ({ id, enabled: true, includeTargets: ['all_users'], excludeTargets: [] })),
    snapshot: async () => {
      throw new Error(`nothing is judged by ${this.tenantId}`);
    },
    probe: async () => {
      throw new Error(`nothing probes ${this.tenantId}`);
    },
  };

  readonly writer: TenantWriter = {
    createUser: async (account, password) => {
      this.passwords.push(password);
      const name = account.userPrincipalName.toLowerCase();
      if (this.users.some(({ userPrincipalName }) => userPrincipalName.toLowerCase() === name)) throw conflict();
      const objectId = `user-${this.users.length + this.deleted.length + 1}`;
      this.wrote('createUser');
      this.users.push({
        objectId,
        userPrincipalName: account.userPrincipalName,
        marker: account.marker,
        passwordPolicies: 'DisablePasswordExpiration',
        createdAt: this.nowMs,
        enabledAt: Number.POSITIVE_INFINITY,
        password: password.toString('latin1'),
        passwordSetAt: this.nowMs,
        sessionsFrom: this.nowMs,
      });
      return objectId;
    },
    addToGroup: async (groupId, objectId) => {
      this.known(objectId);
      if (this.members.some((row) => row.of === groupId && row.objectId === objectId)) throw conflict();
      this.wrote('addToGroup');
      this.members.push({ of: groupId, objectId, at: this.nowMs });
    },
    setPassword: async (objectId, password) => {
      this.passwords.push(password);
      const user = this.manageable(objectId);
      this.wrote('setPassword');
      user.password = password.toString('latin1');
      user.passwordSetAt = this.nowMs;
    },
    assignRole: async (objectId, role) => {
      this.known(objectId);
      if (this.roles.some((row) => row.objectId === objectId && row.role === role)) throw conflict();
      this.wrote('assignRole');
      this.roles.push({ objectId, role, at: this.nowMs });
    },
    enable: async (objectId) => {
      const user = this.manageable(objectId);
      this.wrote('enable');
      user.enabledAt = Math.min(user.enabledAt, this.nowMs);
    },
    disable: async (objectId) => {
      const user = this.manageable(objectId);
      this.wrote('disable');
      user.enabledAt = Number.POSITIVE_INFINITY;
    },
    revokeSessions: async (objectId) => {
      const user = this.known(objectId);
      this.wrote('revokeSessions');
      user.sessionsFrom = this.nowMs;
    },
    removeRole: async (assignmentId) => {
      this.wrote('removeRole');
      take(this.roles, (row) => `${row.objectId}|${row.role}` === assignmentId);
    },
    removeFromGroup: async (groupId, objectId) => {
      this.wrote('removeFromGroup');
      take(this.members, (row) => row.of === groupId && row.objectId === objectId);
    },
    joinUnit: async (unitId, objectId) => {
      this.known(objectId);
      if (this.inUnit.some((row) => row.of === unitId && row.objectId === objectId)) throw conflict();
      this.wrote('joinUnit');
      this.inUnit.push({ of: unitId, objectId, at: this.nowMs });
    },
    leaveUnit: async (unitId, objectId) => {
      this.wrote('leaveUnit');
      take(this.inUnit, (row) => row.of === unitId && row.objectId === objectId);
    },
    setPolicyUsers: async (policyId, users) => {
      const found = this.policies.get(policyId);
      if (!found) throw fault(404, 'ResourceNotFound');
      this.wrote('setPolicyUsers');
      this.policies.set(policyId, { ...found, users });
    },
    neverExpire: async (objectId) => {
      const user = this.manageable(objectId);
      this.wrote('neverExpire');
      Object.assign(user, { passwordPolicies: 'DisablePasswordExpiration' });
    },
    issuePass: async (objectId, minutes) => {
      this.manageable(objectId);
      this.wrote('issuePass');
      take(this.methods, (row) => row.objectId === objectId && row.kind === 'temporaryAccessPass');
      this.methods.push({ objectId, kind: 'temporaryAccessPass', id: 'pass' });
      return {
        methodId: 'pass',
        value: Buffer.from('kT7wQeXb'),
        expiresAt: new Date(this.start.getTime() + this.nowMs + minutes * 60_000),
      };
    },
    removeMethod: async (objectId, method, methodId) => {
      this.manageable(objectId);
      this.wrote('removeMethod');
      take(this.methods, (row) => row.objectId === objectId && row.kind === method && row.id === methodId);
    },
    deleteUser: async (objectId) => {
      const user = this.users.find((row) => row.objectId === objectId);
      if (user) this.manageable(objectId);
      this.wrote('deleteUser');
      if (!user) return;
      for (const list of [this.users, this.roles, this.members]) take<{ objectId: string }>(list, (row) => row.objectId === objectId);
      this.deleted.push({ objectId, userPrincipalName: user.userPrincipalName, at: this.nowMs });
    },
  };
}

/** Takes out whatever matches. */
function take<T>(rows: T[], match: (row: T) => boolean): void {
  for (let index = rows.length - 1; index >= 0; index -= 1) if (match(rows[index] as T)) rows.splice(index, 1);
}
