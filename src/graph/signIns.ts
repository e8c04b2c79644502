import type { SignInEvent } from '../core/alert/types.ts';

/** A row of `/auditLogs/signIns`, v1.0. Everything but ids, time and status may be absent or empty (domain.md 5.1). */
export interface SignInRow {
  readonly id: string;
  readonly createdDateTime: string;
  readonly userId: string;
  readonly userPrincipalName?: string | null;
  readonly appDisplayName?: string | null;
  readonly clientAppUsed?: string | null;
  readonly ipAddress?: string | null;
  readonly correlationId?: string | null;
  readonly status?: { readonly errorCode?: number | null } | null;
  readonly location?: { readonly city?: string | null; readonly countryOrRegion?: string | null } | null;
  readonly appliedConditionalAccessPolicies?: readonly { readonly displayName?: string | null; readonly result?: string | null }[] | null;
}

/** A row in our normal form. A row without a correlation id stands for itself: its own id takes the place. */
export function signInFrom(row: SignInRow, tenantId: string): SignInEvent {
  const place = [row.location?.city, row.location?.countryOrRegion].filter((part) => part).join(', ');
  const policies = (row.appliedConditionalAccessPolicies ?? []).flatMap(({ displayName, result }) =>
    displayName && (result === 'success' || result === 'failure') ? [{ name: displayName, result }] : [],
  );
  return {
    tenantId,
    userId: row.userId.toLowerCase(),
    signedInAt: new Date(row.createdDateTime),
    correlationId: row.correlationId || row.id,
    rowId: row.id,
    errorCode: row.status?.errorCode ?? -1,
    ...(row.userPrincipalName ? { userPrincipalName: row.userPrincipalName } : {}),
    ...(row.ipAddress ? { ipAddress: row.ipAddress } : {}),
    ...(place ? { place } : {}),
    ...(row.appDisplayName ? { app: row.appDisplayName } : {}),
    ...(row.clientAppUsed ? { client: row.clientAppUsed } : {}),
    policies,
  };
}
