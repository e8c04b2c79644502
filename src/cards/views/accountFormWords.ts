import type { EmergencyAccount } from '../../core/account/types.ts';
import type { AccountOperation } from '../../core/request/planAccount.ts';
import type { Tone } from '../facts.ts';

interface FormWords {
  readonly title: string;
  readonly tone: Tone;
  readonly notes: readonly string[];
  /** In their place, where nothing that is kept opens the account any more. */
  readonly notesOfUnusable: readonly string[];
}

type Said = Omit<FormWords, 'notesOfUnusable'> & Partial<FormWords>;

const SAID: { readonly [O in AccountOperation]: Said } = {
  rotate: {
    title: 'Ask for a new password, or keys in its place',
    tone: 'accent',
    notes: [
      'The parts that are kept today open nothing any more from the moment the new password is set.',
      'With security keys they are good until every custodian has registered one; then the password goes, and all else that opens it.',
    ],
    notesOfUnusable: [
      'What is still kept of the old password is to be destroyed once there is a new one.',
      'With security keys in its place the old password goes, with all else that opens it, once every custodian has registered one.',
    ],
  },
  handover: {
    title: 'Hand a part to somebody else',
    tone: 'accent',
    notes: ['Whoever leaves has seen their part, so everybody gets a new one. Tell the custodians before it is approved.'],
    notesOfUnusable: ['Everybody gets a part of a new password. Tell the custodians before it is approved.'],
  },
  disable: {
    title: 'Ask to disable an account',
    tone: 'warning',
    notes: ['Nobody can use it until a request enables it again. It stays watched.'],
  },
  enable: {
    title: 'Ask to enable an account',
    tone: 'accent',
    notes: ['It can be used again with the parts that are kept today.'],
    notesOfUnusable: [],
  },
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
const KEYED: { readonly [O in AccountOperation]?: Said } = {
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
  enable: {
    title: 'Ask to enable an account',
    tone: 'accent',
    notes: ['It can be used again with the keys that are kept today.'],
    notesOfUnusable: [],
  },
};

/** The button that opens the form of a rotation, and the dialog it opens in. */
export const ASK_ANEW: { readonly [K in 'split-password' | 'passkey']: string } = {
  'split-password': 'Ask for a new password',
  passkey: 'Ask for new security keys',
};

/** What the form of an operation says, by what opens the account. */
export function formWords(operation: AccountOperation, { credential }: Pick<EmergencyAccount, 'credential'>): FormWords {
  const said = credential === 'passkey' ? (KEYED[operation] ?? SAID[operation]) : SAID[operation];
  return { ...said, notesOfUnusable: said.notesOfUnusable ?? said.notes };
}
