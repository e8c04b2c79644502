import type { JsonObject } from './json.ts';

/** Salted scrypt hash, base64. The password itself is kept nowhere. */
export interface PasswordHash {
  readonly salt: string;
  readonly hash: string;
}

export interface UserRow {
  readonly id: string;
  readonly tenantId: string;
  /** Every Graph property of the user, as `$select` would answer it. */
  readonly properties: JsonObject & { readonly userPrincipalName: string; readonly displayName: string; readonly accountEnabled: boolean };
  /** null: a random password nobody knows. */
  readonly password: PasswordHash | null;
  readonly mustChangePassword: boolean;
  readonly wrongTries: number;
  /** Sandbox time, ISO; null when not locked. */
  readonly lockedUntil: string | null;
  /** Sandbox time, ISO; null when in use. A deleted user is restorable for 30 days. */
  readonly deletedAt: string | null;
  /** Group ids to return to on restore. */
  readonly groupsBeforeDeletion: readonly string[];
  /** Real time in ms from which every replica knows this user. */
  readonly replicatedAtMs: number;
}

export interface GroupRow {
  readonly id: string;
  readonly tenantId: string;
  readonly properties: JsonObject & { readonly displayName: string };
  /** Users or groups. */
  readonly memberIds: readonly string[];
  readonly ownerIds?: readonly string[];
}

/** An administrative unit. */
export interface UnitRow {
  readonly id: string;
  readonly tenantId: string;
  readonly properties: JsonObject & { readonly displayName: string };
  /** Users or groups. */
  readonly memberIds: readonly string[];
}

export interface RoleAssignmentRow {
  readonly id: string;
  readonly tenantId: string;
  readonly principalId: string;
  readonly roleDefinitionId: string;
  /** `/`, or `/administrativeUnits/{id}`. */
  readonly directoryScopeId: string;
}

export interface PolicyRow {
  readonly id: string;
  readonly tenantId: string;
  /** The whole v1.0 conditionalAccessPolicy. */
  readonly policy: JsonObject & { readonly id: string; readonly displayName: string; readonly state: string };
  /** Microsoft's own: only its state and exclusions may be changed. */
  readonly managed?: boolean;
  /** Sandbox time, ISO; absent or null when in use. */
  readonly deletedAt?: string | null;
}

/** A Temporary Access Pass; its value is kept nowhere. */
export interface AccessPass {
  readonly secret: PasswordHash;
  /** Sandbox time, ISO. */
  readonly startsAt: string;
  readonly lifetimeInMinutes: number;
  readonly isUsableOnce: boolean;
  /** A one-time pass that was used. */
  readonly used: boolean;
}

/** A policy that can be changed: what differs from how it started. */
export interface PolicySettingRow {
  readonly id: string;
  readonly properties: JsonObject;
}

/** A registered sign-in method; kinds in methodKinds.ts. */
export interface MethodRow {
  readonly id: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly kind: string;
  readonly displayName: string;
  readonly createdDateTime: string;
  /** Graph's properties of this kind. */
  readonly properties: JsonObject;
  readonly pass: AccessPass | null;
}

/** A row of a log: durable at once, readable from `availableAtMs` (real time) on, as logs lag behind. */
export interface LogRow {
  readonly id: string;
  readonly tenantId: string;
  readonly availableAtMs: number;
  readonly entry: JsonObject;
  /** What the diagnostic stream tells besides and Graph v1.0 does not. */
  readonly more?: JsonObject;
}

/** Logs by the names diagnostic settings give them. Graph v1.0 has the first and the last; the others are in the stream only. */
export type LogCategory = 'SignInLogs' | 'NonInteractiveUserSignInLogs' | 'ServicePrincipalSignInLogs' | 'AuditLogs';

export interface WriteRow {
  readonly seq: number;
  readonly at: string;
  readonly tenantId: string | null;
  readonly caller: string | null;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  /** What was answered; 0 when the connection was dropped before anything happened. */
  readonly status: number;
}
