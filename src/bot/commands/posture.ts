import type { Reads, TenantInfo } from '../../app/ports.ts';
import { words } from '../../cards/refusals.ts';
import { postureCard, postureListCard } from '../../cards/views/posture.ts';
import { DEFAULT_PROFILE, type GuidanceProfile, PROFILES } from '../../core/posture/profiles.ts';
import type { PostureReport } from '../../core/posture/report.ts';
import type { ChangeRequest } from '../../core/request/types.ts';
import { ok } from '../../core/result.ts';
import type { Asker, CommandDef } from '../commandDef.ts';
import { card, type Said, say } from '../needs.ts';
import { noTenantCalled, readable, tenantCalled } from '../reading.ts';

interface Needs {
  readonly asker: Asker;
  readonly tenants: readonly TenantInfo[];
  judge(tenantId: string, profile: GuidanceProfile): Promise<PostureReport>;
  newFormId(): string;
  readonly store: Pick<Reads, 'openRequestOfAccount'>;
}

interface Args {
  readonly tenant: string;
  readonly profile: GuidanceProfile;
}

export const posture: CommandDef<Args, Needs> = {
  word: 'posture',
  usage: 'posture [tenant] [profile]',
  summary: 'What is wrong with a tenant and its accounts, read now.',
  parse(rest) {
    const last = rest.split(' ').at(-1)?.toLowerCase() ?? '';
    const profile = PROFILES.find(({ id }) => id === last);
    return ok(profile ? { tenant: rest.slice(0, -last.length).trim(), profile } : { tenant: rest, profile: DEFAULT_PROFILE });
  },
  async run({ tenant, profile }, { asker, tenants, judge, newFormId, store }): Promise<Said> {
    const all = readable(asker.actor, tenants, () => []);
    if (!all.ok) return say(words(all.error));
    const found = tenant === '' && all.value.length === 1 ? all.value[0] : tenantCalled(all.value, tenant);
    if (found) {
      const report = await judge(found.id, profile);
      return card(postureCard(found, report, newFormId, await openFor(report, store)));
    }
    if (tenant !== '') return say(noTenantCalled(all.value, tenant, 'posture'));
    return card(
      postureListCard(await Promise.all(all.value.map(async (each) => ({ tenant: each, report: await judge(each.id, profile) })))),
    );
  },
};

/** Requests that are open for an account some finding of which can be repaired. */
async function openFor({ findings }: PostureReport, store: Needs['store']): Promise<ReadonlyMap<string, ChangeRequest>> {
  const accounts = [...new Set(findings.flatMap(({ repair }) => repair?.accountId ?? []))];
  const open = await Promise.all(accounts.map((id) => store.openRequestOfAccount(id)));
  return new Map(accounts.flatMap((id, at): (readonly [string, ChangeRequest])[] => (open[at] ? [[id, open[at]]] : [])));
}
