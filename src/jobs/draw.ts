import type { OutgoingCard, PostedCard, Reads } from '../app/ports.ts';
import { accountCard } from '../cards/views/account.ts';
import { alertCard } from '../cards/views/alert.ts';
import { caseCard } from '../cards/views/case.ts';
import { drillCard } from '../cards/views/drill.ts';
import { partCard, replacedPassCard, replacingPartCard } from '../cards/views/part.ts';
import { partReminderCard } from '../cards/views/partReminder.ts';
import { replacedPartCard } from '../cards/views/partReplaced.ts';
import { requestCard } from '../cards/views/request.ts';
import { requestNoticeCard } from '../cards/views/requestNotice.ts';
import { runbookReminderCard } from '../cards/views/runbook.ts';
import { validationCard } from '../cards/views/validation.ts';
import { asItStands, isChangingKind } from '../core/account/life.ts';
import { type EmergencyAccount, generationOf, type Kind, kindOf, type Part } from '../core/account/types.ts';
import { variantOfPart } from '../core/account/unconfirmed.ts';
import type { RequestNews } from '../core/request/notices.ts';
import type { ChangeRequest } from '../core/request/types.ts';

/** A card as the state is now, and the revision of that state. `undefined`: the thing is gone. */
export interface Drawn {
  readonly card: OutgoingCard;
  readonly revision: number;
}

/** Teams ids of people whose own view of a card differs from everybody's. */
export type RefreshFor = (request: ChangeRequest) => Promise<readonly string[]>;

/** Draws what a posted card is about, from the store, as it is at this moment. */
export async function draw(
  store: Reads,
  posted: Pick<PostedCard, 'subject' | 'variant' | 'place'>,
  refreshFor: RefreshFor,
): Promise<Drawn | undefined> {
  const now = await store.now();
  const [kind, ...rest] = posted.subject.split(':');
  const id = rest[0] ?? '';
  switch (kind) {
    case 'request': {
      const request = await store.get('request', id);
      const notice = /^notice:(.+)$/.exec(posted.variant)?.[1];
      // A message that was true when it was sent: it is never drawn over.
      if (notice !== undefined) return request && { card: requestNoticeCard(request, notice as RequestNews, now), revision: 0 };
      // Everybody sees the same card in a personal chat of their own: only the shared one in the channel needs personal views.
      const mris = request && posted.place.kind === 'channel' ? await refreshFor(request) : [];
      return request && { card: requestCard(request, now, undefined, mris), revision: request.revision };
    }
    case 'alert': {
      const alert = await store.get('alert', id);
      return alert && { card: alertCard(alert, now, posted.variant || undefined), revision: alert.revision };
    }
    case 'case': {
      const useCase = await store.get('case', id);
      return useCase && { card: caseCard(useCase, now), revision: useCase.revision };
    }
    case 'drill': {
      const drill = await store.get('drill', id);
      return drill && { card: drillCard(drill), revision: drill.revision };
    }
    default: {
      const account = await store.get('account', id);
      if (!account) return undefined;
      if (kind === 'part') return { card: partOf(account, Number(rest[1]), posted, now), revision: account.revision };
      if (kind === 'runbook') return { card: runbookReminderCard(account), revision: account.revision };
      if (kind === 'validation') return { card: validationCard(account, now, posted.variant || undefined), revision: account.revision };
      return {
        card: accountCard(account, now, undefined, await store.roster('custodian'), await store.openRequestOfAccount(account.id)),
        revision: account.revision,
      };
    }
  }
}

/** The custodian's own part as it stands; for a card of an earlier password, or of somebody who has no part any more, that it was replaced. */
function partOf(
  account: EmergencyAccount,
  number: number,
  { place, variant }: Pick<PostedCard, 'variant' | 'place'>,
  now: Date,
): OutgoingCard {
  const { generation, forOthers, voidOf, pass } = variantOfPart(variant);
  const kind = kindOfCard(account, variant);
  const holder = place.kind === 'person' ? place.objectId : '';
  if (voidOf) return replacedPartCard(account, number, { holder, kind, generation, openedAt: voidOf });
  // While a credential of another kind is made in its place the one before counts, and its card says so.
  if (isChangingKind(account) && (generation ?? 1) === account.held?.generation && kind === kindOf(asItStands(account)))
    return partOf(asItStands(account), number, { place, variant }, now);
  const part = account.parts.find((row) => row.number === number);
  const mine = part?.custodian.objectId === holder;
  // A generation that came of a change of kind that was given up has the number of the next.
  const current = kind === kindOf(account) && (generation === undefined || generation === generationOf(account));
  if (pass && part?.pass?.requestId === pass.requestId && part.pass.methodId !== pass.methodId) return replacedPassCard(account);
  if (forOthers) return partReminderCard(account, number, generation);
  if (mine && current && account.state !== 'retired') return partCard(account, number, now);
  const held = account.held?.generation === (generation ?? 1) ? account.held.parts.find((row) => row.number === number) : undefined;
  // Of keys each opens the account until the one that takes its place counts.
  const before = current ? part?.before : undefined;
  const isHeld = [held, before].some((row) => row !== undefined && isInHand(row, holder));
  return isHeld ? replacingPartCard(account, number) : replacedPartCard(account, number, { holder, kind, generation });
}

/** Of what kind a card is. Only parts of a password have cards that do not say so, but for those posted before there were several kinds. */
function kindOfCard(account: EmergencyAccount, variant: string): Kind {
  const { kind, generation, voidOf } = variantOfPart(variant);
  if (kind) return kind;
  const stands = asItStands(account);
  const first = generation === undefined || generation === generationOf(stands);
  const before = voidOf && generation !== undefined && generation >= (stands.kindSince ?? 0) && generation <= generationOf(stands);
  return first || before ? kindOf(stands) : 'part';
}

/** They have seen it, so it may lie in a safe: what nobody saw was destroyed when it was to be replaced. */
const isInHand = ({ state, custodian }: Part, holder: string): boolean =>
  custodian.objectId === holder && (state === 'shown' || state === 'stored');
