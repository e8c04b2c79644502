import { countedRefusals } from '../app/countedRefusals.ts';
import type { Door } from '../app/dispatch.ts';
import type { Log } from '../app/log.ts';
import type { People, Store, TenantInfo } from '../app/ports.ts';
import { words } from '../cards/refusals.ts';
import { RUNBOOK_LINK_MINUTES, type RunbookTicket, runbookContent } from '../core/account/runbook.ts';
import type { EmergencyAccount } from '../core/account/types.ts';
import type { Actor } from '../core/people.ts';
import { newTicket, ticketHash } from '../proof/binding.ts';
import { page } from '../proof/pages.ts';
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

export interface LinkNeeds extends PrintNeeds {
  readonly store: Pick<Store, 'transaction'>;
  readonly door: Door;
  readonly people: Pick<People, 'lookUp'>;
  /** Origin under which browsers reach us. Never taken from a request. */
  publicUrl(): string;
  readonly log: Log;
}

export function runbookLinks(needs: LinkNeeds): RunbookLinks {
  const { store, door, people, publicUrl } = needs;
  const refused = countedRefusals(needs.log, 'runbook.refused');

  /** Says nothing but that it did not work: nobody is known yet (HT-5). */
  function turnedAway(): PaperAnswer {
    refused();
    const lines = [`It may be older than ${RUNBOOK_LINK_MINUTES} minutes or used already.`, AGAIN];
    return page(400, 'not', 'This link does not work', lines);
  }

  /** Read only: a ticket is spent by the door, with the printing it stands for. */
  const valid = (ticket: string): Promise<RunbookTicket | undefined> =>
    store.transaction(async (tx) => {
      const found = await tx.runbookTicket(ticketHash(ticket));
      return found && (await tx.now()) < found.expiresAt ? found : undefined;
    });

  /** Looked up anew, as for a press (ID-4). */
  async function actorOf(objectId: string): Promise<Actor> {
    const found = await people.lookUp(objectId);
    return found.ok ? { kind: 'person', person: found.person, roles: found.roles } : { kind: 'stranger', objectId, why: found.why };
  }

  return {
    minutes: RUNBOOK_LINK_MINUTES,
    ticket() {
      const ticket = newTicket();
      return { hash: ticketHash(ticket), url: `${publicUrl()}/runbook/${ticket}` };
    },
    async open(text, paper) {
      const ticket = await valid(text);
      if (!ticket) return turnedAway();
      const intent = { kind: 'issue-runbook', accountId: ticket.accountId, ticketHash: ticket.hash } as const;
      const outcome = await door.dispatch(await actorOf(ticket.objectId), intent);
      needs.log.info('runbook', {
        accountId: ticket.accountId,
        actorId: ticket.objectId,
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

const AGAIN = 'Nothing was printed. Press Runbook card in Teams again to get a new link.';

const headersFor = (accountId: string): Record<string, string> => ({
  'content-disposition': `inline; filename="runbook-${accountId.replace(/[^\w-]/g, '')}.pdf"`,
  // Not more: with default-src 'none' or a sandbox, Chromium's own viewer shows nothing.
  'content-security-policy': "frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
});
