import { randomInt } from 'node:crypto';
import { badRequest, invalidValue } from './graphFault.ts';
import { graphInstant, type JsonObject } from './json.ts';
import { methodConfiguration } from './methodPolicies.ts';
import { hashPassword, matchesPassword } from './passwordRules.ts';
import type { AccessPass, MethodRow } from './records.ts';
import type { TenantState } from './state.ts';

const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789';
const RESOURCE = 'TemporaryAccessPassAuthenticationMethod';

export interface NewPass {
  /** Shown once, kept nowhere. */
  readonly value: string;
  readonly pass: AccessPass;
}

/**
 * A pass within the tenant's policy (Learn, howto-authentication-temporary-access-pass: 10 minutes to 30 days, and the policy's own
 * limits). Throws 400.
 */
export function newPass(state: TenantState, tenantId: string, body: JsonObject): NewPass {
  const policy = methodConfiguration(state, tenantId, 'TemporaryAccessPass');
  if (policy.state !== 'enabled') throw badRequest('Temporary Access Pass is disabled by the authentication methods policy.');
  const { '@odata.type': _type, lifetimeInMinutes, isUsableOnce, startDateTime, ...others } = body;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw invalidValue(unknown, RESOURCE);
  const minutes = lifetimeInMinutes ?? policy.defaultLifetimeInMinutes;
  const [least, most] = [Number(policy.minimumLifetimeInMinutes), Number(policy.maximumLifetimeInMinutes)];
  if (!Number.isInteger(minutes) || Number(minutes) < least || Number(minutes) > most) {
    throw badRequest(`The lifetime of a Temporary Access Pass must be between ${least} and ${most} minutes by policy.`);
  }
  const once = isUsableOnce ?? policy.isUsableOnce;
  if (typeof once !== 'boolean') throw invalidValue('isUsableOnce', RESOURCE);
  if (policy.isUsableOnce === true && !once) throw badRequest('The policy allows Temporary Access Passes for one-time use only.');
  const now = state.clock.now();
  const from = startDateTime === undefined || startDateTime === null ? now : new Date(String(startDateTime));
  if (Number.isNaN(from.getTime()) || from.getTime() < now.getTime() - 60_000) throw invalidValue('startDateTime', RESOURCE);
  const value = Array.from({ length: Number(policy.defaultLength) }, () => LETTERS.charAt(randomInt(LETTERS.length))).join('');
  const startsAt = graphInstant(from);
  return { value, pass: { secret: hashPassword(value), startsAt, lifetimeInMinutes: Number(minutes), isUsableOnce: once, used: false } };
}

type Usability = 'EnabledByPolicy' | 'DisabledByPolicy' | 'Expired' | 'NotYetValid' | 'OneTimeUsed';

export function usabilityOf(state: TenantState, tenantId: string, pass: AccessPass): Usability {
  const [now, from] = [state.clock.now().getTime(), Date.parse(pass.startsAt)];
  if (methodConfiguration(state, tenantId, 'TemporaryAccessPass').state !== 'enabled') return 'DisabledByPolicy';
  if (pass.used) return 'OneTimeUsed';
  if (now < from) return 'NotYetValid';
  return now >= from + pass.lifetimeInMinutes * 60_000 ? 'Expired' : 'EnabledByPolicy';
}

/** What Graph tells of a pass; never its value. */
export function passProperties(state: TenantState, tenantId: string, pass: AccessPass): JsonObject {
  const methodUsabilityReason = usabilityOf(state, tenantId, pass);
  return {
    isUsable: methodUsabilityReason === 'EnabledByPolicy',
    isUsableOnce: pass.isUsableOnce,
    lifetimeInMinutes: pass.lifetimeInMinutes,
    methodUsabilityReason,
    startDateTime: pass.startsAt,
    temporaryAccessPass: null,
  };
}

/** Whether this is the user's pass and it still opens; a one-time pass is used up by it. */
export function usePass(state: TenantState, tenantId: string, userId: string, value: string): MethodRow | undefined {
  const row = state.methods.all().find((one) => one.userId === userId && one.kind === 'temporaryAccessPass');
  if (!row?.pass || !matchesPassword(value, row.pass.secret)) return undefined;
  if (usabilityOf(state, tenantId, row.pass) !== 'EnabledByPolicy') return undefined;
  if (row.pass.isUsableOnce) state.methods.put(`${userId}/${row.id}`, { ...row, pass: { ...row.pass, used: true } });
  return row;
}
