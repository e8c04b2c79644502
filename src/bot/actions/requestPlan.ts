import { planDialog } from '../../cards/views/planDialog.ts';
import { no, ok } from '../../core/result.ts';
import type { ActionDef, Pressed } from '../actionDef.ts';
import { digestFrom, idFrom } from '../input.ts';
import { namedInRequest, readable } from '../reading.ts';
import type { RequestNeeds } from './requestAnswer.ts';

interface Args {
  readonly requestId: string;
  readonly planDigest: string;
  readonly page: number;
}

/** Shows a page of everything that an approval is for, to whoever may read the request. Nothing is decided and nothing written. */
export const requestPlan: ActionDef<Args, Pick<RequestNeeds, 'asker' | 'store'>> = {
  verb: 'request.plan',
  via: ['task/fetch', 'task/submit'],
  parse(data) {
    const id = idFrom(data, 'request');
    if (!id.ok) return id;
    const [requestId = '', page = '1', ...rest] = id.value.split(':');
    if (rest.length > 0 || !/^[1-9]\d{0,2}$/.test(page)) return no({ code: 'not-found', what: 'request' });
    const digest = digestFrom(data);
    return digest.ok ? ok({ requestId, planDigest: digest.value, page: Number(page) }) : digest;
  },
  async run({ requestId, planDigest, page }, { asker, store }): Promise<Pressed> {
    const request = await store.get('request', requestId);
    const found = readable(asker.actor, request ? [request] : [], namedInRequest);
    if (!found.ok) return { kind: 'refused', refusal: found.error };
    const [one] = found.value;
    if (!one) return { kind: 'refused', refusal: { code: 'not-found', what: 'request' } };
    // Never pages of two plans one after the other, nor another plan than that of the card it was opened from.
    if (planDigest !== one.planDigest) return { kind: 'refused', refusal: { code: 'plan-changed' } };
    return { kind: 'dialog', title: 'The full plan', rendered: planDialog(one, page) };
  },
};
