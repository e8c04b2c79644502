import type { WhyNoPasskeys } from '../../core/account/passkeyTerms.ts';
import type { EmergencyAccount } from '../../core/account/types.ts';
import type { PersonRef } from '../../core/people.ts';
import type { FieldFault, Refusal } from '../../core/refusal.ts';
import type { AccountOperation } from '../../core/request/planAccount.ts';
import { type Header, header } from '../header.ts';
import { faultWords, NO_KEYS, noKeysHere, words } from '../refusals.ts';
import { type Rendered, template } from '../render.ts';
import { inert, plain, typedBefore } from '../text.ts';
import { ASK_ANEW, formWords } from './accountFormWords.ts';
import { harmTo, isUnusable, markOf } from './accountHarm.ts';
import { CHANGE_REQUEST } from './createForm.ts';
import { type PartRow, partRow, partsTitle, withoutPlace } from './partWords.ts';

interface Choice {
  readonly title: string;
  readonly value: string;
}

/** All that templates/accountForm.json names. */
interface AccountFormView {
  readonly header: Header;
  readonly name: string;
  readonly tenant: string;
  /** What is not whole about it. */
  readonly hasHarm: boolean;
  readonly harm: readonly string[];
  readonly partsTitle: string;
  readonly parts: readonly PartRow[];
  readonly hasFaults: boolean;
  readonly faults: readonly string[];
  readonly asksCustodians: boolean;
  readonly custodiansLabel: string;
  readonly custodians: readonly Choice[];
  readonly isMulti: boolean;
  readonly chosen: string;
  readonly asksCredential: boolean;
  readonly credentials: readonly Choice[];
  readonly credential: string;
  readonly asksLeaving: boolean;
  readonly leavingLabel: string;
  readonly holders: readonly Choice[];
  readonly leaving: string;
  readonly asksFewer: boolean;
  readonly fewer: string;
  readonly reason: string;
  readonly notes: readonly string[];
  readonly sendTitle: string;
  readonly isEdit: boolean;
  readonly isDangerous: boolean;
  readonly isNew: boolean;
  /** New, and in a dialog. */
  readonly isOpened: boolean;
  readonly id: string;
  readonly digest: string;
}

export interface AccountFormInput {
  readonly operation: AccountOperation;
  readonly account: EmergencyAccount;
  /** Whom the form offers to hold a part. */
  readonly custodians: readonly PersonRef[];
  /** Object ids of everybody in the custodians group, where a part changes hands. */
  readonly eligible?: ReadonlySet<string>;
  /** Whose form it is: nobody holds a part of what they ask for. */
  readonly askerKey?: string;
  readonly now: Date;
  /** Why the tenant lets the account have no security keys, where keys may be made and that is known. */
  readonly noKeys?: WhyNoPasskeys;
  /** It would leave the tenant with fewer than two that can be used. */
  readonly leavesFew: boolean;
  readonly values: {
    readonly reason: string;
    readonly custodians: string;
    readonly leaving: string;
    readonly fewer: string;
    readonly credential?: string;
  };
  readonly faults: readonly FieldFault[];
  /** Why it was not taken, where no field is to blame. */
  readonly refusal?: Refusal;
  readonly sends: {
    readonly verb: 'account.submit' | 'request.resubmit';
    readonly id: string;
    readonly digest: string;
    readonly place: 'message' | 'dialog';
  };
}

const render = template<AccountFormView>('accountForm');

/** What a rotation may make, the kind that the account has first. */
const CREDENTIALS: { readonly [K in 'split-password' | 'passkey']: readonly Choice[] } = {
  'split-password': [
    { title: 'A new password in parts, the kind it has now', value: 'split-password' },
    { title: 'Security keys in its place, one for each custodian (passkeys)', value: 'passkey' },
  ],
  passkey: [
    { title: 'New security keys (passkeys), the kind it has now', value: 'passkey' },
    { title: 'A password in parts in their place, which alone opens no admin portal', value: 'split-password' },
  ],
};

/** The form that asks something of an account; with faults, as it was filled in. */
export function accountFormCard(input: AccountFormInput): Rendered {
  const { operation, account, custodians, eligible, askerKey, now, noKeys, leavesFew, values, faults, refusal, sends } = input;
  const refused = refusal ? [words(refusal)] : [];
  const said = formWords(operation, account);
  const isEdit = sends.verb === 'request.resubmit';
  const handover = operation === 'handover';
  const holders = account.parts.map(({ custodian }) => custodian);
  const offered = handover ? custodians.filter(({ personKey }) => holders.every((holder) => holder.personKey !== personKey)) : custodians;
  const people = (refs: readonly PersonRef[]): Choice[] =>
    refs.slice(0, 30).map(({ name, objectId }) => ({
      title: `${inert(name, 80) || 'no name'}${markOf(account, objectId, eligible, now)}`,
      value: plain(objectId, 64),
    }));
  const cannot = noKeys && account.credential === 'passkey' ? noKeysHere(noKeys) : undefined;
  const harm = [
    ...(cannot === undefined ? [] : [cannot]),
    ...harmTo({ operation, account, eligible, askerKey, hasChosen: values.custodians !== '' }, now),
  ];
  const view: AccountFormView = {
    header: header(isEdit ? CHANGE_REQUEST : said.title, said.tone, 'Two other people must approve it before anything happens'),
    name: plain(account.userPrincipalName),
    tenant: plain(account.tenantName, 80),
    hasHarm: harm.length > 0,
    harm,
    partsTitle: partsTitle(account),
    parts: account.parts.map((part) => partRow(withoutPlace(part), account.credential, now)),
    hasFaults: faults.length + refused.length > 0,
    faults: [...refused, ...faults.slice(0, 6).map((fault) => wordsOf(fault, operation))],
    asksCustodians: operation === 'rotate' || handover,
    custodiansLabel: handover ? 'Who takes over' : `Custodians: two or three people, each keeps one part or key`,
    custodians: people(offered),
    isMulti: !handover,
    chosen: typedBefore(values.custodians, 800),
    asksCredential: operation === 'rotate',
    credentials: CREDENTIALS[account.credential ?? 'split-password'].map(({ title, value }) => ({
      title: value === 'passkey' && noKeys ? `${title}: not now, ${NO_KEYS[noKeys].why('this tenant')}` : title,
      value,
    })),
    credential: typedBefore(values.credential || (account.credential ?? 'split-password'), 40),
    asksLeaving: handover,
    leavingLabel: `Who gives up their ${account.credential === 'passkey' ? 'key' : 'part'}`,
    holders: people(holders),
    leaving: typedBefore(values.leaving, 64),
    // What was read of the tenant when it was sent in may know of fewer than the record.
    asksFewer: leavesFew || faults.some(({ field }) => field === 'fewer') || values.fewer === 'true',
    fewer: values.fewer === 'true' ? 'true' : 'false',
    reason: typedBefore(values.reason, 2000),
    notes: isUnusable(account, now) ? said.notesOfUnusable : said.notes,
    sendTitle: isEdit ? 'Ask for approval of the change' : 'Ask for approval',
    isEdit,
    isDangerous: operation === 'retire' && sends.place === 'message',
    isNew: operation !== 'retire' && sends.place === 'message',
    isOpened: sends.place === 'dialog' && !isEdit,
    id: plain(sends.id, 80),
    digest: plain(sends.digest, 64),
  };
  const title = isEdit
    ? CHANGE_REQUEST
    : view.isOpened && operation === 'rotate'
      ? ASK_ANEW[account.credential ?? 'split-password']
      : undefined;
  return { card: render(view), summary: title ?? plain(`${said.title}: ${account.userPrincipalName}`, 200) };
}

const wordsOf = (fault: FieldFault, operation: AccountOperation): string =>
  fault.field === 'fewer' ? FEWER_FAULT : ((operation === 'handover' ? noKeysHere(fault.problem) : undefined) ?? faultWords(fault));

const FEWER_FAULT =
  'This would leave the tenant with fewer than two accounts that can be used now; one counts once every part is stored. Tick that this is meant, or create another account first.';
