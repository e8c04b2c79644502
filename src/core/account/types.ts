import type { PersonRef } from '../people.ts';

/** `provisioning` while its plan runs, `handover` until every part is stored, then `in-service`. */
export type AccountState = 'provisioning' | 'handover' | 'in-service';

/**
 * `sealed` not yet to be shown · `ready` its custodian may see it once · `shown` · `stored` confirmed · `expired` never seen, destroyed.
 */
export type PartState = 'sealed' | 'ready' | 'shown' | 'stored' | 'expired';

/** One custodian's part of the password: everything about it but the part itself. */
export interface Part {
  readonly number: number;
  readonly custodian: PersonRef;
  readonly state: PartState;
  readonly expiresAt?: Date;
  readonly shownAt?: Date;
  readonly storedAt?: Date;
  readonly location?: string;
  readonly sealNumber?: string;
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
}

/** The key of a part in storage, jobs and cards. Says nothing about its content. */
export const partKey = (accountId: string, number: number): string => `${accountId}:${number}`;
