import { type Decision, HOUR, later, personOf } from '../decision.ts';
import { digestOf } from '../digest.ts';
import type { Effect } from '../effect.ts';
import type { Actor } from '../people.ts';
import { no, ok } from '../result.ts';
import { asItStands } from './life.ts';
import { type EmergencyAccount, holdersOf } from './types.ts';

/** Everything on the printed card that can become untrue: no secret, and nothing that changes without making the card wrong. */
export interface RunbookContent {
  readonly account: {
    readonly id: string;
    readonly userPrincipalName: string;
    readonly displayName: string;
    readonly objectId: string;
    readonly state: EmergencyAccount['state'];
    /** Its parts are security keys. Not said of a password, so that cards printed before stay true. */
    readonly credential?: 'passkey';
  };
  readonly tenant: { readonly id: string; readonly name: string };
  readonly parts: readonly {
    readonly number: number;
    readonly custodian: string;
    readonly objectId: string;
    readonly stored: boolean;
    readonly location: string;
    readonly sealNumber: string;
    /** The day it was confirmed as stored, `2026-11-22`; empty while it is not. */
    readonly since: string;
  }[];
  readonly owners: readonly { readonly name: string; readonly objectId: string }[];
}

/** Names come from a directory: half a character, which no JSON may say, counts as the sign for one that is missing. */
export function runbookContent(account: EmergencyAccount): RunbookContent {
  const { id, userPrincipalName, displayName, objectId, state, tenantId, tenantName, credential, parts } = asItStands(account);
  const whole = (text: string): string => text.toWellFormed();
  return {
    account: {
      id,
      userPrincipalName: whole(userPrincipalName),
      displayName: whole(displayName),
      objectId,
      state,
      ...(credential ? { credential } : {}),
    },
    tenant: { id: tenantId, name: whole(tenantName) },
    parts: parts.map(({ number, custodian, state: standing, storedAt, location = '', sealNumber = '' }) => ({
      number,
      custodian: whole(custodian.name),
      objectId: custodian.objectId,
      stored: standing === 'stored',
      location: whole(location),
      sealNumber: whole(sealNumber),
      since: standing === 'stored' ? (storedAt?.toISOString().slice(0, 10) ?? '') : '',
    })),
    owners: account.owners.map(({ name, objectId: owner }) => ({ name: whole(name), objectId: owner })),
  };
}

/** SHA-256, hex: two cards with the same digest say the same. */
export const runbookDigest = (account: EmergencyAccount): string => digestOf(runbookContent(account));

/** Whether the card that was printed last still says what is so. */
export function runbookStatus(account: EmergencyAccount): 'never' | 'current' | 'stale' {
  if (!account.runbook) return 'never';
  return account.runbook.digest === runbookDigest(account) ? 'current' : 'stale';
}

/** Who may have the card: owners and custodians of the account, administrators, and the operator at the machine itself. */
export function mayPrint(account: EmergencyAccount, actor: Actor): boolean {
  if (actor.kind === 'system') return actor.part === 'operator';
  if (actor.kind !== 'person') return false;
  const people = [...account.owners, ...holdersOf(account)];
  return actor.roles.has('administrator') || people.some(({ personKey }) => personKey === actor.person.personKey);
}

/** A person asked for a link to the card. Changes nothing: whoever may not have it hears so now. @returns refusals `stranger`, `no-runbook` */
export function beginRunbook(account: EmergencyAccount, actor: Actor): Decision<EmergencyAccount> {
  const allowed = judge(account, actor);
  return allowed.ok ? ok({ next: account, effects: [] }) : allowed;
}

/** The card is printed: the account remembers what it said, when, and for whom. @returns refusals `stranger`, `no-runbook` */
export function issueRunbook(account: EmergencyAccount, actor: Actor, now: Date): Decision<EmergencyAccount> {
  const allowed = judge(account, actor);
  if (!allowed.ok) return allowed;
  const by = actor.kind === 'person' ? actor.person.name : 'the operator';
  return ok({
    next: { ...account, runbook: { digest: runbookDigest(account), at: now, by }, revision: account.revision + 1 },
    effects: [
      { kind: 'forget', key: reminderKey(account) },
      { kind: 'show', subject: `account:${account.id}` },
      { kind: 'show', subject: `runbook:${account.id}` },
    ],
  });
}

/** How long after a change the owners are reminded: a change seldom comes alone, and each puts it off. */
const REMIND_AFTER_MS = HOUR;

/** What a change owes for a card that it made untrue. One reminder for each card that was printed. */
export function staleEffects(account: EmergencyAccount, now: Date): Effect[] {
  if (runbookStatus(account) !== 'stale' || account.runbook?.remindedAt || account.state === 'retired') return [];
  const intent = { kind: 'remind-runbook', accountId: account.id } as const;
  return [{ kind: 'intend', key: reminderKey(account), at: later(now, REMIND_AFTER_MS), intent }];
}

/** Tells the owners that the printed card is out of date. Occurs when its timer rings. @returns refusal `nothing-to-do` */
export function remindRunbook(account: EmergencyAccount, now: Date): Decision<EmergencyAccount> {
  const { runbook } = account;
  if (!runbook || runbookStatus(account) !== 'stale' || runbook.remindedAt || account.state === 'retired')
    return no({ code: 'nothing-to-do' });
  const subject = `runbook:${account.id}` as const;
  const effects = account.owners.map(
    ({ objectId }): Effect => ({
      kind: 'post',
      key: `${subject}:${runbook.at.toISOString()}:${objectId}`,
      place: { kind: 'person', objectId },
      subject,
    }),
  );
  return ok({ next: { ...account, runbook: { ...runbook, remindedAt: now }, revision: account.revision + 1 }, effects });
}

function judge(account: EmergencyAccount, actor: Actor): Decision<EmergencyAccount> {
  if (actor.kind === 'stranger') {
    const person = personOf(actor);
    if (!person.ok) return person;
  }
  if (!mayPrint(account, actor)) return no({ code: 'no-runbook', why: 'not-yours', accountId: account.id });
  if (account.state === 'retired') return no({ code: 'no-runbook', why: 'retired', accountId: account.id });
  return ok({ next: account, effects: [] });
}

const reminderKey = ({ id }: EmergencyAccount): string => `runbook:${id}`;

/** A link to the card, good for one use and a few minutes. Only the hash of its ticket is kept. */
export interface RunbookTicket {
  readonly hash: string;
  readonly accountId: string;
  /** Who asked. The link works for whoever has it, but in this person's name, and only while they may have the card. */
  readonly objectId: string;
  readonly expiresAt: Date;
}

export const RUNBOOK_LINK_MINUTES = 5;
