import { createHash } from 'node:crypto';
import type { SignInEvent } from '../../core/alert/types.ts';
import { GUID } from '../../core/guid.ts';
import { instant, known } from '../records/fields.ts';

/** Names of columns or dimensions in lower case, with their values. */
export type Row = ReadonlyMap<string, string>;

/**
 * One sign-in as columns of `SigninLogs` say it: `TenantId` (or `AADTenantId`: in that table `TenantId` is the workspace), `UserId`,
 * `ResultType`, and if they are there `UserPrincipalName`, `IPAddress`, `CorrelationId`, `AppDisplayName`, `CreatedDateTime`.
 *
 * @param alertId stable over repeats of the same alert
 * @returns the sign-in, or what is wrong with the row
 */
export function signInOf(row: Row, alertId: string, firedAt: Date): SignInEvent | string {
  const userId = row.get('userid')?.toLowerCase() ?? '';
  const tenantId = (row.get('aadtenantid') ?? row.get('tenantid'))?.toLowerCase() ?? '';
  const resultType = row.get('resulttype') ?? '';
  if (!GUID.test(userId)) return 'names no user: its rule must be split by the dimension UserId';
  if (!GUID.test(tenantId)) return 'names no tenant: its rule must be split by the dimension TenantId';
  if (!/^\d{1,9}$/.test(resultType)) return 'gives no result: its rule must be split by the dimension ResultType';
  const ipAddress = row.get('ipaddress');
  return {
    tenantId,
    userId,
    signedInAt: instant(row.get('createddatetime')) ?? instant(row.get('timegenerated')) ?? firedAt,
    // Without one, repeats of this alert must still be one attempt (AL-3).
    correlationId:
      row.get('correlationid')?.toLowerCase() ?? `alert-${hash([alertId, userId, resultType, ipAddress].join('|')).slice(0, 32)}`,
    errorCode: Number(resultType),
    ...known<Pick<SignInEvent, 'userPrincipalName' | 'ipAddress' | 'app'>>({
      userPrincipalName: row.get('userprincipalname'),
      ipAddress,
      app: row.get('appdisplayname'),
    }),
  };
}

export const hash = (value: string): string => createHash('sha256').update(value, 'utf8').digest('hex');
