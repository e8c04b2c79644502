import type { ChangeActor, ChangeTarget, DirectoryChange } from '../../core/alert/change.ts';
import { type Fields, field, idField, inner, instant, known, listOf, objectOf, text, textField } from './fields.ts';

/** A policy of Conditional Access is written out whole, before and after. */
const LONGEST_VALUE = 64 * 1024;
const MOST_TARGETS = 200;
const MOST_PROPERTIES = 200;

/**
 * A directory audit of Graph (`/auditLogs/directoryAudits`) or of a diagnostic record of category `AuditLogs` (domain.md 5.5).
 *
 * @param envelope the record around `row`, where there is one
 * @returns the change, or what is wrong with it, in our words
 */
export function changeFrom(row: Fields, tenantId: string, envelope?: Fields): DirectoryChange | string {
  const rowId = textField(row, 'id', 256);
  const changedAt = instant(field(row, 'activityDateTime')) ?? instant(field(envelope, 'time'));
  const activity = textField(row, 'activityDisplayName') ?? textField(row, 'operationName') ?? textField(envelope, 'operationName');
  const correlationId = textField(row, 'correlationId', 128) ?? textField(envelope, 'correlationId', 128) ?? rowId;
  if (changedAt === undefined) return 'a change without a time';
  if (activity === undefined) return 'a change without an activity';
  if (correlationId === undefined) return 'a change without any id';
  return {
    tenantId,
    changedAt,
    correlationId,
    activity,
    category: textField(row, 'category') ?? categoryOf(envelope),
    result: resultOf(field(row, 'result') ?? field(envelope, 'result')),
    actor: actorOf(inner(row, 'initiatedBy'), textField(envelope, 'callerIpAddress')),
    targets: listOf(field(row, 'targetResources'))
      .slice(0, MOST_TARGETS)
      .flatMap((each) => targetOf(objectOf(each))),
    ...known<Pick<DirectoryChange, 'rowId' | 'service' | 'reason'>>({
      rowId,
      service: textField(row, 'loggedByService'),
      reason: textField(row, 'resultReason', 512) ?? textField(row, 'resultDescription', 512),
    }),
  };
}

/** `AuditLogs` names the table; some shippers put the category of the activity in its place. */
function categoryOf(envelope: Fields | undefined): string {
  const category = textField(envelope, 'category') ?? '';
  return category.toLowerCase() === 'auditlogs' ? '' : category;
}

export function resultOf(value: unknown): DirectoryChange['result'] {
  const said = text(value, 32)?.toLowerCase() ?? '';
  if (/^(?:success|succeeded)$/.test(said)) return 'success';
  return /^(?:failure|failed|timeout)$/.test(said) ? 'failure' : 'unknown';
}

function actorOf(by: Fields | undefined, ipAddress: string | undefined): ChangeActor {
  const user = inner(by, 'user');
  const app = inner(by, 'app');
  return known<ChangeActor>({
    userId: idField(user, 'id'),
    userPrincipalName: textField(user, 'userPrincipalName'),
    appId: idField(app, 'appId'),
    servicePrincipalId: idField(app, 'servicePrincipalId'),
    name: textField(user, 'displayName') ?? textField(app, 'displayName') ?? textField(app, 'servicePrincipalName'),
    ipAddress: textField(user, 'ipAddress') ?? textField(app, 'ipAddress') ?? ipAddress,
  });
}

function targetOf(target: Fields | undefined): ChangeTarget[] {
  if (target === undefined) return [];
  const properties = listOf(field(target, 'modifiedProperties'))
    .slice(0, MOST_PROPERTIES)
    .flatMap((each) => {
      const property = objectOf(each);
      const name = textField(property, 'displayName') ?? textField(property, 'name');
      if (name === undefined) return [];
      const [before, after] = [decoded(field(property, 'oldValue')), decoded(field(property, 'newValue'))];
      return [{ name, ...known<{ before: string; after: string }>({ before, after }) }];
    });
  return [
    {
      id: idField(target, 'id') ?? '',
      type: textField(target, 'type') ?? '',
      properties,
      ...known<Pick<ChangeTarget, 'name' | 'userPrincipalName'>>({
        name: textField(target, 'displayName'),
        userPrincipalName: textField(target, 'userPrincipalName'),
      }),
    },
  ];
}

/** Values are JSON inside JSON, sometimes a list of one; where they are not, they stand for themselves. */
function decoded(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value !== 'string') return text(JSON.stringify(value), LONGEST_VALUE);
  let within: unknown;
  try {
    within = JSON.parse(value);
  } catch {
    return text(value, LONGEST_VALUE);
  }
  const only = Array.isArray(within) && within.length === 1 ? within[0] : within;
  if (only === null) return undefined;
  return typeof only === 'string' ? text(only, LONGEST_VALUE) : text(JSON.stringify(only), LONGEST_VALUE);
}
