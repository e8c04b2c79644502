import type { Door } from '../../app/dispatch.ts';
import { runbookLinkCard } from '../../cards/views/runbook.ts';
import { no, ok } from '../../core/result.ts';
import type { ActionDef } from '../actionDef.ts';
import type { Asker } from '../commandDef.ts';
import type { LinkTickets } from '../needs.ts';

interface Needs {
  readonly asker: Asker;
  readonly door: Door;
  readonly runbook: LinkTickets | undefined;
}

/** Gives out a link to the runbook card of an account: to those who may have it, and only in a personal chat. */
export const runbookPrint: ActionDef<{ readonly accountId: string }, Needs> = {
  verb: 'runbook.print',
  via: ['adaptiveCard/action'],
  // The link is for the one who pressed: a repeated delivery gets a fresh one of its own.
  once: true,
  parse: ({ id }) => (typeof id === 'string' ? ok({ accountId: id }) : no({ code: 'not-found', what: 'account' })),
  async run({ accountId }, { asker, door, runbook }) {
    if (asker.where === 'channel') return { kind: 'refused', refusal: { code: 'no-runbook', why: 'in-channel', accountId } };
    if (!runbook) return { kind: 'refused', refusal: { code: 'no-runbook', why: 'no-address', accountId } };
    const { hash, url } = runbook.ticket();
    const outcome = await door.dispatch(asker.actor, { kind: 'begin-runbook', accountId, ticketHash: hash });
    if (!outcome.ok) return { kind: 'refused', refusal: outcome.error };
    const { account } = outcome.value;
    if (!account) throw new Error('the door began a runbook card and gave no account back');
    return { kind: 'card', rendered: runbookLinkCard(account, url, runbook.minutes) };
  },
};
