import { tally } from '../../core/request/tally.ts';
import type { ChangeRequest, RequestState } from '../../core/request/types.ts';
import { codeFact, type Fact, textFact, timeFact } from '../facts.ts';
import { names } from '../text.ts';

/** What a custodian and an approver must both know (Learn, concept-mandatory-multifactor-authentication, 2026: no exceptions). */
export const PASSWORD_NOTE =
  'A password alone no longer opens the Azure, Entra and Microsoft 365 admin portals: Microsoft demands a second factor there, also from emergency accounts. Register two security keys on the account.';

export const STEPS_TITLES: { readonly [S in RequestState]: string } = {
  pending: 'What will be done',
  approved: 'What is being done',
  applied: 'What was done',
  failed: 'What was done so far',
  denied: 'What would have been done',
  withdrawn: 'What would have been done',
  expired: 'What would have been done',
};

export function factsOf({ plan, requester, reason, id, openedAt, duplicateOf }: ChangeRequest): Fact[] {
  const { account } = plan;
  return [
    textFact('Account', account.userPrincipalName),
    textFact('Why', reason, 600),
    textFact('Asked by', requester.name, 80),
    timeFact('Asked at', openedAt),
    textFact('Custodians', names(plan.custodians)),
    textFact('Owners', names(plan.owners)),
    textFact('Role', `${plan.role.name}, permanent`),
    textFact('Credential', `Password of ${plan.credential.length} characters in ${plan.credential.parts} parts`),
    textFact('Display name', account.displayName, 130),
    codeFact('Request', id),
    ...(duplicateOf === undefined ? [] : [textFact('Note', `${duplicateOf} for this tenant is open too: make sure that both are meant`)]),
  ];
}

/** Where the request stands, in one line. */
export function stateWords(request: ChangeRequest, state: RequestState): string {
  const at = request.steps.findIndex((step) => step.state === 'failed' || step.state === 'running');
  const step = `step ${(at < 0 ? request.steps.filter((row) => row.state === 'done').length : at) + 1} of ${request.steps.length}`;
  const count = `${tally(request).approvals.length} of ${request.quorum}`;
  switch (state) {
    case 'pending':
      return `Waiting for approval: ${count}`;
    case 'approved':
      return request.steps.every((row) => row.state === 'waiting') ? 'Approved; the work starts now' : `Being carried out: ${step}`;
    case 'applied':
      return 'Done: the account is enabled and watched';
    case 'failed':
      return `Stopped at ${step}`;
    case 'denied':
      return 'Denied: nothing was changed';
    case 'withdrawn':
      return request.begunAt === undefined ? 'Withdrawn: nothing was changed' : 'Given up half-way: what was done stays as it is';
    case 'expired':
      return `Expired with ${count} approvals: nothing was changed`;
  }
}
