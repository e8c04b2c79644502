import type { DirectoryChange } from '../../core/alert/change.ts';
import type { SignInEvent } from '../../core/alert/types.ts';
import { activityFrom, tenantOfActivity } from './activity.ts';
import { changeFrom } from './audit.ts';
import { field, idField, inner, objectOf, textField } from './fields.ts';
import { isSignInCategory, signInFrom } from './signIn.ts';

/** What a record of a feed is. `words` says what is wrong or unknown about it, in our own words. */
export type Reading =
  | { readonly kind: 'sign-in'; readonly event: SignInEvent }
  | { readonly kind: 'change'; readonly change: DirectoryChange }
  | { readonly kind: 'unknown'; readonly words: string };

/**
 * Reads one record of a diagnostic stream, whatever its category and whoever shipped it.
 *
 * @param usualTenant the tenant of records that name none
 */
export function readRecord(record: unknown, usualTenant?: string): Reading {
  const envelope = objectOf(record);
  if (envelope === undefined) return { kind: 'unknown', words: 'a record that is no object' };
  const category = textField(envelope, 'category') ?? '';
  const properties = inner(envelope, 'properties');
  const tenantId = (tenantOfActivity(envelope) ?? tenantOfResource(idField(envelope, 'resourceId')) ?? usualTenant)?.toLowerCase();
  if (tenantId === undefined) return { kind: 'unknown', words: 'a record that names no tenant' };
  if (isSignInCategory(category) && properties) return told(signInFrom(properties, tenantId, envelope));
  const isAudit = ['initiatedBy', 'targetResources', 'activityDisplayName'].some((name) => field(properties, name) !== undefined);
  if (properties && isAudit) return changed(changeFrom(properties, tenantId, envelope));
  const operation = textField(envelope, 'operationName') ?? textField(inner(envelope, 'operationName'), 'value') ?? '';
  if (operation.includes('/')) return changed(activityFrom(envelope, tenantId));
  return { kind: 'unknown', words: 'a record of a kind that is not known' };
}

const told = (event: SignInEvent | string): Reading =>
  typeof event === 'string' ? { kind: 'unknown', words: event } : { kind: 'sign-in', event };
const changed = (change: DirectoryChange | string): Reading =>
  typeof change === 'string' ? { kind: 'unknown', words: change } : { kind: 'change', change };

/** `/tenants/<id>/providers/Microsoft.aadiam` */
const tenantOfResource = (resourceId: string | undefined): string | undefined => /^\/tenants\/([^/]+)\//.exec(resourceId ?? '')?.[1];
