import type { PasskeyTerms, WhyNoPasskeys } from '../core/account/passkeyTerms.ts';
import type { Result } from '../core/result.ts';
import { type OpenFactsNeeds, passkeysIn } from './openRequest.ts';

/** Whether a tenant lets its accounts have passkeys, and why not; `undefined`: not known. */
export type PasskeysKnown = Result<PasskeyTerms, WhyNoPasskeys> | undefined;

/** A form waits for the people it offers anyway; for a tenant that is slow to answer it waits no longer than this. */
const WAIT_MS = 1_000;

/**
 * What forms are drawn by, and nothing is decided by: the tenant is asked, and where its answer is late what it said last counts, if it ever
 * did. An answer that comes too late for one form is there for the next. What could not be read is not known, whatever it was before.
 */
export function passkeysKnown(
  needs: Pick<OpenFactsNeeds, 'tenants' | 'failed'>,
  waitMs = WAIT_MS,
): (tenantId: string) => Promise<PasskeysKnown> {
  const last = new Map<string, { readonly turn: number; readonly known: PasskeysKnown }>();
  let turns = 0;
  async function read(tenantId: string): Promise<PasskeysKnown> {
    turns += 1;
    const turn = turns;
    const known = await passkeysIn(needs, needs.tenants.info(tenantId)).catch((error: unknown) => {
      needs.failed('authentication methods', error);
      return undefined;
    });
    // What was asked earlier may be answered later.
    if (turn > (last.get(tenantId)?.turn ?? 0)) last.set(tenantId, { turn, known });
    return known;
  }
  return (tenantId) =>
    new Promise((resolve) => {
      const late = setTimeout(() => resolve(last.get(tenantId)?.known), waitMs);
      void read(tenantId).then((known) => {
        clearTimeout(late);
        resolve(known);
      });
    });
}
