import type { SignInEvent, SignInKind } from '../../core/alert/types.ts';
import { type Fields, field, idField, inner, instant, known, listOf, objectOf, text, textField } from './fields.ts';

/** Code of a sign-in that failed for a reason the log does not give as a number. */
export const NO_CODE = -1;

const CATEGORIES: ReadonlyMap<string, SignInKind> = new Map([
  ['signinlogs', 'interactive'],
  ['noninteractiveusersigninlogs', 'non-interactive'],
  ['serviceprincipalsigninlogs', 'service-principal'],
  ['microsoftserviceprincipalsigninlogs', 'service-principal'],
  ['managedidentitysigninlogs', 'managed-identity'],
  ['adfssigninlogs', 'interactive'],
]);
const EVENT_TYPES: ReadonlyMap<string, SignInKind> = new Map([
  ['interactiveuser', 'interactive'],
  ['noninteractiveuser', 'non-interactive'],
  ['serviceprincipal', 'service-principal'],
  ['managedidentity', 'managed-identity'],
]);

export const isSignInCategory = (category: string): boolean => CATEGORIES.has(category.toLowerCase());

/**
 * A sign-in of Graph (`/auditLogs/signIns`), or of a diagnostic record, whose `properties` are nearly the same (domain.md 5.1, 5.2). What
 * both say, the properties say better: the envelope's correlation id, for one, is another than the log's.
 *
 * @param envelope the record around `row`, where there is one
 * @returns the sign-in, or what is wrong with it, in our words
 */
export function signInFrom(row: Fields, tenantId: string, envelope?: Fields): SignInEvent | string {
  const kind = kindOf(row, textField(envelope, 'category'));
  const app = kind === 'service-principal' || kind === 'managed-identity';
  const userId = idField(row, app ? 'servicePrincipalId' : 'userId') ?? idField(row, 'userId');
  const signedInAt = instant(field(row, 'createdDateTime')) ?? instant(field(envelope, 'time'));
  const rowId = textField(row, 'id', 128);
  const correlationId = textField(row, 'correlationId', 128) ?? textField(envelope, 'correlationId', 128) ?? rowId;
  if (userId === undefined) return 'a sign-in without an account';
  if (signedInAt === undefined) return 'a sign-in without a time';
  if (correlationId === undefined) return 'a sign-in without any id';
  return {
    tenantId,
    userId,
    signedInAt,
    correlationId,
    errorCode: codeOf(row, envelope),
    ...known<Pick<SignInEvent, 'rowId' | 'userPrincipalName' | 'ipAddress' | 'place' | 'app' | 'client' | 'kind'>>({
      rowId,
      userPrincipalName: textField(row, app ? 'servicePrincipalName' : 'userPrincipalName'),
      ipAddress: textField(row, 'ipAddress') ?? textField(envelope, 'callerIpAddress'),
      place: placeOf(row, envelope),
      app: textField(row, 'appDisplayName') ?? textField(row, 'resourceDisplayName'),
      client: textField(row, 'clientAppUsed'),
      kind,
    }),
    policies: policiesOf(row),
  };
}

function kindOf(row: Fields, category: string | undefined): SignInKind | undefined {
  const byCategory = category === undefined ? undefined : CATEGORIES.get(category.toLowerCase());
  if (byCategory) return byCategory;
  for (const type of listOf(field(row, 'signInEventTypes'))) {
    const found = typeof type === 'string' ? EVENT_TYPES.get(type.toLowerCase()) : undefined;
    if (found) return found;
  }
  const interactive = field(row, 'isInteractive');
  return interactive === true ? 'interactive' : interactive === false ? 'non-interactive' : undefined;
}

/** `resultType` is a number, its text, or a word; 0 only where something says so. */
function codeOf(row: Fields, envelope: Fields | undefined): number {
  const stated = inner(row, 'status');
  for (const value of [field(stated, 'errorCode'), field(envelope, 'resultType')]) {
    const digits = typeof value === 'number' ? String(value) : text(value, 32)?.trim();
    if (digits !== undefined && /^\d{1,9}$/.test(digits)) return Number(digits);
    if (digits !== undefined && /^success$/i.test(digits)) return 0;
  }
  return NO_CODE;
}

function placeOf(row: Fields, envelope: Fields | undefined): string | undefined {
  const location = inner(row, 'location');
  const said = [textField(location, 'city', 80), textField(location, 'countryOrRegion', 40)].filter((part) => part !== undefined);
  return said.length > 0 ? said.join(', ') : textField(envelope, 'location', 40);
}

/** Only those that had a say: a tenant has dozens, and most do not apply to a sign-in. */
function policiesOf(row: Fields): NonNullable<SignInEvent['policies']> {
  return listOf(field(row, 'appliedConditionalAccessPolicies')).flatMap((each) => {
    const name = textField(objectOf(each), 'displayName');
    const result = textField(objectOf(each), 'result', 40);
    return name !== undefined && (result === 'success' || result === 'failure') ? [{ name, result }] : [];
  });
}
