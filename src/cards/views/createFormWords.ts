import type { WhyNoPasskeys } from '../../core/account/passkeyTerms.ts';
import { NO_KEYS } from '../refusals.ts';
import { names, plain } from '../text.ts';

/** A tenant the form can be for. */
export interface OfferedTenant {
  readonly id: string;
  readonly displayName: string;
  readonly initialDomain: string;
  /** Whether its accounts can have passkeys, or why not; absent: not known. */
  readonly passkeys?: 'allowed' | WhyNoPasskeys;
  /** Whether its sign-ins can be read: no account may exist unwatched. Absent: not known. */
  readonly watchable?: boolean;
}

/** What a new form begins with, and what it says of that. */
interface Begun {
  readonly credential: 'passkey' | 'split-password';
  readonly why: readonly string[];
}

/** Tenants of which it is said one by one why their accounts can have no keys. */
const MOST_NAMED = 6;

export const canBeWatched = ({ watchable }: OfferedTenant): boolean => watchable !== false;

/** Said of those that no account can be made in, before anything is typed for one. */
export function unwatched(tenants: readonly OfferedTenant[]): string[] {
  const some = tenants.filter((tenant) => !canBeWatched(tenant));
  const which = named(some);
  return some.length === 0
    ? []
    : [`In ${which} I can read no sign-ins, and no emergency account may exist unwatched: ask an administrator to connect a feed first.`];
}

/**
 * The kind of credential a new form begins with: security keys where the tenant is known to allow them, of several tenants only where all do
 * (design.md 6.4). What is not known is no yes; what is sent in is judged by the tenant as it is then. Of several, each sentence names its
 * tenants, so that it stays true whichever is chosen.
 */
export function begunWith(offered: readonly OfferedTenant[]): Begun {
  const tenants = offered.filter(canBeWatched);
  const [only, ...more] = tenants;
  if (!only) return { credential: 'split-password', why: [] };
  if (more.length === 0) return ofOne(only, offered.length > 1);
  const allowing = tenants.filter(({ passkeys }) => passkeys === 'allowed');
  const lacking = tenants.filter(({ passkeys }) => passkeys !== 'allowed');
  if (lacking.length === 0) {
    const who = tenants.length === offered.length ? 'Every tenant here allows' : `${named(tenants)} allow`;
    return { credential: 'passkey', why: [`${who} security keys, so they are chosen.`] };
  }
  return {
    credential: 'split-password',
    why: [
      ...(allowing.length > 0 ? [`Choose security keys for ${named(allowing)}: they are the better choice, and allowed there.`] : []),
      ...lacking.slice(0, MOST_NAMED).map(lacks),
      ...(lacking.length > MOST_NAMED
        ? [`So it is with ${lacking.length - MOST_NAMED} more: say create and a tenant’s name to see why.`]
        : []),
    ],
  };
}

/** @param isNamed others stand beside it, in which no account can be made */
function ofOne({ displayName, passkeys }: OfferedTenant, isNamed: boolean): Begun {
  const name = plain(displayName, 60);
  if (passkeys === 'allowed') return { credential: 'passkey', why: [`${name} allows security keys, so they are chosen.`] };
  if (passkeys === undefined)
    return {
      credential: 'split-password',
      why: [
        `I could not read in time whether ${name} allows security keys, so a password is chosen. Choose keys if you know that it does: I look again when you send this in.`,
      ],
    };
  const { why, remedy } = NO_KEYS[passkeys];
  return {
    credential: 'split-password',
    why: [`A password is chosen, because ${why(isNamed ? name : 'this tenant')}. For security keys, ${remedy}.`],
  };
}

const lacks = ({ displayName, passkeys }: OfferedTenant): string => {
  const name = plain(displayName, 60);
  return passkeys === undefined || passkeys === 'allowed'
    ? `For ${name}: I could not read in time whether it allows security keys.`
    : `For ${name} choose a password: ${NO_KEYS[passkeys].why('it')}.`;
};

const named = (tenants: readonly OfferedTenant[]): string =>
  names(
    tenants.map(({ displayName }) => ({ name: displayName })),
    MOST_NAMED,
    60,
  );
