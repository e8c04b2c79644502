import type { Activity } from 'botbuilder';
import type { People } from '../app/ports.ts';
import type { Actor } from '../core/people.ts';
import { channelDataText } from './inbound.ts';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The home-tenant object id the channel names, whatever the person is. Never a name, never a Teams id (ID-1). */
export function objectIdOf(activity: Activity): string | undefined {
  const id: unknown = activity.from?.aadObjectId;
  // Stryker disable next-line StringLiteral: any text that is no GUID would do
  const lower = typeof id === 'string' ? id.toLowerCase() : '';
  return GUID.test(lower) ? lower : undefined;
}

/** Whether everything that names a tenant names ours; silence is not consent (ID-2). */
export function isOfTenant(activity: Activity, homeTenantId: string): boolean {
  const named = [channelDataText(activity, 'tenant', 'id'), activity.conversation?.tenantId].filter((id) => id !== undefined);
  return named.length > 0 && named.every((id) => typeof id === 'string' && id.toLowerCase() === homeTenantId);
}

/** Who acts in this turn, read fresh from the directory (ID-4). Decides no right: the door does. */
export async function actorOf(activity: Activity, homeTenantId: string, people: People): Promise<Actor> {
  const objectId = objectIdOf(activity);
  if (!isOfTenant(activity, homeTenantId)) return { kind: 'stranger', objectId: objectId ?? 'unknown', why: 'other-tenant' };
  if (objectId === undefined) return { kind: 'stranger', objectId: 'unknown', why: 'unknown' };
  const found = await people.lookUp(objectId);
  return found.ok ? { kind: 'person', person: found.person, roles: found.roles } : { kind: 'stranger', objectId, why: found.why };
}
