import { no, ok } from '../../core/result.ts';
import type { ActionDef } from '../actionDef.ts';
import { digestFrom, idFrom, typed } from '../input.ts';
import { type DecisionNeeds, decideOrProve } from './requestAnswer.ts';

const REASON_MAX = 1_000;

export const requestDeny: ActionDef<{ readonly requestId: string; readonly planDigest: string; readonly reason: string }, DecisionNeeds> = {
  verb: 'request.deny',
  via: ['adaptiveCard/action'],
  parse(data) {
    const id = idFrom(data, 'request');
    if (!id.ok) return id;
    const digest = digestFrom(data);
    if (!digest.ok) return digest;
    const reason = typed(data, 'reason', REASON_MAX);
    if (!reason.ok) return no({ code: 'bad-form', faults: [reason.error] });
    return ok({ requestId: id.value, planDigest: digest.value, reason: reason.value });
  },
  run: (args, needs) => decideOrProve(needs, { decision: 'deny', ...args }),
};
