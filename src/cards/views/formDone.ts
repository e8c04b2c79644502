import { titleOf } from '../../core/request/title.ts';
import type { ChangeRequest } from '../../core/request/types.ts';
import { codeFact, type Fact, textFact, timeFact } from '../facts.ts';
import { type Header, header } from '../header.ts';
import { type Rendered, template } from '../render.ts';
import { plain } from '../text.ts';
import { stateWords } from './requestWords.ts';

/** All that templates/formDone.json names. */
interface FormDoneView {
  readonly header: Header;
  readonly facts: readonly Fact[];
  readonly notes: readonly string[];
}

const render = template<FormDoneView>('formDone');

/** The same in a sentence, in the place of a dialog. */
export function formDoneWords({ id, quorum, state }: ChangeRequest): string {
  const request = plain(id, 40);
  return state === 'pending'
    ? `Your request ${request} was sent. It is in the security channel, where ${quorum} other people must approve it.`
    : `This form was sent in already. Say requests ${request} to see what became of it.`;
}

/** Stands where the form was, so that nobody sends it twice. Sent in once more, the form says what became of its request. */
export function formDoneCard({ request }: { request: ChangeRequest }): Rendered {
  const { plan, state } = request;
  const { account, tenant } = plan;
  const waits = state === 'pending';
  // A repair is asked for by a button, of which there is one: no form.
  const [already, otherwise] =
    plan.operation === 'repair'
      ? ['You asked for this repair already', '']
      : ['This form was sent in already', ' To ask for something else, open a new form.'];
  const card = render({
    header: header(
      waits ? 'Your request was sent' : already,
      waits ? 'good' : 'emphasis',
      waits ? `${request.quorum} other people must approve it` : stateWords(request, state),
    ),
    facts: [
      codeFact('Request', request.id),
      ...(plan.operation === 'create' ? [] : [textFact('What', titleOf(plan), 300)]),
      textFact('Account', account.userPrincipalName),
      textFact('Tenant', tenant.name, 80),
      ...(waits ? [timeFact('Open until', request.expiresAt)] : []),
    ],
    notes: [
      waits
        ? 'It is in the security channel, and every approver has been told. You can withdraw it on its card.'
        : `Say requests ${plain(request.id, 40)} to see it.${otherwise}`,
    ],
  });
  return { card, summary: plain(waits ? `Your request ${request.id} was sent` : `${request.id}: ${stateWords(request, state)}`, 120) };
}
