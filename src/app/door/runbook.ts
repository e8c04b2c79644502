import { beginRunbook, issueRunbook, RUNBOOK_LINK_MINUTES } from '../../core/account/runbook.ts';
import { later, MINUTE } from '../../core/decision.ts';
import { actorId } from '../../core/people.ts';
import { no } from '../../core/result.ts';
import { change, type Outcome, type Scene, type Wanted } from './scene.ts';

/** Whoever may not have the card is refused now and not at the link; the others get a ticket. */
export async function beginRunbookLink(scene: Scene, { accountId, ticketHash: hash }: Wanted<'begin-runbook'>): Promise<Outcome> {
  const { tx, actor, now } = scene;
  const outcome = await change(scene, 'account', accountId, (account) => beginRunbook(account, actor));
  if (!outcome.ok) return outcome;
  await tx.putRunbookTicket({ hash, accountId, objectId: actorId(actor), expiresAt: later(now, RUNBOOK_LINK_MINUTES * MINUTE) }, now);
  return outcome;
}

/** Prints once for a ticket, in the name of whoever got it, judged again by what they may do now. The operator at the machine needs none. */
export async function issueRunbookFor(scene: Scene, { accountId, ticketHash }: Wanted<'issue-runbook'>): Promise<Outcome> {
  const { tx, actor, now } = scene;
  if (ticketHash !== undefined) {
    const ticket = await tx.runbookTicket(ticketHash);
    const why = !ticket || ticket.accountId !== accountId || ticket.objectId !== actorId(actor) ? 'link-used' : 'link-expired';
    if (!ticket || why === 'link-used' || now >= ticket.expiresAt) return no({ code: 'no-runbook', why, accountId });
  } else if (actor.kind !== 'system') {
    return no({ code: 'no-runbook', why: 'link-used', accountId });
  }
  const outcome = await change(scene, 'account', accountId, (account) => issueRunbook(account, actor, now));
  if (outcome.ok && ticketHash !== undefined) await tx.spendRunbookTicket(ticketHash);
  return outcome;
}
