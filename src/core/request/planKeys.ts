import type { PersonRef } from '../people.ts';
import { planStep } from './planSteps.ts';
import type { Passkeys, PlanStep } from './types.ts';

/** A key for each custodian. @param enrols numbers of those to be registered; all of them unless said */
export const passkeysOf = (custodians: readonly PersonRef[], passMinutes: number, enrols?: readonly number[]): Passkeys => ({
  kind: 'passkey',
  keys: custodians.length,
  passMinutes,
  enrols: enrols ?? custodians.map((_, index) => index + 1),
});

/** Who holds which key afterwards. A key is no part of anything: it opens the account alone, and whoever approves must know. */
export const holdingKeys = (custodians: readonly PersonRef[]): string[] =>
  custodians.map(
    ({ name }, index) => `${name}: security key ${index + 1} of ${custodians.length}, which opens the account alone, with its PIN`,
  );

/**
 * One custodian after another, because a user has one pass at a time; then nothing is left on the account but the keys.
 *
 * @param then what is done first when all of them stand
 */
export const enrolmentSteps = (
  { enrols, keys, passMinutes }: Passkeys,
  custodians: readonly PersonRef[],
  user: string,
  then: readonly PlanStep[] = [],
): PlanStep[] => [
  ...enrols.flatMap((number) => {
    const name = custodians[number - 1]?.name ?? `custodian ${number}`;
    return [planStep.issuePass(number, name, passMinutes, user), planStep.enrol(number, name)];
  }),
  ...then,
  planStep.tidyMethods(keys, user),
  planStep.revokeSessions(user),
];
