import type { Hop } from '../drill/types.ts';
import type { PersonRef } from '../people.ts';
import type { Staying } from '../request/stays.ts';

/**
 * `provisioning` while the plan that makes it runs, `handover` until every part is stored, then `in-service`. `disabled` and back by
 * request; `retired` for good: it stays on record, and on the watch list as long as Entra could restore it.
 */
export type AccountState = 'provisioning' | 'handover' | 'in-service' | 'disabled' | 'retired';

/**
 * `sealed` not yet to be shown · `ready` its custodian may see it once · `shown` · `stored` confirmed · `expired` never seen, destroyed ·
 * `lost` seen, and nobody has it any more.
 */
export type PartState = 'sealed' | 'ready' | 'shown' | 'stored' | 'expired' | 'lost';

/** One custodian's part of the password: everything about it but the part itself. */
export interface Part {
  readonly number: number;
  readonly custodian: PersonRef;
  readonly state: PartState;
  readonly expiresAt?: Date;
  readonly shownAt?: Date;
  readonly storedAt?: Date;
  readonly lostAt?: Date;
  readonly location?: string;
  readonly sealNumber?: string;
  /** Of an account opened by passkeys: the pass its custodian registers a key with, and what they did with it. */
  readonly pass?: IssuedPass;
  /** When its custodian said that the key is registered; whether it is, the tenant says. */
  readonly confirmedAt?: Date;
  /** The key as the tenant showed it. */
  readonly key?: RegisteredKey;
  /** Why nothing came of the pass: no key of it counts, and another pass is needed. */
  readonly refused?: { readonly why: WhyRefused; readonly at: Date };
  /** What was held before, until the plan that replaces it is carried out: it comes back if that is given up. */
  readonly before?: Part;
  /** Nothing was held under that number before: if the plan is given up, there is none of it again. */
  readonly added?: true;
}

/** Why no key counts that was registered with a pass, or none was: as the step that waits for it says. */
export const WHY_REFUSED = ['SyncedPasskey', 'TooManyKeys', 'PassReplaced', 'PassExpired', 'PassLost'] as const;
export type WhyRefused = (typeof WHY_REFUSED)[number];

/** A Temporary Access Pass: all about it but what it is. */
export interface IssuedPass {
  readonly requestId: string;
  readonly methodId: string;
  readonly issuedAt: Date;
  /** Ids of the passkeys on the account before: a key among them is not the one that is waited for. */
  readonly keysBefore: readonly string[];
  /** The same at the first pass this request issued under that number: what came since is taken off again when it is given up. */
  readonly keysAtStart: readonly string[];
}

export interface RegisteredKey {
  readonly methodId: string;
  readonly model?: string;
  readonly aaguid?: string;
}

/**
 * One line of the ledger: `entrusted` to somebody, not yet seen · `shown` · `registered` as a key · `stored` there · `moved` there · `expired` unseen, destroyed ·
 * `lost` after it was seen · `lapsed`, a pass that was seen and with which no key was registered · `withdrawn`, a registered key taken off the account again · `replaced` by another, it
 * opens nothing any more · `retired` with the account.
 */
export interface CustodyEvent {
  readonly at: Date;
  readonly part: number;
  readonly custodian: PersonRef;
  /** What it was, where the account had a credential of another kind since. */
  readonly of?: 'part' | 'key';
  readonly what:
    | 'entrusted'
    | 'shown'
    | 'registered'
    | 'stored'
    | 'moved'
    | 'expired'
    | 'lost'
    | 'lapsed'
    | 'withdrawn'
    | 'replaced'
    | 'retired';
  readonly location?: string;
  readonly sealNumber?: string;
}

/** The runbook card that was printed last. */
export interface IssuedRunbook {
  /** SHA-256 of what it says, hex. */
  readonly digest: string;
  readonly at: Date;
  /** Whose name it was asked for in. For reading only. */
  readonly by: string;
  /** When the owners were told that it is out of date. */
  readonly remindedAt?: Date;
}

/** The whole credential of an account as it was before a request began to replace it: it counts again where nothing came of that. */
export interface HeldBefore {
  readonly requestId: string;
  readonly parts: readonly Part[];
  readonly generation: number;
  readonly credential?: 'passkey';
  readonly sealedFor?: string;
  readonly kindSince?: number;
}

/** What a request that was given up half-way left on the account, or may have. */
export interface LeftBehind {
  readonly requestId: string;
  readonly at: Date;
  readonly steps: readonly Staying[];
}

export interface EmergencyAccount {
  readonly id: string;
  readonly requestId: string;
  readonly tenantId: string;
  readonly tenantName: string;
  readonly objectId: string;
  readonly userPrincipalName: string;
  readonly displayName: string;
  readonly state: AccountState;
  readonly revision: number;
  readonly owners: readonly PersonRef[];
  readonly parts: readonly Part[];
  /** Its parts are security keys, each of which opens the account alone. Without it they are parts of a password. */
  readonly credential?: 'passkey';
  /** Rises with every credential: cards of an earlier one say that it was replaced. 1 for the first. */
  readonly generation?: number;
  /** The request whose run made the present parts, where it is not the one that made the account. */
  readonly sealedFor?: string;
  /** While a request replaces the whole credential. */
  readonly held?: HeldBefore;
  /** Generation from which on the credential is of the present kind, where there was another before. */
  readonly kindSince?: number;
  /** Since when its sign-ins are looked for, and through which feed that was confirmed. */
  readonly watchedAt: Date;
  readonly feed: string;
  readonly appliedAt?: Date;
  /** The scheduled validation: when the next is due, when the last was done, by whom. */
  readonly validationDueAt?: Date;
  readonly validatedAt?: Date;
  readonly validatedBy?: PersonRef;
  readonly validationNote?: string;
  readonly lastSignInAt?: Date;
  readonly disabledAt?: Date;
  /** Until a request on it is carried out. */
  readonly left?: LeftBehind;
  readonly retiredAt?: Date;
  /** What became of its parts, oldest first (`ledger.ts`). None of an account that nothing happened to since it is kept. */
  readonly history?: readonly CustodyEvent[];
  readonly runbook?: IssuedRunbook;
  /** The drill that was concluded last, and when one last went all the way. */
  readonly drill?: DrillResult;
  readonly drillPassedAt?: Date;
}

/** What a drill of the account came to; `hop`: where a failed one broke. */
export interface DrillResult {
  readonly id: string;
  readonly at: Date;
  readonly result: 'passed' | 'failed' | 'stopped';
  readonly hop?: Hop;
}

/** Everybody who holds a part of what opens it, or of what is to take its place. */
export const holdersOf = ({ parts, held }: Pick<EmergencyAccount, 'parts' | 'held'>): PersonRef[] =>
  [...parts, ...(held?.parts ?? [])].map(({ custodian }) => custodian);

/** Ids of the keys it may be opened with, as far as the record knows: those that are to be replaced count until they are. */
export const keysOnRecord = ({ parts, held }: Pick<EmergencyAccount, 'parts' | 'held'>): ReadonlySet<string> =>
  new Set(
    [...parts, ...(held?.parts ?? [])].flatMap(({ key, before }) => [key, before?.key]).flatMap((key) => (key ? [key.methodId] : [])),
  );

/** Whether a custodian may have registered a key that the record does not have yet. */
export const isEnrolling = ({ parts }: Pick<EmergencyAccount, 'parts'>): boolean =>
  parts.some(({ pass, key, refused, state }) => pass !== undefined && !key && !refused && state !== 'expired');

/** What an account is opened with: parts of one password, or security keys. */
export type Kind = 'part' | 'key';

export const kindOf = ({ credential }: Pick<EmergencyAccount, 'credential'>): Kind => (credential === 'passkey' ? 'key' : 'part');

/** The key of a part in storage, jobs and cards. Says nothing about its content. */
export const partKey = (accountId: string, number: number): string => `${accountId}:${number}`;

/** The generation of the credential that its parts make up. */
export const generationOf = (account: EmergencyAccount): number => account.generation ?? 1;
