import { boundsOf } from '../../core/audit/days.ts';
import { AUDIT_LINK_MINUTES } from '../../core/audit/ticket.ts';
import { later, MINUTE, personWith } from '../../core/decision.ts';
import { actorId } from '../../core/people.ts';
import { no, ok } from '../../core/result.ts';
import type { Outcome, Scene, Wanted } from './scene.ts';

/** Who is no auditor is refused now and not at the link; the others get a ticket. */
export async function beginAuditExport(
  { tx, actor, now }: Scene,
  { days, ticketHash: hash }: Wanted<'begin-audit-export'>,
): Promise<Outcome> {
  const auditor = personWith(actor, 'auditor');
  if (!auditor.ok) return auditor;
  await tx.putAuditTicket({ hash, objectId: actorId(actor), days, expiresAt: later(now, AUDIT_LINK_MINUTES * MINUTE) }, now);
  return ok({});
}

/** Once for a ticket, in the name of whoever got it, if they are an auditor still; or for the operator, who has the database. */
export async function exportAudit({ tx, actor, now }: Scene, wanted: Wanted<'export-audit'>): Promise<Outcome> {
  if ('days' in wanted) {
    if (actor.kind !== 'system' || actor.part !== 'operator') return no({ code: 'no-audit-export', why: 'link-used' });
    return ok({ exported: await counted(tx, wanted.days) });
  }
  const ticket = await tx.auditTicket(wanted.ticketHash);
  if (ticket?.objectId !== actorId(actor)) return no({ code: 'no-audit-export', why: 'link-used' });
  if (now >= ticket.expiresAt) return no({ code: 'no-audit-export', why: 'link-expired' });
  const auditor = personWith(actor, 'auditor');
  if (!auditor.ok) return auditor;
  await tx.spendAuditTicket(ticket.hash);
  return ok({ exported: await counted(tx, ticket.days) });
}

/** The entry of the export itself is its last, and always has its text. */
async function counted(tx: Scene['tx'], days: Parameters<typeof boundsOf>[0]) {
  return { days, bodies: (await tx.countAudit(boundsOf(days))) + 1 };
}
