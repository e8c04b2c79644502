import type { Door } from '../../app/dispatch.ts';
import { auditLinkCard } from '../../cards/views/audit.ts';
import { type AuditDays, areDays } from '../../core/audit/days.ts';
import { no, ok } from '../../core/result.ts';
import type { ActionDef } from '../actionDef.ts';
import type { Asker } from '../commandDef.ts';
import type { LinkTickets } from '../needs.ts';

interface Needs {
  readonly asker: Asker;
  readonly door: Door;
  readonly audit: LinkTickets | undefined;
}

/** Gives out a link to an export of the audit log: to auditors, and only in a personal chat. */
export const auditExport: ActionDef<AuditDays, Needs> = {
  verb: 'audit.export',
  via: ['adaptiveCard/action'],
  // The link is for the one who pressed: a repeated delivery gets a fresh one of its own.
  once: true,
  parse({ id }) {
    const [from, to, ...more] = typeof id === 'string' ? id.split('..') : [];
    if (from === undefined || to === undefined || more.length > 0) return no({ code: 'not-found', what: 'form' });
    const days = { ...(from === '' ? {} : { from }), ...(to === '' ? {} : { to }) };
    return areDays(days) ? ok(days) : no({ code: 'not-found', what: 'form' });
  },
  async run(days, { asker, door, audit }) {
    if (asker.where === 'channel') return { kind: 'refused', refusal: { code: 'no-audit-export', why: 'in-channel' } };
    if (!audit) return { kind: 'refused', refusal: { code: 'no-audit-export', why: 'no-address' } };
    const { hash, url } = audit.ticket();
    const outcome = await door.dispatch(asker.actor, { kind: 'begin-audit-export', days, ticketHash: hash });
    if (!outcome.ok) return { kind: 'refused', refusal: outcome.error };
    return { kind: 'card', rendered: auditLinkCard(days, url, audit.minutes) };
  },
};
