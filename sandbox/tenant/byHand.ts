import type { SandboxTenant } from '../world.ts';
import type { Initiator } from './audit.ts';
import type { JsonObject } from './json.ts';
import type { TenantState } from './state.ts';

/** What an administrator is asked to do by hand. */
export interface ByHand {
  readonly state: TenantState;
  readonly tenant: SandboxTenant;
  readonly tenantId: string;
  readonly by: Initiator;
  readonly body: JsonObject;
}

/** A request that makes no sense; its message is the sentence shown. */
export class Senseless extends Error {}
