import { type Part, read, type Unreadable, unreadable } from '../core/posture/snapshot.ts';
import { GraphFault } from './faults.ts';

/**
 * Licence refusals that look like missing consent, by code (graph facts, section 3; the second: Learn, PIM API).
 * The code of the first says the opposite of its message; only the code is stable.
 */
const UNLICENSED_CODES = new Set(['Authentication_RequestFromNonPremiumTenantOrB2CTenant', 'AadPremiumLicenseRequired']);
/** `AccessDenied` with these words is Conditional Access without its licence (graph facts, section 3). */
const UNLICENSED_WORDS = /not licensed|premium licen[cs]e/i;
/** A call this cloud, or this kind of tenant, does not know at all. */
const NO_SUCH_CALL = /^Resource not found for the segment/i;

/** Why Graph did not answer, by status and code; its own words are for the log only. */
export function whyUnreadable(fault: GraphFault): Unreadable {
  const { status, code, detail } = fault;
  if (UNLICENSED_CODES.has(code) || (status === 403 && UNLICENSED_WORDS.test(detail)))
    return { cause: 'not-licensed', words: `The tenant refuses it for want of a licence (${code}).` };
  if (status === 401 || status === 403) return { cause: 'not-permitted', words: `The tenant refuses it to Breakglass (${code}).` };
  if (status === 501 || (status === 400 && NO_SUCH_CALL.test(detail)))
    return { cause: 'unsupported-in-cloud', words: 'This tenant’s Graph does not know the call.' };
  return { cause: 'no-answer', words: status === 0 ? `No answer (${code}).` : `HTTP ${status} (${code}).` };
}

/** What a read came to. Faults of Graph become a reason; anything else is a fault of ours and is thrown. */
export async function partOf<T>(reading: Promise<T>): Promise<Part<T>> {
  try {
    return read(await reading);
  } catch (error) {
    if (error instanceof GraphFault) return { state: 'unreadable', why: whyUnreadable(error) };
    throw error;
  }
}

/** The same for a call that this cloud is known not to have: it is not made. */
export const partUnless = <T>(lacking: boolean, reading: () => Promise<T>): Promise<Part<T>> =>
  lacking ? Promise.resolve(unreadable('unsupported-in-cloud', 'This Microsoft cloud does not have it.')) : partOf(reading());
