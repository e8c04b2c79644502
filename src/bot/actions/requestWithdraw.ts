import { ok } from '../../core/result.ts';
import type { ActionDef } from '../actionDef.ts';
import { idFrom } from '../input.ts';
import { decideOn, type RequestNeeds } from './requestAnswer.ts';

export const requestWithdraw: ActionDef<{ readonly requestId: string }, RequestNeeds> = {
  verb: 'request.withdraw',
  via: ['adaptiveCard/action'],
  parse(data) {
    const id = idFrom(data, 'request');
    return id.ok ? ok({ requestId: id.value }) : id;
  },
  run: (args, needs) => decideOn(needs, { kind: 'withdraw-request', ...args }),
};
