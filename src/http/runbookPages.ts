import type { IncomingMessage } from 'node:http';
import { pathOf, type WebAnswer, type WebRoute } from './webRoute.ts';

/** The one-time links to a runbook card; nothing of a request but ticket and paper reaches them. */
export interface RunbookPages {
  open(ticket: string, paper: 'a4' | 'letter'): Promise<WebAnswer>;
}

export const RUNBOOK_PATTERN = '/runbook/:ticket';
/** 256 bits in base64url: anything of another form is not there. */
export const RUNBOOK_PATH = /^\/runbook\/([\w-]{43})$/;

export function runbookRoutes(pages: RunbookPages | undefined): [string, WebRoute][] {
  if (!pages) return [];
  const handler = async (request: IncomingMessage): Promise<WebAnswer> => {
    const ticket = RUNBOOK_PATH.exec(pathOf(request))?.[1];
    const paper = request.url?.endsWith('?paper=letter') ? 'letter' : 'a4';
    return ticket === undefined ? { status: 404, headers: {} } : pages.open(ticket, paper);
  };
  return [[RUNBOOK_PATTERN, { method: 'GET', handler }]];
}
