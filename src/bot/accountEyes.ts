import type { AccountEyes } from '../cards/views/account.ts';
import { mayPrint } from '../core/account/runbook.ts';
import type { EmergencyAccount } from '../core/account/types.ts';
import type { Asker } from './commandDef.ts';

/** What somebody sees of an account: custody only owners, auditors and administrators, and only where nobody else reads along. */
export function eyesOn(account: EmergencyAccount, { actor, where }: Pick<Asker, 'actor' | 'where'>): AccountEyes {
  if (where === 'channel' || actor.kind !== 'person') return { where, custody: false, canPrint: false };
  const owner = account.owners.some(({ personKey }) => personKey === actor.person.personKey);
  const custody = owner || actor.roles.has('auditor') || actor.roles.has('administrator');
  return { where, custody, canPrint: account.state !== 'retired' && mayPrint(account, actor) };
}
