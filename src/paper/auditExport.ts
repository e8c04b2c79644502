import { exportLines } from '../app/auditLog.ts';
import { countedRefusals } from '../app/countedRefusals.ts';
import type { Door, Outcome } from '../app/dispatch.ts';
import type { Reads } from '../app/ports.ts';
import { words } from '../cards/refusals.ts';
import type { ExportHeader } from '../core/audit/exportFile.ts';
import { AUDIT_LINK_MINUTES, type AuditTicket } from '../core/audit/ticket.ts';
import { page } from '../proof/pages.ts';
import { type LinkNeeds, oneTimeLinks } from './oneTimeLink.ts';

/** What a browser gets: a page, or a file as it is read. */
export interface ExportAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly html?: string;
  readonly lines?: AsyncIterable<string>;
}

/** One-time links to an export of the audit log, and what they lead to. */
export interface AuditLinks {
  readonly minutes: number;
  ticket(): { readonly hash: string; readonly url: string };
  /** `GET /audit/<ticket>` */
  open(ticket: string): Promise<ExportAnswer>;
}

export interface AuditNeeds extends LinkNeeds {
  readonly store: LinkNeeds['store'] & Pick<Reads, 'auditRows'>;
  readonly door: Door;
}

export function auditLinks(needs: AuditNeeds): AuditLinks {
  const { store, door, log } = needs;
  const { minutes, ticket, valid, turnedAway, actorOf } = oneTimeLinks<AuditTicket>(needs, {
    path: 'audit',
    minutes: AUDIT_LINK_MINUTES,
    again: 'Nothing was exported. Write audit in Teams again to get a new link.',
    refused: countedRefusals(log, 'audit.refused'),
    read: (tx, hash) => tx.auditTicket(hash),
  });
  return {
    minutes,
    ticket,
    async open(text) {
      const found = await valid(text);
      if (!found) return turnedAway();
      const outcome = await door.dispatch(await actorOf(found.objectId), { kind: 'export-audit', ticketHash: found.hash });
      log.info('audit.exported', { actorId: found.objectId, ...(outcome.ok ? {} : { refusal: outcome.error.code }) });
      if (!outcome.ok) return page(403, 'not', 'Not exported', [words(outcome.error)]);
      const header = headerOf(outcome.value, found.objectId);
      return { status: 200, headers: headersFor(header), lines: exportLines(store, header) };
    },
  };
}

/** @throws when nothing was exported */
export function headerOf({ exported }: Extract<Outcome, { ok: true }>['value'], exportedBy: string): ExportHeader {
  if (!exported?.head || !exported.at) throw new Error('the door exported the audit log and did not say what');
  return { ...exported.head, ...exported.days, bodies: exported.bodies, exportedAt: exported.at.toISOString(), exportedBy };
}

const headersFor = ({ exportedAt, size }: ExportHeader): Record<string, string> => ({
  'content-disposition': `attachment; filename="breakglass-audit-${exportedAt.slice(0, 10)}-${size}.jsonl"`,
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
});
