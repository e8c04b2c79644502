import { isUnconfirmed } from '../../core/account/custody.ts';
import { type EmergencyAccount, generationOf, type Part, partKey } from '../../core/account/types.ts';
import { textFact, timeFact } from '../facts.ts';
import { header } from '../header.ts';
import { type Rendered, template } from '../render.ts';
import { names, plain } from '../text.ts';
import type { PartView } from './part.ts';

const render = template<PartView>('part');

const LOSE = {
  loseTitle: 'It is lost…',
  loseAsk:
    'For owners: say so if the custodian does not have it, or cannot be reached. It cannot be taken back: the account needs a new password.',
  lostTitle: 'The part is lost',
} as const;

/**
 * What owners and the channel read of a part that was opened a day ago and not confirmed: who it is to be asked of. Later, what became of it.
 *
 * @param generation of the credential it was posted for
 */
export function partReminderCard(account: EmergencyAccount, partNumber: number, generation = generationOf(account)): Rendered {
  const part = account.parts.find(({ number }) => number === partNumber);
  const current = generation === generationOf(account) && account.state !== 'retired' ? part : undefined;
  const { title, tone, state, notes } = said(current);
  const view: PartView = {
    header: header(title, tone, state),
    name: plain(account.userPrincipalName),
    tenant: plain(account.tenantName, 80),
    facts: [
      textFact('Part', `${partNumber}`),
      ...(current ? [textFact('Custodian', current.custodian.name, 80)] : []),
      ...(current?.shownAt ? [timeFact('Opened', current.shownAt)] : []),
      ...(current?.storedAt ? [timeFact('Stored', current.storedAt)] : []),
      ...(current?.lostAt ? [timeFact('Reported lost', current.lostAt)] : []),
      textFact('Owners', names(account.owners, 6)),
    ],
    steps: [],
    asksWhere: false,
    canReveal: false,
    canRotate: current?.state === 'lost',
    revealTitle: '',
    storedTitle: '',
    whereFault: '',
    canLose: current !== undefined && isUnconfirmed(current),
    ...LOSE,
    notes,
    id: partKey(account.id, partNumber),
    accountId: account.id,
  };
  return { card: render(view), summary: plain(`${title}: ${account.userPrincipalName}`, 200) };
}

function said(part: Part | undefined) {
  switch (part?.state) {
    case 'shown':
      return {
        title: 'Nobody knows where a part is',
        tone: 'attention',
        state: 'It was opened, and its custodian has not said where it is kept',
        notes: ['Ask the custodian to say on their card where it is, or that they do not have it. This is said again every day.'],
      } as const;
    case 'stored':
      return { title: 'The part is stored', tone: 'good', state: 'Its custodian has said where it is kept', notes: [] } as const;
    case 'lost':
      return {
        title: 'The part is lost',
        tone: 'attention',
        state: 'The password cannot be put together any more',
        notes: [
          'Somebody in the requesters group asks for a new password here, or says rotate and the account’s name. Where a request waits for the part and its card still offers Try again, its requester or an approver presses that instead.',
        ],
      } as const;
    default:
      return { title: 'The part was replaced', tone: 'emphasis', state: 'Nothing is needed any more', notes: [] } as const;
  }
}
