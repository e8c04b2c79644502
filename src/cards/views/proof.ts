import { digestWords } from '../../core/digest.ts';
import type { ProvenDecision } from '../../core/request/proof.ts';
import { titleIn } from '../../core/request/title.ts';
import type { ChangeRequest } from '../../core/request/types.ts';
import { boldFact, codeFact, type Fact, textFact } from '../facts.ts';
import { type Header, header } from '../header.ts';
import { type Rendered, template } from '../render.ts';
import { plain } from '../text.ts';

/** All that templates/proof.json names. */
interface ProofView {
  readonly header: Header;
  readonly facts: readonly Fact[];
  readonly notes: readonly string[];
  readonly url: string;
  readonly id: string;
}

const render = template<ProofView>('proof');
const TITLES = { approve: 'Sign in to confirm your approval', deny: 'Sign in to confirm your denial' } as const;
/** Ours alone: an origin from the settings and 256 random bits. */
const ADDRESS = /^https?:\/\/[a-z0-9.:[\]-]+\/prove\/[\w-]{43}$/i;

/**
 * Instead of the request, for the one who pressed: nothing is decided yet. The way back is there because Teams keeps showing this card in
 * place of the request until the request changes.
 *
 * @throws RangeError for any other address than that of a ticket
 */
export function proofCard(v: { request: ChangeRequest; decision: ProvenDecision['decision']; url: string; minutes: number }): Rendered {
  if (!ADDRESS.test(v.url)) throw new RangeError('not the address of a ticket');
  const { id, plan, planDigest } = v.request;
  const card = render({
    header: header(TITLES[v.decision], 'warning', 'Nothing is recorded yet'),
    facts: [
      boldFact(v.decision === 'approve' ? 'Approve' : 'Deny', titleIn(plan)),
      codeFact('Request', id),
      textFact('Account', plan.account.userPrincipalName),
      textFact('Tenant', plan.tenant.name, 80),
      codeFact('Plan in words', digestWords(planDigest)),
    ],
    notes: [
      `This request counts no decision without a fresh sign-in. The link is yours alone and good for ${v.minutes} minutes: do not pass it on, and sign in only from a button you pressed yourself.`,
    ],
    url: v.url,
    id: plain(id, 40),
  });
  return { card, summary: plain(`${TITLES[v.decision]}: ${titleIn(plan)}`, 200) };
}
