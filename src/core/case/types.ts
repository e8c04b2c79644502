import type { Classification } from '../alert/types.ts';
import type { PersonRef } from '../people.ts';

/** What must be done after a use, in this order on the card; `review` closes the case and comes last (domain.md 1.5). */
export const CASE_STEPS = ['sessions', 'credential', 'logs', 'review'] as const;
export type CaseStepId = (typeof CASE_STEPS)[number];
/** Steps a person reports. That the credential was replaced is found in the record, never told. */
export type ReportedStep = Exclude<CaseStepId, 'credential'>;

export interface CaseStep {
  readonly id: CaseStepId;
  readonly dueAt: Date;
  readonly done?: CaseStepDone;
}

export interface CaseStepDone {
  readonly at: Date;
  /** The person's name, or the id of the request that replaced the credential. */
  readonly by: string;
  /** Where the logs are; what the review found. Empty where nothing is asked. */
  readonly words: string;
}

/** What is worked up after an account was used in earnest. An account has one open case at most; later uses join it. */
export interface UseCase {
  readonly id: string;
  /** The account's id, or tenant and user where the record does not know the account. */
  readonly about: string;
  readonly tenantId?: string;
  readonly tenantName?: string;
  readonly accountId?: string;
  readonly account?: string;
  readonly kind: Exclude<Classification, 'drill'>;
  readonly state: 'open' | 'closed';
  readonly revision: number;
  readonly openedAt: Date;
  /** The newest use known: what was done before it does not answer it. */
  readonly usedAt: Date;
  readonly alertIds: readonly string[];
  readonly owners: readonly PersonRef[];
  /** Who said what the uses were, and who held a part of the credential then: none of them signs the review. */
  readonly classifiers: readonly PersonRef[];
  readonly custodians: readonly PersonRef[];
  readonly steps: readonly CaseStep[];
  /** How often a missed deadline was said. */
  readonly escalation: number;
  readonly closedAt?: Date;
}
