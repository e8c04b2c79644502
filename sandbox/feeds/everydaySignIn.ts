import { randomUUID } from 'node:crypto';
import type { LogRow } from '../tenant/records.ts';
import type { SandboxPerson } from '../world.ts';

const TEAMS = { appId: '1fec8e78-bce4-4aaf-ab1b-5451cc387264', appDisplayName: 'Microsoft Teams' } as const;
const GRAPH = { resourceDisplayName: 'Microsoft Graph', resourceId: '00000003-0000-0000-c000-000000000000' } as const;

/** Teams on somebody's machine renews its token: nobody is asked anything, and only the stream tells of it. */
export function everydaySignIn(id: string, { objectId, name, userPrincipalName, tenantId }: SandboxPerson, at: Date): LogRow {
  const entry = {
    id,
    createdDateTime: at.toISOString(),
    userDisplayName: name,
    userPrincipalName: userPrincipalName.toLowerCase(),
    userId: objectId,
    ...TEAMS,
    ...GRAPH,
    ipAddress: '192.0.2.10',
    clientAppUsed: 'Mobile Apps and Desktop clients',
    correlationId: randomUUID(),
    conditionalAccessStatus: 'success',
    isInteractive: false,
    status: { errorCode: 0, failureReason: null, additionalDetails: null },
    location: { city: 'Munich', state: 'Bavaria', countryOrRegion: 'DE' },
    authenticationRequirement: 'singleFactorAuthentication',
  };
  return { id, tenantId, availableAtMs: at.getTime(), entry };
}
