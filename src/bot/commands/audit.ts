import type { AuditCheck } from '../../app/auditLog.ts';
import { words } from '../../cards/refusals.ts';
import { auditCard } from '../../cards/views/audit.ts';
import { type AuditDays, parseDays } from '../../core/audit/days.ts';
import { personWith } from '../../core/decision.ts';
import type { Asker, CommandDef } from '../commandDef.ts';
import { card, say } from '../needs.ts';

interface Needs {
  readonly asker: Asker;
  check(days: AuditDays): Promise<AuditCheck>;
  /** Whether there are links to an export. */
  readonly links: boolean;
}

export const audit: CommandDef<AuditDays, Needs> = {
  word: 'audit',
  usage: 'audit [from] [to]',
  summary: 'The audit log: its head, whether anything in it was changed, and an export of it. For auditors.',
  parse: (rest) => parseDays(rest === '' ? [] : rest.split(' ')),
  async run(days, { asker, check, links }) {
    const auditor = personWith(asker.actor, 'auditor');
    if (!auditor.ok) return say(words(auditor.error));
    const found = await check(days);
    return card(auditCard({ ...found, days, export: !links ? 'no-address' : asker.where === 'channel' ? 'in-channel' : 'here' }));
  },
};
