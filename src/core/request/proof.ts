import { canonicalJson } from '../digest.ts';
import { type Actor, actorId } from '../people.ts';
import type { Refusal } from '../refusal.ts';
import { no, ok, type Result } from '../result.ts';

/** What stands behind a decision beside the click: that person signed in anew, at the directory, for this decision (AU-9). */
export interface Proof {
  readonly method: 'oidc';
  /** When the person signed in, as the directory says. */
  readonly at: Date;
}

/** The decision somebody wants to make and has to sign in for. */
export type ProvenDecision =
  | { readonly decision: 'approve'; readonly requestId: string; readonly planDigest: string }
  | { readonly decision: 'deny'; readonly requestId: string; readonly planDigest: string; readonly reason: string };

/** A started second proof: who pressed what, on which plan. Good for one decision and a few minutes. */
export interface ProofTicket {
  /** SHA-256 of the ticket, hex: whoever reads the database cannot use one. */
  readonly hash: string;
  readonly objectId: string;
  readonly wanted: ProvenDecision;
  readonly expiresAt: Date;
}

/** A finished sign-in: for which ticket, and when the person authenticated. */
export interface SignedIn {
  readonly ticketHash: string;
  readonly at: Date;
}

/**
 * Whether the sign-in proves exactly this decision of this person.
 *
 * @param ticket  as stored; `undefined` when it was used, expired long ago or never given out
 * @returns refusal `proof-invalid`
 */
export function proofFor(
  ticket: ProofTicket | undefined,
  signedIn: SignedIn,
  wanted: ProvenDecision,
  actor: Actor,
  now: Date,
): Result<Proof, Refusal> {
  if (ticket === undefined) return no({ code: 'proof-invalid', why: 'used' });
  if (now >= ticket.expiresAt) return no({ code: 'proof-invalid', why: 'expired' });
  if (actorId(actor) !== ticket.objectId) return no({ code: 'proof-invalid', why: 'other-person' });
  if (canonicalJson(ticket.wanted) !== canonicalJson(wanted)) return no({ code: 'proof-invalid', why: 'other-decision' });
  return ok({ method: 'oidc', at: signedIn.at });
}
