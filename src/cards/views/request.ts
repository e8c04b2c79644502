import { digestWords } from '../../core/digest.ts';
import { canBeDenied, stateAt } from '../../core/request/decide.ts';
import { whatStays } from '../../core/request/stays.ts';
import { tally } from '../../core/request/tally.ts';
import { type ChangeRequest, isParked, isUntouched, type RequestState } from '../../core/request/types.ts';
import type { Fact, Tone } from '../facts.ts';
import { type Header, header } from '../header.ts';
import { type Rendered, template } from '../render.ts';
import { plain } from '../text.ts';
import { when } from '../time.ts';
import { type Outcome, outcomeOf } from './requestOutcome.ts';
import { type StepView, stepViews, type TallyRow, tallyRows } from './requestParts.ts';
import {
  credentialNote,
  factsOf,
  givesUpLists,
  isAskedAgain,
  type ListView,
  listsOf,
  stateWords,
  stepsTitle,
  titleWords,
} from './requestWords.ts';

/** All that templates/request.json names. */
interface RequestView {
  readonly header: Header;
  readonly hasOutcome: boolean;
  readonly outcome: Outcome;
  readonly tenantName: string;
  readonly tenantId: string;
  readonly facts: readonly Fact[];
  readonly lists: readonly ListView[];
  readonly stepsTitle: string;
  readonly steps: readonly StepView[];
  readonly hasFolded: boolean;
  readonly folded: readonly { readonly elementId: string }[];
  readonly words: string;
  readonly tally: string;
  readonly rows: readonly TallyRow[];
  readonly hasExpiry: boolean;
  readonly expiry: string;
  readonly hasNote: boolean;
  readonly note: string;
  readonly canApprove: boolean;
  readonly canDeny: boolean;
  readonly canEdit: boolean;
  /** Nothing was done yet, so nothing is asked: what was withdrawn can be asked for again. */
  readonly canWithdraw: boolean;
  readonly canGiveUp: boolean;
  /** What giving it up does, said before it is done. */
  readonly givesUp: readonly Pick<ListView, 'title' | 'lines'>[];
  readonly withdrawTitle: string;
  readonly canRetry: boolean;
  readonly id: string;
  readonly digest: string;
}

/** Who looks at the card, where a person has a view of their own. */
export interface Viewer {
  readonly personKey: string;
  readonly objectId: string;
  readonly mri?: string;
}

const TONES: { readonly [S in RequestState]: Tone } = {
  pending: 'accent',
  approved: 'accent',
  applied: 'good',
  failed: 'attention',
  undoing: 'warning',
  undone: 'emphasis',
  denied: 'attention',
  withdrawn: 'emphasis',
  expired: 'warning',
  impossible: 'attention',
};

/** It must not look like the first card, which they answered already. */
const ASKED_AGAIN = 'Asked again: the tenant has changed';

const render = template<RequestView>('request');

/**
 * The request with its plan, approvals and progress. Approve is there for everybody while it waits, and Deny as long as it ends the request: the
 * refusal says why not. Once it waits for nobody's approval the requester's own view has only what the requester can press.
 *
 * @param viewer     whose own view it is; the requester's has Withdraw
 * @param refreshFor Teams ids (MRI) of up to 60 people whose clients fetch their own view
 */
export function requestCard(request: ChangeRequest, now: Date, viewer?: Viewer, refreshFor: readonly string[] = []): Rendered {
  const state = stateAt(request, now);
  const card = render(requestView(request, state, now, viewer));
  const { account, tenant } = request.plan;
  const asks = state === 'pending' && isAskedAgain(request) ? `${ASKED_AGAIN}. ` : '';
  const summary = plain(`${request.id}: ${asks}${stateWords(request, state)} – ${account.userPrincipalName} in ${tenant.name}`, 200);
  if (!canBeGivenUp(request, state) || refreshFor.length === 0) return { card, summary };
  const data = { id: request.id, digest: request.planDigest };
  const action = { type: 'Action.Execute', title: 'Refresh', verb: 'request.refresh', data };
  return { card: { ...card, refresh: { action, userIds: refreshFor.slice(0, 60) } }, summary };
}

/** By the requester: until its first step begins, while it waits for somebody, and after its run failed. */
const canBeGivenUp = (request: ChangeRequest, state: RequestState): boolean =>
  state === 'pending' || state === 'failed' || isUntouched(request) || isParked(request);

/** Giving it up leaves nothing of what was done. */
const goesBack = (request: ChangeRequest): boolean =>
  request.plan.undo.length > 0 && request.begunAt !== undefined && whatStays(request).length === 0;

const triedUntil = ({ expiresAt }: ChangeRequest): string => `Try again until ${when(expiresAt)}`;

function requestView(request: ChangeRequest, state: RequestState, now: Date, viewer: Viewer | undefined): RequestView {
  const { plan } = request;
  const pending = state === 'pending';
  const again = isAskedAgain(request);
  const steps = stepViews(request);
  const folded = steps.filter(({ hasCall }) => hasCall).map(({ callId }) => ({ elementId: callId }));
  const isRequester = viewer?.personKey === request.requester.personKey;
  const mayEnd = canBeGivenUp(request, state) && isRequester;
  const canRetry = state === 'failed' && now < request.expiresAt;
  const outcome = outcomeOf(request, state, now);
  // Their card says in the tally that they did. Everybody else keeps the buttons: a refusal carries its reason.
  const hasApproved = tally(request).approvals.some(({ person }) => person.personKey === viewer?.personKey);
  return {
    header: header(pending && again ? ASKED_AGAIN : titleWords(request)[pending ? 0 : 1], TONES[state], stateWords(request, state)),
    hasOutcome: outcome !== undefined,
    outcome: outcome ?? {
      tone: 'default',
      words: '',
      hasDetail: false,
      detail: '',
      hasAt: false,
      at: '',
      hasReference: false,
      reference: '',
    },
    tenantName: plain(plan.tenant.name, 80),
    tenantId: plain(plan.tenant.id, 40),
    facts: factsOf(request),
    lists: listsOf(request, state),
    stepsTitle: stepsTitle(request, state),
    steps,
    hasFolded: folded.length > 0,
    folded,
    words: digestWords(request.planDigest),
    tally: `${tally(request).approvals.length} of ${request.quorum}`,
    rows: tallyRows(request),
    hasExpiry: pending || canRetry,
    expiry: pending ? `Open until ${when(request.expiresAt)}` : triedUntil(request),
    hasNote: 'credential' in plan && (pending || state === 'approved' || state === 'applied' || state === 'failed'),
    note: credentialNote(plan),
    canApprove: pending && !hasApproved,
    // Also who approved: to take it back is to deny it. Who asked for it has what ends it beside Try again, and no use for a refusal there.
    canDeny: canBeDenied(request, state) && !(isRequester && !pending),
    canEdit: pending && isRequester,
    canWithdraw: mayEnd && request.begunAt === undefined,
    canGiveUp: mayEnd && request.begunAt !== undefined,
    givesUp: givesUpLists(request).map(({ title, lines }) => ({ title, lines })),
    withdrawTitle: pending || isUntouched(request) ? 'Withdraw' : goesBack(request) ? 'Give up and take back' : 'Give up',
    canRetry,
    id: plain(request.id, 40),
    digest: plain(request.planDigest, 64),
  };
}
