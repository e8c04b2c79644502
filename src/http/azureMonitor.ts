import { createHash } from 'node:crypto';
import type { SignInEvent } from '../core/alert/types.ts';

/** What an alert of Azure Monitor says. */
export interface AzureMonitorSignal {
  /** Stable over repeats of the same alert: the alert's own id, or a hash of the body. */
  readonly alertId: string;
  readonly events: readonly SignInEvent[];
  /** What could not be read, in our own words: nothing is dropped silently, and nothing of a feed's text is repeated (AL-5). */
  readonly unreadable: readonly string[];
}

const SCHEMA = 'azureMonitorCommonAlertSchema';
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const MAX_ROWS = 200;

/**
 * Reads the common alert schema with a Log Alerts V2 context whose rule is split by dimensions (Learn, alerts-common-schema and
 * alerts-payload-samples, 2026-05). Each row of `allOf` is one sign-in: dimensions `TenantId` (or `AADTenantId`: in the table
 * SigninLogs the column TenantId is the workspace), `UserId`, `ResultType`, and if the rule has them `UserPrincipalName`,
 * `IPAddress`, `CorrelationId`, `AppDisplayName`. Names are compared without case.
 *
 * @param now taken where the alert names no instant
 */
export function parse(body: unknown, now: Date): AzureMonitorSignal {
  const data = objectOf(objectOf(body)?.data);
  const essentials = objectOf(data?.essentials);
  const alertId = text(essentials?.alertId, 512) ?? `sha256:${hash(JSON.stringify(body))}`;
  const nothing = { alertId, events: [], unreadable: [] };
  if (objectOf(body)?.schemaId !== SCHEMA || !data || !essentials) {
    return { ...nothing, unreadable: ['An alert came that is not in the common alert schema.'] };
  }
  if (essentials.monitorCondition === 'Resolved') return nothing;
  if (essentials.monitorCondition !== 'Fired') return { ...nothing, unreadable: ['An alert came that is neither fired nor resolved.'] };

  const condition = objectOf(objectOf(data.alertContext)?.condition);
  const rows = condition?.allOf;
  if (!Array.isArray(rows) || rows.length === 0) return { ...nothing, unreadable: ['An alert came without the rows that raised it.'] };
  const signedInAt = instant(condition?.windowEndTime) ?? instant(essentials.firedDateTime) ?? now;
  const events: SignInEvent[] = [];
  const unreadable: string[] = [];
  if (rows.length > MAX_ROWS) unreadable.push(`An alert has ${rows.length} rows; only the first ${MAX_ROWS} were read.`);
  for (const [index, row] of rows.slice(0, MAX_ROWS).entries()) {
    const read = readRow(dimensionsOf(row), alertId, signedInAt);
    if (typeof read === 'string') unreadable.push(`Row ${index + 1} of an alert ${read}.`);
    else events.push(read);
  }
  return { alertId, events, unreadable };
}

/** @returns the sign-in, or what is wrong with the row */
function readRow(dimensions: ReadonlyMap<string, string>, alertId: string, signedInAt: Date): SignInEvent | string {
  const userId = dimensions.get('userid')?.toLowerCase() ?? '';
  const tenantId = (dimensions.get('aadtenantid') ?? dimensions.get('tenantid'))?.toLowerCase() ?? '';
  const resultType = dimensions.get('resulttype') ?? '';
  if (!GUID.test(userId)) return 'names no user: its rule must be split by the dimension UserId';
  if (!GUID.test(tenantId)) return 'names no tenant: its rule must be split by the dimension TenantId';
  if (!/^\d{1,9}$/.test(resultType)) return 'gives no result: its rule must be split by the dimension ResultType';
  const ipAddress = dimensions.get('ipaddress');
  const userPrincipalName = dimensions.get('userprincipalname');
  const app = dimensions.get('appdisplayname');
  return {
    tenantId,
    userId,
    signedInAt,
    // Without one, repeats of this alert must still be one attempt (AL-3).
    correlationId:
      dimensions.get('correlationid')?.toLowerCase() ?? `alert-${hash([alertId, userId, resultType, ipAddress].join('|')).slice(0, 32)}`,
    errorCode: Number(resultType),
    ...(userPrincipalName ? { userPrincipalName } : {}),
    ...(ipAddress ? { ipAddress } : {}),
    ...(app ? { app } : {}),
  };
}

/** Names in lower case; of a name that comes twice the first counts. Empty values are left out: Azure Monitor sends them for missing columns. */
function dimensionsOf(row: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const list = objectOf(row)?.dimensions;
  for (const item of Array.isArray(list) ? list : []) {
    const name = text(objectOf(item)?.name, 128)?.toLowerCase();
    const value = text(objectOf(item)?.value, 256)?.trim();
    if (name && value && !found.has(name)) found.set(name, value);
  }
  return found;
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}

/** Text within bounds, as the database can hold it (DA-7). */
function text(value: unknown, longest: number): string | undefined {
  if (typeof value !== 'string' || value === '' || value.length > longest) return undefined;
  return value.includes('\0') || !value.isWellFormed() ? undefined : value;
}

function instant(value: unknown): Date | undefined {
  const whole = text(value, 64);
  if (whole === undefined || !/^\d{4}-\d{2}-\d{2}T/.test(whole)) return undefined;
  const date = new Date(whole);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

const hash = (value: string): string => createHash('sha256').update(value, 'utf8').digest('hex');
