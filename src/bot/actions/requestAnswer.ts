import type { Door, Outcome } from '../../app/dispatch.ts';
import type { Reads } from '../../app/ports.ts';
import { proofCard } from '../../cards/views/proof.ts';
import { requestCard } from '../../cards/views/request.ts';
import type { Intent } from '../../core/intent.ts';
import type { ProvenDecision } from '../../core/request/proof.ts';
import type { Pressed } from '../actionDef.ts';
import type { Asker } from '../commandDef.ts';
import type { ProofTickets } from '../needs.ts';
import { viewerOf } from '../viewer.ts';

/** What every button of a request needs. */
export interface RequestNeeds {
  readonly asker: Asker;
  readonly store: Pick<Reads, 'get' | 'now'>;
  readonly door: Door;
}

/** What Approve and Deny need beside. */
export interface DecisionNeeds extends RequestNeeds {
  readonly proof: ProofTickets | undefined;
}

/** Wants something of a request and shows the presser the request as it is then. The shared card is redrawn by a job. */
export async function decideOn({ asker, store, door }: RequestNeeds, intent: Intent): Promise<Pressed> {
  return shown(await door.dispatch(asker.actor, intent), asker, store);
}

/**
 * Approves or denies: at once, or, where the request takes no decision without a second proof, by way of a sign-in. Which of the two is
 * for the request to say and for the door to hold (AU-9); nothing that came with the press has a part in it.
 */
export async function decideOrProve(needs: DecisionNeeds, wanted: ProvenDecision): Promise<Pressed> {
  const { asker, store, door, proof } = needs;
  const { decision, ...intent } = wanted;
  const request = await store.get('request', wanted.requestId);
  if (!request?.secondProof || !proof) {
    const kind = decision === 'approve' ? 'approve-request' : 'deny-request';
    const outcome = await door.dispatch(asker.actor, { kind, ...intent } as Intent);
    // The settings ask for a proof that the request as stored does not know of yet (AP-5).
    const unproven = !outcome.ok && outcome.error.code === 'proof-needed';
    if (!unproven || !request || !proof) return shown(outcome, asker, store);
  }
  const { hash, url } = proof.ticket();
  const outcome = await door.dispatch(asker.actor, { kind: 'begin-proof', requestId: wanted.requestId, wanted, ticketHash: hash });
  if (!outcome.ok) return { kind: 'refused', refusal: outcome.error };
  return { kind: 'card', rendered: proofCard({ request, decision, url, minutes: proof.minutes }) };
}

async function shown(outcome: Outcome, asker: Asker, store: Pick<Reads, 'now'>): Promise<Pressed> {
  if (!outcome.ok) return { kind: 'refused', refusal: outcome.error };
  const { request } = outcome.value;
  if (!request) throw new Error('the door took an intent on a request and gave none back');
  return { kind: 'card', rendered: requestCard(request, await store.now(), viewerOf(asker)) };
}
