import { ok } from '../../core/result.ts';
import type { ActionDef } from '../actionDef.ts';
import { digestFrom, idFrom } from '../input.ts';
import { type DecisionNeeds, decideOrProve } from './requestAnswer.ts';

export const requestApprove: ActionDef<{ readonly requestId: string; readonly planDigest: string }, DecisionNeeds> = {
  verb: 'request.approve',
  via: ['adaptiveCard/action'],
  parse(data) {
    const id = idFrom(data, 'request');
    if (!id.ok) return id;
    const digest = digestFrom(data);
    return digest.ok ? ok({ requestId: id.value, planDigest: digest.value }) : digest;
  },
  run: (args, needs) => decideOrProve(needs, { decision: 'approve', ...args }),
};
