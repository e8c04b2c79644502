import type { Door } from '../../app/dispatch.ts';
import type { Reads } from '../../app/ports.ts';
import { caseCard } from '../../cards/views/case.ts';
import type { ReportedStep } from '../../core/case/types.ts';
import { no, ok } from '../../core/result.ts';
import type { ActionDef } from '../actionDef.ts';
import type { Asker } from '../commandDef.ts';
import { idFrom, typed } from '../input.ts';

const WORDS_MAX = 1_000;

interface Args {
  readonly caseId: string;
  readonly words: string;
}
interface Needs {
  readonly asker: Asker;
  readonly door: Door;
  readonly store: Pick<Reads, 'now'>;
}

/** One button for each step a person reports; what is typed with it stands in the field named like the step. */
const reporting = (step: ReportedStep): ActionDef<Args, Needs> => ({
  verb: `case.${step}`,
  via: ['adaptiveCard/action'],
  parse(data) {
    const id = idFrom(data, 'case');
    if (!id.ok) return id;
    const words = typed(data, step, WORDS_MAX);
    return words.ok ? ok({ caseId: id.value, words: words.value }) : no({ code: 'bad-form', faults: [words.error] });
  },
  async run(args, { asker, door, store }) {
    const outcome = await door.dispatch(asker.actor, { kind: 'report-case-step', step, ...args });
    if (!outcome.ok) return { kind: 'refused', refusal: outcome.error };
    const useCase = outcome.value.case;
    if (!useCase) throw new Error('the door took a step of a case and gave no case back');
    return { kind: 'card', rendered: caseCard(useCase, await store.now()) };
  },
});

export const caseSessions = reporting('sessions');
export const caseLogs = reporting('logs');
export const caseReview = reporting('review');
