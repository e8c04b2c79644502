import type { IncomingMessage } from 'node:http';
import { pathOf, type WebAnswer, type WebRoute } from './webRoute.ts';

/** The one-time links to an export of the audit log; nothing of a request but the ticket reaches them. */
export interface AuditPages {
  open(ticket: string): Promise<WebAnswer>;
}

export const AUDIT_PATTERN = '/audit/:ticket';
/** 256 bits in base64url: anything of another form is not there. */
export const AUDIT_PATH = /^\/audit\/([\w-]{43})$/;

export function auditRoutes(pages: AuditPages | undefined): [string, WebRoute][] {
  if (!pages) return [];
  const handler = async (request: IncomingMessage): Promise<WebAnswer> => {
    const ticket = AUDIT_PATH.exec(pathOf(request))?.[1];
    return ticket === undefined ? { status: 404, headers: {} } : pages.open(ticket);
  };
  return [[AUDIT_PATTERN, { method: 'GET', handler }]];
}
