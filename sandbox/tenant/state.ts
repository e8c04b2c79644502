import type { SandboxClock } from '../clock.ts';
import type { Documents } from '../documents.ts';
import { type SandboxTenant, TENANTS } from '../world.ts';
import { methodKey } from './methodKinds.ts';
import type {
  GroupRow,
  LogCategory,
  LogRow,
  MethodRow,
  PolicyRow,
  PolicySettingRow,
  RoleAssignmentRow,
  UnitRow,
  UserRow,
} from './records.ts';
import { openTable, type Table } from './table.ts';

/** Everything the pretend tenants know. */
export interface TenantState {
  readonly documents: Documents;
  readonly clock: SandboxClock;
  readonly users: Table<UserRow>;
  readonly groups: Table<GroupRow>;
  readonly units: Table<UnitRow>;
  readonly roleAssignments: Table<RoleAssignmentRow>;
  /** PIM: roles somebody may activate. */
  readonly roleEligibilities: Table<RoleAssignmentRow>;
  readonly policies: Table<PolicyRow>;
  /** By `methodKey`. */
  readonly methods: Table<MethodRow>;
  readonly policySettings: Table<PolicySettingRow>;
  readonly signIns: Table<LogRow>;
  readonly audits: Table<LogRow>;
  /** Told of every new row of a log, inside the transaction that writes it: diagnostic settings ship them. */
  readonly shippers: ((category: LogCategory, row: LogRow) => void)[];
  /** Real milliseconds until a new user can be referenced. */
  readonly replicationMs: number;
  /** Real milliseconds until a log row can be read. */
  readonly logDelayMs: number;
  /** Tables opened by others (writes, faults, …) that a rolled back transaction must make forget as well. */
  open<T>(collection: string, idOf: (row: T) => string): Table<T>;
  /** Keeps everything `work` changes together or not at all. Synchronous, not re-entrant. */
  together<T>(work: () => T): T;
}

export function openState(documents: Documents, clock: SandboxClock, timing: { replicationMs: number; logDelayMs: number }): TenantState {
  const tables: { forget(): void }[] = [];
  const open = <T>(collection: string, idOf: (row: T) => string): Table<T> => {
    const table = openTable(documents, `tenant.${collection}`, idOf);
    tables.push(table);
    return table;
  };
  const byId = (row: { readonly id: string }): string => row.id;
  return {
    documents,
    clock,
    users: open<UserRow>('users', byId),
    groups: open<GroupRow>('groups', byId),
    units: open<UnitRow>('administrativeUnits', byId),
    roleAssignments: open<RoleAssignmentRow>('roleAssignments', byId),
    roleEligibilities: open<RoleAssignmentRow>('roleEligibilities', byId),
    policies: open<PolicyRow>('policies', byId),
    methods: open<MethodRow>('methods', methodKey),
    policySettings: open<PolicySettingRow>('policySettings', byId),
    signIns: open<LogRow>('signIns', byId),
    audits: open<LogRow>('audits', byId),
    shippers: [],
    replicationMs: timing.replicationMs,
    logDelayMs: timing.logDelayMs,
    open,
    together(work) {
      try {
        return documents.together(work);
      } catch (error) {
        for (const table of tables) table.forget();
        throw error;
      }
    },
  };
}

/** The tenant with this id or initial domain. */
export function findTenant(idOrDomain: string): SandboxTenant | undefined {
  const wanted = idOrDomain.toLowerCase();
  return Object.values(TENANTS).find((tenant) => tenant.id === wanted || tenant.initialDomain === wanted);
}
