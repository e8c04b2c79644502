import { randomBytes, randomUUID } from 'node:crypto';
import type { GraphCall } from './graphRoute.ts';
import type { JsonObject } from './json.ts';
import { logDelay, logHabits } from './logHabits.ts';
import { writeRow } from './logs.ts';
import type { LogRow } from './records.ts';
import type { TenantState } from './state.ts';

/** Whoever did it: an app through Graph, or a person by hand. */
export type Initiator =
  | { readonly kind: 'app'; readonly displayName: string; readonly servicePrincipalId: string }
  | { readonly kind: 'user'; readonly id: string; readonly displayName: string; readonly userPrincipalName: string };

export interface AuditTarget {
  readonly id: string;
  readonly displayName: string | null;
  readonly type: 'User' | 'Group' | 'Role' | 'Policy' | 'ServicePrincipal' | 'AdministrativeUnit';
  readonly userPrincipalName?: string | null;
  /** Old and new value of each changed property; written as JSON inside JSON, as Entra does. */
  readonly changes?: Readonly<Record<string, readonly [before: unknown, after: unknown]>>;
}

export interface AuditEvent {
  readonly tenantId: string;
  readonly by: Initiator;
  readonly activity: string;
  readonly category: 'UserManagement' | 'GroupManagement' | 'RoleManagement' | 'Policy' | 'AdministrativeUnit' | 'AuthorizationPolicy';
  readonly operation: 'Add' | 'Update' | 'Delete' | 'Assign' | 'Unassign';
  readonly service?: 'Core Directory' | 'Conditional Access' | 'Authentication Methods';
  readonly reason?: string;
  readonly targets: readonly AuditTarget[];
}

export const initiatorOf = (call: GraphCall): Initiator => ({
  kind: 'app',
  displayName: call.caller.app.displayName,
  servicePrincipalId: call.caller.servicePrincipalId,
});

function initiatedBy(by: Initiator): JsonObject {
  if (by.kind === 'app') {
    const { displayName, servicePrincipalId } = by;
    return { user: null, app: { appId: null, displayName, servicePrincipalId, servicePrincipalName: null } };
  }
  const { id, displayName, userPrincipalName } = by;
  return { app: null, user: { id, displayName, userPrincipalName, ipAddress: '192.0.2.10' } };
}

const encoded = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));

function targetResource(target: AuditTarget): JsonObject {
  return {
    id: target.id,
    displayName: target.displayName,
    type: target.type,
    userPrincipalName: target.userPrincipalName ?? null,
    groupType: target.type === 'Group' ? 'azureAD' : null,
    modifiedProperties: Object.entries(target.changes ?? {}).map(([displayName, [before, after]]) => ({
      displayName,
      oldValue: encoded(before),
      newValue: encoded(after),
    })),
  };
}

/** A row of the directory audit log, readable from `availableAtMs` (real time) on. */
export function auditRow(event: AuditEvent, at: Date, availableAtMs: number): LogRow {
  const correlationId = randomUUID();
  const id = `Directory_${correlationId}_${randomBytes(4).toString('hex').toUpperCase()}_${randomBytes(4).readUInt32BE() % 100_000_000}`;
  const entry: JsonObject = {
    id,
    category: event.category,
    correlationId,
    result: 'success',
    resultReason: event.reason ?? '',
    activityDisplayName: event.activity,
    activityDateTime: at.toISOString(),
    loggedByService: event.service ?? 'Core Directory',
    operationType: event.operation,
    initiatedBy: initiatedBy(event.by),
    targetResources: event.targets.map(targetResource),
    additionalDetails: [],
  };
  return { id, tenantId: event.tenantId, availableAtMs, entry };
}

/** Writes one row of the directory audit log, inside the transaction of what it tells. */
export function recordAudit(state: TenantState, event: AuditEvent): void {
  if (logHabits(state).lost?.includes(event.activity)) return;
  writeRow(state, 'AuditLogs', auditRow(event, state.clock.now(), Date.now() + logDelay(state)));
}
