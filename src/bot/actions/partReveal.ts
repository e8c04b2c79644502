import type { Door } from '../../app/dispatch.ts';
import { revealDialog } from '../../cards/views/revealDialog.ts';
import { partKey } from '../../core/account/types.ts';
import type { ActionDef, Press } from '../actionDef.ts';
import { type PartRef, partFrom } from './partKey.ts';

interface Needs {
  readonly asker: Press;
  readonly door: Door;
  openSealed(sealed: Uint8Array, key: string, custodianObjectId: string): Promise<Buffer>;
}

/**
 * Shows a part once, in a dialog, to its custodian. The door commits "shown" and destroys the stored part before it hands it over; if
 * the answer is lost after that, the part is lost, and rotation is the remedy (CR-1, CR-2).
 */
export const partReveal: ActionDef<PartRef, Needs> = {
  verb: 'part.reveal',
  via: ['task/fetch'],
  once: true,
  parse: partFrom,
  async run(ref, { asker, door, openSealed }) {
    // After the time to answer nobody would see it: better not to take it out of the store at all.
    asker.signal.throwIfAborted();
    const outcome = await door.dispatch(asker.actor, { kind: 'reveal-part', ...ref });
    if (!outcome.ok) return { kind: 'refused', refusal: outcome.error };
    const { account, sealed } = outcome.value;
    const custodian = account?.parts.find(({ number }) => number === ref.partNumber)?.custodian;
    if (!account || !sealed || !custodian) throw new Error('the door showed a part and gave none back');
    const part = await openSealed(sealed, partKey(ref.accountId, ref.partNumber), custodian.objectId);
    try {
      const rendered = revealDialog({ account, partNumber: ref.partNumber, of: account.parts.length, part: part.toString('utf8') });
      return { kind: 'dialog', title: 'Your part', rendered };
    } finally {
      part.fill(0);
    }
  },
};
