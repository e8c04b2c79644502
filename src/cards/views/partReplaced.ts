import { asItStands } from '../../core/account/life.ts';
import { type EmergencyAccount, type Kind, kindOf, type Part } from '../../core/account/types.ts';
import type { Rendered } from '../render.ts';
import { utc } from '../time.ts';
import { noticeCard } from './notice.ts';

/** Whose card it is, of a part or of a key, of which generation, and in a message of its own when it was opened. */
interface Of {
  readonly holder: string;
  readonly kind: Kind;
  readonly generation?: number | undefined;
  readonly openedAt?: Date;
}

/**
 * In the place of a card whose part or key is not the account's any more: another took its place, nothing came of the change that it was made
 * for, somebody else has it, or the account is retired. What counts instead is never to be taken for it.
 */
export function replacedPartCard(account: EmergencyAccount, partNumber: number, of: Of): Rendered {
  const stands = asItStands(account);
  const over = (title: string, text: string): Rendered => noticeCard({ title, text, tone: 'neutral' });
  if (account.state === 'retired') {
    if (account.appliedAt !== undefined) return over('This account was retired', nothingMore(account, partNumber, of));
    const text = `${account.userPrincipalName} was deleted again. ${nothingCame(account, partNumber, of)}`;
    return over('The account was given up before it was made', text);
  }
  const replaced = over(
    `This ${of.kind} was replaced`,
    `${nothingMore(account, partNumber, of)}${newer(account, of)}${keeps(account, of, 'now')}`,
  );
  if (of.kind === kindOf(stands) || (of.generation ?? 1) < (stands.kindSince ?? 0)) return replaced;
  return over(`This ${of.kind} is not used`, `${notUsed(account, partNumber, of)}${newer(account, of)}${keeps(account, of, 'still')}`);
}

function nothingMore({ userPrincipalName }: EmergencyAccount, partNumber: number, { kind, openedAt }: Of): string {
  const at = openedAt && utc(openedAt);
  const which = at === undefined ? '' : kind === 'key' ? `, whose pass you opened at ${at},` : `, which you opened at ${at},`;
  return `${kind === 'key' ? 'Key' : 'Part'} ${partNumber} of ${userPrincipalName}${which} opens nothing any more. If it lies in your safe, ${kind === 'key' ? 'wipe' : 'destroy'} it.`;
}

/** It was made for a change that was given up, or made once more: what was to be replaced by it counts. */
function notUsed(account: EmergencyAccount, partNumber: number, of: Of): string {
  const { userPrincipalName } = account;
  if (of.kind === 'key') return `The password of ${userPrincipalName} was not replaced by keys. ${nothingCame(account, partNumber, of)}`;
  const which = of.openedAt ? `, which you opened at ${utc(of.openedAt)},` : '';
  const end = had(account, partNumber, of) === 'nothing' ? '. You have nothing of it.' : ': destroy that paper.';
  return `Part ${partNumber} of the password that was to replace the keys of ${userPrincipalName}${which} opens nothing${end}`;
}

function nothingCame(account: EmergencyAccount, partNumber: number, of: Of): string {
  const it = had(account, partNumber, of);
  if (it === 'nothing') return 'You have nothing of it.';
  if (of.kind === 'part') return `Your part ${partNumber} opens nothing: destroy that paper.`;
  return it === 'registered'
    ? 'The key you registered was taken off: wipe it.'
    : 'Your pass opens nothing any more. If you registered a key with it, wipe that key.';
}

/** What they had in hand, by the record and its ledger. An account without a ledger is not taken to say that it was nothing. */
function had(account: EmergencyAccount, partNumber: number, { holder, kind, openedAt }: Of): 'nothing' | 'seen' | 'registered' {
  const { parts, held, history } = account;
  const rows = [...parts, ...(held?.parts ?? [])].filter(
    (part) => part.number === partNumber && isOf(part, holder) && kindOfPart(part) === kind,
  );
  const events = (history ?? []).filter(
    (event) => event.part === partNumber && event.custodian.objectId === holder && (event.of ?? kindOf(account)) === kind,
  );
  const was = (...what: readonly string[]): boolean => events.some((event) => what.includes(event.what));
  if (kind === 'key' && (rows.some(({ key }) => key) || was('registered', 'withdrawn'))) return 'registered';
  const seen = openedAt !== undefined || history === undefined || rows.some(({ shownAt }) => shownAt) || was('shown', 'stored', 'lost');
  return seen ? 'seen' : 'nothing';
}

const isOf = ({ custodian }: Part, holder: string): boolean => custodian.objectId === holder;
const kindOfPart = ({ pass, key }: Part): Kind => (pass || key ? 'key' : 'part');

/** Another of the same kind is theirs already, or is being made for them. */
function newer(account: EmergencyAccount, { kind, holder }: Of): string {
  const ofThisKind = [account, asItStands(account)].filter((each) => kindOf(each) === kind);
  const part = ofThisKind.flatMap(({ parts }) => parts).find((row) => isOf(row, holder));
  return part ? ` Do not take your newer ${kind} ${part.number} for it: that one has a message of its own here.` : '';
}

/** What they keep of what opens the account. */
function keeps(account: EmergencyAccount, of: Of, since: 'now' | 'still'): string {
  const stands = asItStands(account);
  const part = stands.parts.find((row) => isOf(row, of.holder) && row.state !== 'expired' && row.state !== 'lost');
  if (part && kindOf(stands) !== of.kind) {
    if (kindOf(stands) === 'key')
      return ` Your security key ${since === 'now' ? 'opens the account now' : 'still opens the account'}: keep it.`;
    return ` Your part ${part.number} of the password ${since === 'now' ? 'counts now' : 'still counts'}: keep it.`;
  }
  return since === 'still' || newer(account, of) ? '' : ' You keep nothing of this account now.';
}
