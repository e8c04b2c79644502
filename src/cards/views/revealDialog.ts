import { type EmergencyAccount, partKey } from '../../core/account/types.ts';
import { type Rendered, template } from '../render.ts';
import { plain } from '../text.ts';

/** All that templates/revealDialog.json names. */
interface RevealView {
  readonly account: string;
  readonly tenant: string;
  readonly partNumber: string;
  readonly of: string;
  readonly length: string;
  readonly part: string;
  readonly id: string;
}

const render = template<RevealView>('revealDialog');
const renderPass = template<RevealView>('passDialog');

/**
 * The dialog that shows a part, or the pass to register a key with, once. The TextRun with id `part` holds exactly the part; a TextRun, because a TextBlock would read signs in
 * it as Markdown. The summary says nothing of it.
 *
 * @throws RangeError when the part has signs that cannot be copied by hand; the error does not quote it (CR-1)
 */
export function revealDialog(v: { account: EmergencyAccount; partNumber: number; of: number; part: string }): Rendered {
  if (!/^[\x21-\x7e]+$/.test(v.part) || v.part.includes('${')) throw new RangeError('the part has signs that a card cannot show');
  const keyed = v.account.credential === 'passkey';
  const card = (keyed ? renderPass : render)({
    account: plain(v.account.userPrincipalName),
    tenant: plain(v.account.tenantName, 80),
    partNumber: `${v.partNumber}`,
    of: `${v.of}`,
    length: `${v.part.length}`,
    part: v.part,
    id: partKey(v.account.id, v.partNumber),
  });
  return { card, summary: `${keyed ? 'Pass for key' : 'Part'} ${v.partNumber} of ${v.of}` };
}
