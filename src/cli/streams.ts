import { CLOUDS } from '../config/clouds.ts';
import { sharedHubs } from '../config/eventHubs.ts';
import { ConfigFault } from '../config/fault.ts';
import type { Settings } from '../config/settings.ts';
import type { TenantConfig } from '../config/tenants.ts';
import { type Cloud, credentialFor } from '../graph/credentials.ts';
import { type EventHubSettings, partitionsOf } from '../signals/eventHub.ts';
import { type Finding, failed, ok, sentence } from './finding.ts';

const PATIENCE_MS = 20_000;
const TODO =
  'docs/deploying.md: the stream through Event Hubs. Role Azure Event Hubs Data Receiver; TCP 5671 outbound; names of hub and consumer group.';

/** Whether each event hub lets us in. Nothing is read from it. */
export async function* streamFindings(settings: Settings, tenants: readonly TenantConfig[], cloud: Cloud): AsyncGenerator<Finding> {
  try {
    for (const { tenantId, ...hub } of sharedHubs(tenants, CLOUDS[settings.cloud].eventHubsDomain, settings.tenantsFile))
      yield await streamFinding({ ...hub, credential: credentialFor(hub.credential, tenantId, cloud) });
  } catch (error) {
    if (!(error instanceof ConfigFault)) throw error;
    for (const { at, problem } of error.problems) yield failed('event hub', sentence(at, problem), 'See env/tenants.example.yaml.');
  }
}

export async function streamFinding(hub: EventHubSettings, patienceMs = PATIENCE_MS): Promise<Finding> {
  const step = `event hub ${hub.name}`;
  try {
    const { length } = await partitionsOf(hub, patienceMs);
    return ok(step, `it lets us in; ${length} ${length === 1 ? 'partition' : 'partitions'}.`);
  } catch (error) {
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'no answer in time';
    return failed(step, `it cannot be reached, or lets nobody in (${code}).`, TODO);
  }
}
