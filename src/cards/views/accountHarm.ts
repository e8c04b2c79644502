import { leaversOf } from '../../core/account/custody.ts';
import type { EmergencyAccount, Part } from '../../core/account/types.ts';
import { isOverdue } from '../../core/account/unconfirmed.ts';
import type { AccountOperation } from '../../core/request/planAccount.ts';
import { names, plain } from '../text.ts';
import { isGone } from './partWords.ts';

/** What an account is asked something by, and by whom. */
interface Asked {
  readonly operation: AccountOperation;
  readonly account: EmergencyAccount;
  /** Object ids of everybody in the custodians group; `undefined`: it was not read, for no part changes hands. */
  readonly eligible: ReadonlySet<string> | undefined;
  readonly askerKey: string | undefined;
  /** Somebody was chosen to keep what is new. */
  readonly hasChosen: boolean;
}

/**
 * What is not whole about an account that something is asked of, as sentences: before they are asked for, because a form that says nothing of
 * it reads as if all were well.
 */
export function harmTo(asked: Asked, now: Date): string[] {
  const { operation, account, eligible } = asked;
  const gone = account.parts.filter((part) => isGone(part, now));
  const unsure = account.parts.filter((part) => isOverdue(part, now));
  const left = eligible ? leaversOf(account, eligible) : [];
  const own = asksForOwn(asked);
  return [
    ...ofState(asked),
    ...(gone.length > 0 ? [goneWords(account, gone)] : []),
    ...unsure.map(({ number }) => `Nobody has said where ${called(account, [number])} is: it may be gone.`),
    ...left.map(
      ({ custodian, number }) => `${plain(custodian.name, 80)} is no custodian any more and still has ${called(account, [number])}.`,
    ),
    ...own.map(({ number }) => `You have ${called(account, [number])} and ask for this, so you can keep none of what it makes.`),
    ...(operation === 'rotate' && gone.length + unsure.length + left.length + own.length > 0 && !asked.hasChosen
      ? ['Nobody is ticked below: choose who is to keep what is new.']
      : []),
    ...(operation === 'handover' ? ofHandover(account, gone, left) : []),
    ...(operation === 'enable' && isUnusable(account, now)
      ? [`Enabled, it still cannot be used: say rotate ${plain(account.userPrincipalName)} too.`]
      : []),
  ];
}

/** Nobody may hold a part of what they ask for. */
const asksForOwn = ({ operation, account, askerKey }: Asked): readonly Part[] =>
  operation === 'rotate' ? account.parts.filter(({ custodian }) => custodian.personKey === askerKey) : [];

/** By our record; the tenant is looked at when the form is sent in. */
function ofState({ operation, account }: Asked): string[] {
  const disabled = account.state === 'disabled';
  if (operation === 'disable' && disabled) return ['By my record it is disabled already. Ask only if somebody has enabled it by hand.'];
  if (operation === 'enable' && !disabled) return ['By my record it is enabled already. Ask only if somebody has disabled it by hand.'];
  if (!disabled || (operation !== 'rotate' && operation !== 'handover')) return [];
  if (operation === 'handover' && !isKeyed(account)) return [];
  const enable = `say enable ${plain(account.userPrincipalName)} first`;
  return [`It is disabled, and a security key is registered by signing in: for keys, ${enable}.`];
}

function goneWords(account: EmergencyAccount, gone: readonly Part[]): string {
  const which = called(
    account,
    gone.map(({ number }) => number),
  );
  const are = `${which.charAt(0).toUpperCase()}${which.slice(1)} ${gone.length === 1 ? 'is' : 'are'} gone`;
  if (!isKeyed(account)) return `${are}: nobody can put the password together, so the account cannot be used.`;
  return gone.length === account.parts.length ? `${are}: no key opens the account.` : `${are}. Each other key opens the account alone.`;
}

/** A handover replaces one person. What that leaves as it was is said, for it is not what somebody who reads of a loss expects. */
function ofHandover(account: EmergencyAccount, gone: readonly Part[], left: readonly Part[]): string[] {
  const rotate = `say rotate ${plain(account.userPrincipalName)}`;
  if (left.length > 1) return [`A handover replaces one person: ${rotate} instead.`];
  if (gone.length === 0) return [];
  return isKeyed(account)
    ? [`Only the key that is handed over is made anew. For new keys for everybody, ${rotate}.`]
    : [
        `Whoever stays gets a part of the new password, ${names(gone.map(({ custodian }) => custodian))} too. To choose everybody anew, ${rotate}.`,
      ];
}

/** What stands behind somebody’s name in a list they can be chosen from; our own words. */
export function markOf(account: EmergencyAccount, objectId: string, eligible: ReadonlySet<string> | undefined, now: Date): string {
  const part = account.parts.find(({ custodian }) => custodian.objectId === objectId);
  if (!part) return '';
  if (isGone(part, now)) return ` (${called(account, [part.number])} is gone)`;
  if (isOverdue(part, now)) return ` (has not said where ${called(account, [part.number])} is)`;
  return eligible && !eligible.has(objectId) ? ' (no custodian any more)' : '';
}

/** Nothing that is kept opens it: a password lacks a part, or every key is gone. */
export function isUnusable({ parts, credential }: EmergencyAccount, now: Date): boolean {
  const gone = parts.filter((part) => isGone(part, now));
  return credential === 'passkey' ? gone.length > 0 && gone.length === parts.length : gone.length > 0;
}

const isKeyed = ({ credential }: EmergencyAccount): boolean => credential === 'passkey';

const called = (account: EmergencyAccount, numbers: readonly number[]): string =>
  `${isKeyed(account) ? 'key' : 'part'}${numbers.length === 1 ? '' : 's'} ${numbers.join(' and ')}`;
