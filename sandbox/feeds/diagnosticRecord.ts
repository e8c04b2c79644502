import { type JsonObject, objectOf, textOf } from '../tenant/json.ts';
import type { LogCategory, LogRow } from '../tenant/records.ts';

/** Shippers differ: numbers as text or as numbers, instants with `Z` or with an offset. A reader has to take both. */
export type DiagnosticShape = 'text' | 'numbers';

const resourceId = (tenantId: string): string => `/tenants/${tenantId}/providers/Microsoft.aadiam`;

/** Seven decimals; with an offset instead of `Z` where the shape wants it. */
function instant(iso: unknown, shape: DiagnosticShape): string {
  const plain = String(iso)
    .replace(/Z$/, '')
    .replace(/\.\d+$/, '');
  const decimals = /\.(\d+)Z?$/.exec(String(iso))?.[1] ?? '';
  return `${plain}.${decimals.padEnd(7, '0')}${shape === 'text' ? 'Z' : '+00:00'}`;
}

/** Envelope around a row: top-level time is always Z. */
function envelope(row: LogRow, at: unknown, shape: DiagnosticShape): JsonObject {
  return {
    time: instant(at, 'text'),
    resourceId: resourceId(row.tenantId),
    operationVersion: '1.0',
    tenantId: row.tenantId,
    durationMs: shape === 'text' ? '0' : 0,
    Level: shape === 'text' ? '4' : 4,
  };
}

/** A row of any log as diagnostic settings ship it. */
export const diagnosticRecord = (category: LogCategory, row: LogRow): JsonObject =>
  category === 'AuditLogs'
    ? auditRecord(row)
    : category === 'ServicePrincipalSignInLogs'
      ? servicePrincipalRecord(row)
      : signInRecord(row, 'text', category);

/** What every sign-in record says around its row. */
function signInEnvelope(row: LogRow, category: LogCategory, shape: DiagnosticShape): JsonObject {
  const { entry } = row;
  const status = objectOf(entry.status);
  const code = Number(status.errorCode);
  return {
    ...envelope(row, entry.createdDateTime, shape),
    operationName: 'Sign-in activity',
    category,
    resultType: shape === 'text' ? String(code) : code,
    resultSignature: code === 0 ? 'SUCCESS' : 'FAILURE',
    ...(code === 0 ? {} : { resultDescription: status.failureReason }),
    callerIpAddress: entry.ipAddress,
    correlationId: entry.correlationId,
    identity: entry.userDisplayName ?? entry.servicePrincipalName,
    location: textOf(objectOf(entry.location), 'countryOrRegion') ?? '',
  };
}

/**
 * A person's sign-in as diagnostic settings ship it: the v1.0 row within `properties`, and what v1.0 does not tell: which method at which
 * step, whether a second factor was required (graph facts, sections 2 and 8).
 */
export function signInRecord(row: LogRow, shape: DiagnosticShape = 'text', category: LogCategory = 'SignInLogs'): JsonObject {
  const { entry } = row;
  const isInteractive = category === 'SignInLogs';
  return {
    ...signInEnvelope(row, category, shape),
    properties: {
      ...entry,
      createdDateTime: instant(entry.createdDateTime, shape),
      originalRequestId: entry.id,
      processingTimeInMilliseconds: 132,
      servicePrincipalId: '',
      signInEventTypes: [isInteractive ? 'interactiveUser' : 'nonInteractiveUser'],
      tokenIssuerType: 'AzureAD',
      tokenIssuerName: '',
      incomingTokenType: isInteractive ? 'none' : 'refreshToken',
      userType: 'Member',
      homeTenantId: row.tenantId,
      resourceTenantId: row.tenantId,
      crossTenantAccessType: 'none',
      uniqueTokenIdentifier: Buffer.from(String(entry.id)).toString('base64url'),
      flaggedForReview: false,
      ...row.more,
    },
  };
}

/** An application's sign-in: nobody's `userId` in it. */
function servicePrincipalRecord(row: LogRow): JsonObject {
  const { entry } = row;
  return {
    ...signInEnvelope(row, 'ServicePrincipalSignInLogs', 'text'),
    properties: {
      ...entry,
      createdDateTime: instant(entry.createdDateTime, 'text'),
      isInteractive: false,
      signInEventTypes: ['servicePrincipal'],
      incomingTokenType: 'none',
      tokenIssuerType: 'AzureAD',
      tokenIssuerName: '',
      crossTenantAccessType: 'none',
      uniqueTokenIdentifier: Buffer.from(String(entry.id)).toString('base64url'),
      flaggedForReview: false,
      ...row.more,
    },
  };
}

/** A directory audit as diagnostic settings ship it (category `AuditLogs`); `modifiedProperties` stay JSON within JSON. */
export function auditRecord(row: LogRow, shape: DiagnosticShape = 'text'): JsonObject {
  const { entry } = row;
  const user = objectOf(objectOf(entry.initiatedBy).user);
  const failed = entry.result !== 'success';
  return {
    ...envelope(row, entry.activityDateTime, shape),
    operationName: entry.activityDisplayName,
    category: 'AuditLogs',
    resultSignature: 'None',
    ...(failed ? { resultDescription: entry.resultReason } : {}),
    ...(user.ipAddress === undefined ? {} : { callerIpAddress: user.ipAddress }),
    correlationId: entry.correlationId,
    identity: textOf(user, 'displayName') ?? textOf(objectOf(objectOf(entry.initiatedBy).app), 'displayName') ?? '',
    properties: { ...entry, activityDateTime: instant(entry.activityDateTime, 'numbers'), tenantId: row.tenantId, tenantGeo: 'EU' },
  };
}
