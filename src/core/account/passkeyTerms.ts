import type { AuthenticationMethod, MethodConfiguration } from '../posture/snapshot.ts';
import { no, ok, type Result } from '../result.ts';

/** Why no passkey can be registered on an account of a tenant. */
export type WhyNoPasskeys =
  | 'passes-off'
  | 'passes-not-for-it'
  | 'keys-off'
  | 'keys-not-for-it'
  | 'no-self-service'
  | 'synced-only'
  /** The cloud has no such methods, or its policy could not be read. */
  | 'policy-unread';

/** What a plan with passkeys rests on. */
export interface PasskeyTerms {
  readonly passMinutes: number;
}

/** A working day: custodians are told when a pass is there, and one that is not used is worth stealing. */
const PASS_MINUTES = 480;
/** Limits of every pass, whatever the policy (Learn, howto-authentication-temporary-access-pass, 2026). */
const SHORTEST = 10;
const LONGEST = 43_200;

/**
 * Whether the tenant lets an account of ours have passkeys, and on what terms: both methods must be on, for everybody or for the exclusion
 * group, the only group that we know the account is in.
 */
export function passkeyTerms(
  configurations: readonly MethodConfiguration[] | undefined,
  exclusionGroupId: string,
): Result<PasskeyTerms, WhyNoPasskeys> {
  if (!configurations) return no('policy-unread');
  const named = (id: string) => configurations.find((one) => one.id.toLowerCase() === id);
  const [keys, passes] = [named('fido2'), named('temporaryaccesspass')];
  const groups = ['all_users', exclusionGroupId.toLowerCase()];
  const isForUs = ({ includeTargets, excludeTargets }: MethodConfiguration): boolean =>
    includeTargets.some((id) => groups.includes(id)) && !excludeTargets.some((id) => groups.includes(id));
  if (!keys?.enabled) return no('keys-off');
  if (!isForUs(keys)) return no('keys-not-for-it');
  if (keys.selfServiceRegistrationAllowed === false) return no('no-self-service');
  // Profiles that say nothing of kinds allow every kind (Learn, passkey profiles, 2026-03).
  if (keys.passkeyTypes !== undefined && keys.passkeyTypes.length > 0 && !keys.passkeyTypes.includes('deviceBound'))
    return no('synced-only');
  if (!passes?.enabled) return no('passes-off');
  if (!isForUs(passes)) return no('passes-not-for-it');
  const [least, most] = passes.lifetimeMinutes ?? [SHORTEST, LONGEST];
  return ok({ passMinutes: Math.min(Math.max(PASS_MINUTES, least), most) });
}

/** It cannot leave its device, as far as Graph says so: an older answer without a type counts only when the key was attested. */
export const cannotLeaveItsDevice = ({ kind, passkeyType, attested }: AuthenticationMethod): boolean =>
  kind === 'fido2' && (passkeyType === 'deviceBound' || (passkeyType === undefined && attested === true));

export type KeysFound = { readonly kind: 'key'; readonly key: AuthenticationMethod } | { readonly kind: 'none' | 'synced' | 'several' };

/**
 * What was registered with a pass: exactly one key that cannot leave its device. Two are one too many: nobody knows whose the other is.
 *
 * @param before ids of the passkeys that were there when the pass was made
 */
export function keysFound(methods: readonly AuthenticationMethod[], before: readonly string[]): KeysFound {
  const [first, ...more] = methods.filter(({ kind, id }) => kind === 'fido2' && !before.includes(id));
  if (!first) return { kind: 'none' };
  if (more.length > 0) return { kind: 'several' };
  return cannotLeaveItsDevice(first) ? { kind: 'key', key: first } : { kind: 'synced' };
}
