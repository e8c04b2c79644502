import type { ChangeActor } from '../core/alert/change.ts';
import type { Log } from './log.ts';
import type { ChangerIdentity, Tenants } from './ports.ts';

/** Who our changer is in a tenant. Where nobody can say, our own writes look like somebody else's: too loud, and never the other way round. */
export async function knownChanger(tenants: Pick<Tenants, 'changer'>, tenantId: string, log: Log): Promise<ChangerIdentity> {
  try {
    return await tenants.changer(tenantId);
  } catch (error) {
    log.warn('changer.unknown', { tenantId, error });
    return {};
  }
}

/** By its service principal, or by its client id where the log names that alone. Never where a person stands beside it. */
export const isBy = (actor: ChangeActor, changer: ChangerIdentity): boolean =>
  actor.userId === undefined &&
  ((changer.servicePrincipalId !== undefined && actor.servicePrincipalId === changer.servicePrincipalId) ||
    (changer.appId !== undefined && actor.appId === changer.appId));
