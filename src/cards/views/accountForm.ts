import type { EmergencyAccount } from '../../core/account/types.ts';
import type { PersonRef } from '../../core/people.ts';
import type { FieldFault, Refusal } from '../../core/refusal.ts';
import type { AccountOperation } from '../../core/request/planAccount.ts';
import { type Fact, type Tone, textFact } from '../facts.ts';
import { type Header, header } from '../header.ts';
import { faultWords, words } from '../refusals.ts';
import { type Rendered, template } from '../render.ts';
import { inert, names, plain, typedBefore } from '../text.ts';
import { CHANGE_REQUEST } from './createForm.ts';

interface Choice {
  readonly title: string;
  readonly value: string;
}

/** All that templates/accountForm.json names. */
interface AccountFormView {
  readonly header: Header;
  readonly name: string;
  readonly tenant: string;
  readonly facts: readonly Fact[];
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

const SAID: { readonly [O in AccountOperation]: { readonly title: string; readonly tone: Tone; readonly notes: readonly string[] } } = {
  rotate: {
    title: 'Ask for a new password, or keys in its place',
    tone: 'accent',
    notes: [
      'The parts that are kept today open nothing any more from the moment the new password is set.',
      'With security keys they are good until every custodian has registered one; then the password goes, and all else that opens it.',
    ],
  },
  handover: {
    title: 'Hand a part to somebody else',
    tone: 'accent',
    notes: ['Whoever leaves has seen their part, so everybody gets a new one. Tell the custodians before it is approved.'],
  },
  disable: {
    title: 'Ask to disable an account',
    tone: 'warning',
    notes: ['Nobody can use it until a request enables it again. It stays watched.'],
  },
  enable: { title: 'Ask to enable an account', tone: 'accent', notes: ['It can be used again with the parts that are kept today.'] },
  exclude: {
    title: 'Ask to exclude an account',
    tone: 'warning',
    notes: [
      'I read every Conditional Access policy now: the account goes into the exclusion group, and each policy that would catch it excludes that group. Nothing else of a policy changes.',
    ],
  },
  repair: { title: 'Ask to mend a finding', tone: 'accent', notes: ['Only what the finding names is changed.'] },
  retire: {
    title: 'Ask to retire an account',
    tone: 'attention',
    notes: [
      'Its role is removed, then it is disabled and deleted. Entra can restore the user for 30 days; after that it is gone for good.',
    ],
  },
};

/** What is said otherwise of an account opened by passkeys. */
const KEYED: { readonly [O in AccountOperation]?: (typeof SAID)[O] } = {
  rotate: {
    title: 'Ask for new security keys, or a password in their place',
    tone: 'accent',
    notes: [
      'Each custodian registers a new key. The keys of today open nothing any more once all the new ones stand.',
      'With a password they are good until every part of it is stored; then they are deleted, with all else that opens it.',
    ],
  },
  handover: {
    title: 'Hand a key to somebody else',
    tone: 'accent',
    notes: [
      'Whoever takes over registers a key of their own, and the key of the one who leaves opens nothing any more. The others keep theirs.',
    ],
  },
  enable: { title: 'Ask to enable an account', tone: 'accent', notes: ['It can be used again with the keys that are kept today.'] },
};

/** The button that opens the form of a rotation, and the dialog it opens in. */
export const ASK_ANEW: { readonly [K in 'split-password' | 'passkey']: string } = {
  'split-password': 'Ask for a new password',
  passkey: 'Ask for new security keys',
};

/** What a rotation may make, the kind that the account has first. */
const CREDENTIALS: { readonly [K in 'split-password' | 'passkey']: readonly Choice[] } = {
  'split-password': [
    { title: 'A password in parts, as it is', value: 'split-password' },
    { title: 'Security keys in its place, one for each custodian (passkeys)', value: 'passkey' },
  ],
  passkey: [
    { title: 'Security keys (passkeys), as it is', value: 'passkey' },
    { title: 'A password in parts in their place, which alone opens no admin portal', value: 'split-password' },
  ],
};

/** The form that asks something of an account; with faults, as it was filled in. */
export function accountFormCard({ operation, account, custodians, leavesFew, values, faults, refusal, sends }: AccountFormInput): Rendered {
  const refused = refusal ? [words(refusal)] : [];
  const said = account.credential === 'passkey' ? (KEYED[operation] ?? SAID[operation]) : SAID[operation];
  const isEdit = sends.verb === 'request.resubmit';
  const handover = operation === 'handover';
  const holders = account.parts.map(({ custodian }) => custodian);
  const offered = handover ? custodians.filter(({ personKey }) => holders.every((holder) => holder.personKey !== personKey)) : custodians;
  const view: AccountFormView = {
    header: header(isEdit ? CHANGE_REQUEST : said.title, said.tone, 'Two other people must approve it before anything happens'),
    name: plain(account.userPrincipalName),
    tenant: plain(account.tenantName, 80),
    facts: holders.length > 0 ? [textFact('Kept today by', names(holders))] : [],
    hasFaults: faults.length + refused.length > 0,
    faults: [...refused, ...faults.slice(0, 6).map((fault) => (fault.field === 'fewer' ? FEWER_FAULT : faultWords(fault)))],
    asksCustodians: operation === 'rotate' || handover,
    custodiansLabel: handover ? 'Who takes over' : `Custodians: two or three people, each keeps one part or key`,
    custodians: people(offered),
    isMulti: !handover,
    chosen: typedBefore(values.custodians, 800),
    asksCredential: operation === 'rotate',
    credentials: CREDENTIALS[account.credential ?? 'split-password'],
    credential: typedBefore(values.credential || (account.credential ?? 'split-password'), 40),
    asksLeaving: handover,
    holders: people(holders),
    leaving: typedBefore(values.leaving, 64),
    // What was read of the tenant when it was sent in may know of fewer than the record.
    asksFewer: leavesFew || faults.some(({ field }) => field === 'fewer') || values.fewer === 'true',
    fewer: values.fewer === 'true' ? 'true' : 'false',
    reason: typedBefore(values.reason, 2000),
    notes: said.notes,
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

const FEWER_FAULT =
  'This would leave the tenant with fewer than two accounts that can be used. Tick that this is meant, or create another account first.';

const people = (refs: readonly PersonRef[]): Choice[] =>
  refs.slice(0, 30).map(({ name, objectId }) => ({ title: inert(name, 80) || 'no name', value: plain(objectId, 64) }));
