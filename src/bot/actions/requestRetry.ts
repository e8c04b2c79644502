import { ok } from '../../core/result.ts';
import type { ActionDef } from '../actionDef.ts';
import { idFrom } from '../input.ts';
import { decideOn, type RequestNeeds } from './requestAnswer.ts';

export const requestRetry: ActionDef<{ readonly requestId: string }, RequestNeeds> = {
  verb: 'request.retry',
  via: ['adaptiveCard/action'],
  parse(data) {
    const id = idFrom(data, 'request');
    return id.ok ? ok({ requestId: id.value }) : id;
  },
  run: (args, needs) => decideOn(needs, { kind: 'retry-request', ...args }),
};
