import { countedRefusals } from '../app/countedRefusals.ts';
import type { Door } from '../app/dispatch.ts';
import type { TenantInfo } from '../app/ports.ts';
import { words } from '../cards/refusals.ts';
import { RUNBOOK_LINK_MINUTES, type RunbookTicket, runbookContent } from '../core/account/runbook.ts';
import type { EmergencyAccount } from '../core/account/types.ts';
import { page } from '../proof/pages.ts';
import { type LinkNeeds, oneTimeLinks } from './oneTimeLink.ts';
import type { PaperCloud } from './portals.ts';
import { runbookPdf } from './runbook.ts';
import type { Paper } from './sheet.ts';

/** What a browser gets. */
export interface PaperAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly html?: string;
  readonly pdf?: Uint8Array;
}

/** One-time links to the runbook card, and what they lead to. */
export interface RunbookLinks {
  readonly minutes: number;
  /** A fresh ticket: its hash for the door, its address for the person who pressed. */
  ticket(): { readonly hash: string; readonly url: string };
  /** `GET /runbook/<ticket>`, with `paper=letter` or without */
  open(ticket: string, paper: Paper): Promise<PaperAnswer>;
}

export interface PrintNeeds {
  readonly cloud: PaperCloud;
  readonly tenant: (tenantId: string) => Pick<TenantInfo, 'kind'> | undefined;
}

/** The card as it was just issued: what is printed is what was recorded. @throws when it was not */
export function printCard(account: EmergencyAccount, paper: Paper, { cloud, tenant }: PrintNeeds): Promise<Buffer> {
  const { runbook } = account;
  if (!runbook) throw new Error('a runbook card was to be printed that was not issued');
  const kind = tenant(account.tenantId)?.kind ?? 'workforce';
  return runbookPdf(runbookContent(account), { kind, cloud, paper, printedAt: runbook.at, printedBy: runbook.by });
}

export interface RunbookNeeds extends LinkNeeds, PrintNeeds {
  readonly door: Door;
}

export function runbookLinks(needs: RunbookNeeds): RunbookLinks {
  const { door, log } = needs;
  const { minutes, ticket, valid, turnedAway, actorOf } = oneTimeLinks<RunbookTicket>(needs, {
    path: 'runbook',
    minutes: RUNBOOK_LINK_MINUTES,
    again: 'Nothing was printed. Press Runbook card in Teams again to get a new link.',
    refused: countedRefusals(log, 'runbook.refused'),
    read: (tx, hash) => tx.runbookTicket(hash),
  });
  return {
    minutes,
    ticket,
    async open(text, paper) {
      const found = await valid(text);
      if (!found) return turnedAway();
      const intent = { kind: 'issue-runbook', accountId: found.accountId, ticketHash: found.hash } as const;
      const outcome = await door.dispatch(await actorOf(found.objectId), intent);
      log.info('runbook', {
        accountId: found.accountId,
        actorId: found.objectId,
        ...(outcome.ok ? {} : { refusal: outcome.error.code }),
      });
      if (!outcome.ok) return page(403, 'not', 'Not printed', [words(outcome.error)]);
      const { account } = outcome.value;
      if (!account) throw new Error('the door issued a runbook card and gave no account back');
      const pdf = await printCard(account, paper, needs);
      return { status: 200, headers: headersFor(account.id), pdf };
    },
  };
}

const headersFor = (accountId: string): Record<string, string> => ({
  'content-disposition': `inline; filename="runbook-${accountId.replace(/[^\w-]/g, '')}.pdf"`,
  // Not more: with default-src 'none' or a sandbox, Chromium's own viewer shows nothing.
  'content-security-policy': "frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
});
