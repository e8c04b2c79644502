import { randomUUID } from 'node:crypto';
import type { SandboxTenant } from '../world.ts';
import { type AppRegistration, servicePrincipalId } from './apps.ts';
import type { LogRow } from './records.ts';

/** An application that got a token by its own credential. Graph v1.0 has no such rows; the stream has (Learn, service principal sign-ins). */
export function servicePrincipalRow(app: AppRegistration, tenant: SandboxTenant, resource: string, at: Date): LogRow {
  const id = randomUUID();
  const entry = {
    id,
    createdDateTime: at.toISOString(),
    appId: app.appId,
    servicePrincipalId: servicePrincipalId(app, tenant.id),
    servicePrincipalName: app.displayName,
    resourceDisplayName: resource,
    ipAddress: '192.0.2.20',
    correlationId: randomUUID(),
    conditionalAccessStatus: 'notApplied',
    status: { errorCode: 0, failureReason: null, additionalDetails: null },
    location: { city: 'Munich', state: 'Bavaria', countryOrRegion: 'DE' },
  };
  return { id, tenantId: tenant.id, availableAtMs: Date.now(), entry };
}
