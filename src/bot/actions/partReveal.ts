import type { Door } from '../../app/dispatch.ts';
import type { Reads } from '../../app/ports.ts';
import { revealDialog } from '../../cards/views/revealDialog.ts';
import { revealPart } from '../../core/account/custody.ts';
import { partKey } from '../../core/account/types.ts';
import { actorId } from '../../core/people.ts';
import type { Refusal } from '../../core/refusal.ts';
import type { Result } from '../../core/result.ts';
import type { ActionDef, Press, Pressed } from '../actionDef.ts';
import { type PartRef, partFrom } from './partKey.ts';

interface Needs {
  readonly asker: Press;
  readonly door: Door;
  readonly store: Pick<Reads, 'get' | 'now' | 'sealedPart'>;
  openSealed(sealed: Uint8Array, key: string, custodianObjectId: string): Promise<Result<Buffer, Refusal>>;
}

/**
 * Shows a part once, in a dialog, to its custodian. It is opened first, in memory, for one whom the door would not refuse: where the vault is away
 * nothing is used up. Then the door commits "shown" and destroys the stored part, and only after that it leaves; if the answer is lost then, the
 * part is lost, and rotation is the remedy (CR-1, CR-2).
 */
export const partReveal: ActionDef<PartRef, Needs> = {
  verb: 'part.reveal',
  via: ['task/fetch'],
  once: true,
  parse: partFrom,
  async run(ref, { asker, door, store, openSealed }) {
    const key = partKey(ref.accountId, ref.partNumber);
    const sealed = await store.sealedPart(key);
    if (!sealed || !(await mayReveal(ref, { asker, store }))) return show(ref, undefined, { asker, door });
    // A part opens for the account that asks, or not at all: it was sealed for its custodian.
    const opened = await openSealed(sealed, key, actorId(asker.actor));
    if (!opened.ok) return { kind: 'refused', refusal: opened.error };
    try {
      return await show(ref, { sealed, part: opened.value }, { asker, door });
    } finally {
      opened.value.fill(0);
    }
  },
};

/** Asks the rule only: to decide, and to record a refusal, is for the door. */
async function mayReveal(ref: PartRef, { asker, store }: Pick<Needs, 'asker' | 'store'>): Promise<boolean> {
  const account = await store.get('account', ref.accountId);
  return account !== undefined && revealPart(account, ref.partNumber, asker.actor, await store.now()).ok;
}

async function show(
  ref: PartRef,
  opened: { readonly sealed: Uint8Array; readonly part: Buffer } | undefined,
  { asker, door }: Pick<Needs, 'asker' | 'door'>,
): Promise<Pressed> {
  // After the time to answer nobody would see it: better not to take it out of the store at all.
  asker.signal.throwIfAborted();
  const outcome = await door.dispatch(asker.actor, { kind: 'reveal-part', ...ref });
  if (!outcome.ok) return { kind: 'refused', refusal: outcome.error };
  const { account, sealed } = outcome.value;
  if (!account || !sealed) throw new Error('the door showed a part and gave none back');
  if (!opened || !Buffer.from(sealed).equals(opened.sealed)) throw new Error('another part was taken out than the one that was opened');
  const rendered = revealDialog({ account, partNumber: ref.partNumber, of: account.parts.length, part: opened.part.toString('utf8') });
  return { kind: 'dialog', title: account.credential === 'passkey' ? 'Your pass' : 'Your part', rendered };
}
