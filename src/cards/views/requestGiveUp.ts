import { type Staying, whatStays } from '../../core/request/stays.ts';
import {
  type ChangeRequest,
  kindOfStep,
  oldIsGone,
  type PlanStep,
  replacedBy,
  type StepKind,
  wroteNothing,
} from '../../core/request/types.ts';
import { isOutside } from './requestOutcome.ts';

const ALL_OF_IT = 'The new account is deleted, rights first; Entra keeps the deleted user, and its name, for 30 days';

/**
 * What is done if it is given up now, a line each. A plan is approved before anybody knows how far it will come, so its words have ifs;
 * here each of them is decided by what is on record, and what would find nothing to do is left out.
 */
export function doneIfGivenUp(request: ChangeRequest): string[] {
  if (request.begunAt === undefined) return [];
  if (request.kind === 'create') return [ALL_OF_IT];
  return [...stepsTaken(request).map((step) => titleNow(request, step)), ...staysGood(request)];
}

/** What is left of it then. What giving it up does once more, such as ending sessions, does not count as left. */
export function staysIfGivenUp(request: ChangeRequest): readonly Staying[] {
  const again = stepsTaken(request).map(({ id }) => kindOfStep(id));
  return whatStays(request).filter(({ step }) => !again.includes(step));
}

function stepsTaken(request: ChangeRequest): readonly PlanStep[] {
  const { undo } = request.plan;
  return undo.filter(({ id }) => {
    switch (kindOfStep(id)) {
      case 'leave-unit':
        return !isOutside(request);
      case 'join-unit':
        return !isInside(request) || undo.some((step) => step.id === 'leave-unit');
      case 'withdraw-password':
        return !oldIsGone(request);
      case 'drop-password':
        return oldIsGone(request);
      default:
        return true;
    }
  });
}

/** Whether it is certain that it is in its restricted unit: put back, or never taken out. */
const isInside = (request: ChangeRequest): boolean =>
  request.steps.some(({ id, state }) => id === 'join-unit' && state === 'done') || (wroteNothing(request) && !isOutside(request));

function titleNow(request: ChangeRequest, { id, title }: PlanStep): string {
  const words: { readonly [K in StepKind]?: string } = {
    'withdraw-password': 'Set a password that nobody keeps',
    'drop-password': 'Set a password that nobody keeps',
    'withdraw-keys': oldIsGone(request)
      ? 'Remove any pass that is left on it'
      : 'Remove the pass and any key that was registered meanwhile',
  };
  return words[kindOfStep(id)] ?? title;
}

/** What opened the account before, where nothing has touched it: with a new password or new keys gone again, it is what opens it. */
function staysGood(request: ChangeRequest): string[] {
  const { plan } = request;
  if (oldIsGone(request)) return [];
  const had = replacedBy(plan) ?? ('credential' in plan && plan.credential.kind === 'passkey' ? 'passkey' : undefined);
  if (had === undefined) return [];
  return [had === 'passkey' ? 'The security keys it had stay as they are' : 'The password in parts it had stays as it is'];
}
