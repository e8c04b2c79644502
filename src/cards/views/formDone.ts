import { titleOf } from '../../core/request/title.ts';
import type { ChangeRequest } from '../../core/request/types.ts';
import { codeFact, type Fact, textFact, timeFact } from '../facts.ts';
import { type Header, header } from '../header.ts';
import { type Rendered, template } from '../render.ts';
import { plain } from '../text.ts';

/** All that templates/formDone.json names. */
interface FormDoneView {
  readonly header: Header;
  readonly facts: readonly Fact[];
  readonly notes: readonly string[];
}

const render = template<FormDoneView>('formDone');

/** Stands where the form was, so that nobody sends it twice. */
export function formDoneCard({ request }: { request: ChangeRequest }): Rendered {
  const { plan } = request;
  const { account, tenant } = plan;
  const card = render({
    header: header('Your request was sent', 'good', `${request.quorum} other people must approve it`),
    facts: [
      codeFact('Request', request.id),
      ...(plan.operation === 'create' ? [] : [textFact('What', titleOf(plan), 300)]),
      textFact('Account', account.userPrincipalName),
      textFact('Tenant', tenant.name, 80),
      timeFact('Open until', request.expiresAt),
    ],
    notes: ['It is in the security channel, and every approver has been told. You can withdraw it on its card.'],
  });
  return { card, summary: plain(`Your request ${request.id} was sent`, 120) };
}
