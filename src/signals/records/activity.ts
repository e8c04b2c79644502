import type { ChangeActor, DirectoryChange } from '../../core/alert/change.ts';
import { resultOf } from './audit.ts';
import { type Fields, field, idField, inner, instant, known, textField } from './fields.ts';

const CLAIM = {
  objectId: 'http://schemas.microsoft.com/identity/claims/objectidentifier',
  tenantId: 'http://schemas.microsoft.com/identity/claims/tenantid',
  name: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn',
} as const;

/**
 * A row of the Azure activity log: from the stream, or the context of an activity log alert, which tells the same (Learn,
 * activity-log-schema and alerts-payload-samples, 2026-05). Everything it is about is one resource.
 *
 * @returns the change, or what is wrong with it, in our words
 */
export function activityFrom(row: Fields, tenantId: string): DirectoryChange | string {
  const rowId = textField(row, 'eventDataId', 128) ?? textField(row, 'p_row_id', 128);
  const changedAt = instant(field(row, 'eventTimestamp')) ?? instant(field(row, 'time')) ?? instant(field(row, 'submissionTimestamp'));
  const activity = nameOf(field(row, 'operationName'));
  const resourceId = idField(row, 'resourceId') ?? idField(inner(row, 'authorization'), 'scope') ?? '';
  const correlationId = textField(row, 'correlationId', 128) ?? rowId;
  if (changedAt === undefined) return 'a change without a time';
  if (activity === undefined) return 'a change without an activity';
  if (correlationId === undefined) return 'a change without any id';
  return {
    tenantId,
    changedAt,
    correlationId,
    activity,
    category: textField(row, 'category') ?? 'Administrative',
    result: resultOf(nameOf(field(row, 'resultType')) ?? nameOf(field(row, 'status'))),
    actor: actorOf(row),
    // Not its row id: one operation has a row for its start and one for its end, and both are one change (AL-3).
    targets: resourceId === '' ? [] : [{ id: resourceId, type: 'Resource', properties: [] }],
    ...known<Pick<DirectoryChange, 'service' | 'reason'>>({
      service: 'Azure activity log',
      reason: textField(row, 'resultDescription', 512) ?? textField(row, 'description', 512),
    }),
  };
}

/** The tenant whose identity acted, where the row tells. */
export const tenantOfActivity = (row: Fields): string | undefined =>
  idField(row, 'tenantId') ?? idField(claimsOf(row), CLAIM.tenantId) ?? idField(claimsOf(row), 'tid');

const claimsOf = (row: Fields): Fields | undefined => inner(inner(row, 'identity'), 'claims') ?? inner(row, 'claims');

/** Plain text, or `{ value, localizedValue }` as the activity log's own API writes it. */
const nameOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? textField({ value }, 'value') : textField(inner({ value }, 'value'), 'value');

function actorOf(row: Fields): ChangeActor {
  const claims = claimsOf(row);
  const caller = textField(row, 'caller');
  const userPrincipalName = textField(claims, CLAIM.name) ?? (caller?.includes('@') ? caller : undefined);
  const objectId = idField(claims, CLAIM.objectId) ?? (caller?.includes('@') ? undefined : caller?.toLowerCase());
  return known<ChangeActor>({
    ...(userPrincipalName === undefined
      ? { userId: undefined, servicePrincipalId: objectId }
      : { userId: objectId, servicePrincipalId: undefined }),
    userPrincipalName,
    appId: idField(claims, 'appid'),
    name: textField(claims, 'name'),
    ipAddress: textField(row, 'callerIpAddress') ?? textField(claims, 'ipaddr'),
  });
}
