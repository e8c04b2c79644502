import { describe, expect, test } from '@jest/globals';
import { TENANTS } from '../../sandbox/world.ts';
import { gatherCapabilities } from '../../src/app/gatherCapabilities.ts';
import type { TenantReader } from '../../src/app/ports.ts';
import { status } from '../../src/bot/commands/status.ts';
import type { StatusInput } from '../../src/cards/views/status.ts';
import { tenantRow } from '../../src/cards/views/tenantStatus.ts';
import { lineOf } from '../../src/cli/finding.ts';
import { tenantFindings } from '../../src/cli/tenant.ts';
import type { TenantProbe } from '../../src/core/tenant/probe.ts';
import type { TenantReport } from '../../src/core/tenant/report.ts';
import { B2C, FREE, SILENT, WELL } from '../cards/examples/tenants.ts';
import { actor, anAccount, NOON, stranger } from '../support/builders.ts';
import { memoryStore } from '../support/memoryStore.ts';
import { aProbe } from '../support/probe.ts';

const { contoso, northwind } = TENANTS;

/** A tenant that answers as told, and what it was asked about. */
function needsWith(probe: () => Promise<TenantProbe>) {
  const asked: (readonly string[])[] = [];
  const failed: string[] = [];
  const reader = (): TenantReader =>
    ({
      probe(objectIds: readonly string[]) {
        asked.push(objectIds);
        return probe();
      },
    }) as unknown as TenantReader;
  const store = memoryStore(NOON);
  return { asked, failed, store, needs: { store, tenants: { reader }, failed: (what: string) => void failed.push(what) } };
}

describe('a tenant is asked what it can', () => {
  test('with the accounts that are on record there, those retired left out', async () => {
    const { needs, asked, store } = needsWith(async () => aProbe());
    store.put('account', anAccount());
    store.put('account', anAccount({ id: 'EA-OLD', state: 'retired', objectId: 'gone' }));
    store.put('account', anAccount({ id: 'EA-FAR', tenantId: northwind.id, objectId: 'elsewhere' }));
    const report = await gatherCapabilities(needs, contoso.id);
    expect(asked).toEqual([[anAccount().objectId]]);
    expect(report).toMatchObject({ askedAt: NOON, capabilities: expect.arrayContaining([expect.objectContaining({ verdict: 'yes' })]) });
  });

  test('one that does not answer is said so in time, and one that cannot be asked too', async () => {
    const silent = needsWith(() => new Promise(() => undefined));
    expect(await gatherCapabilities(silent.needs, contoso.id, 20)).toEqual({ askedAt: NOON, why: expect.stringMatching(/did not answer/) });
    const broken = needsWith(() => Promise.reject(new Error('no token')));
    expect(await gatherCapabilities(broken.needs, contoso.id)).toEqual({ askedAt: NOON, why: expect.stringMatching(/could not be asked/) });
    expect(broken.failed).toEqual([`tenant ${contoso.id}`]);
  });
});

describe('the command status', () => {
  const run = async (tenant: string, who = actor('cy')) => {
    const asker = { actor: who, mri: '', where: 'personal' } as const;
    const said = await status.run(
      { tenant },
      {
        asker,
        tenants: Object.values(TENANTS),
        status: async () => STATUS,
        capabilities: async (id): Promise<TenantReport> => (id === northwind.id ? FREE : WELL),
      },
    );
    return said.kind === 'text' ? said.text : `${said.rendered.summary} ${JSON.stringify(said.rendered.card)}`;
  };
  const STATUS: StatusInput = {
    ...{ now: NOON, version: '1', mode: 'sandbox', database: 'none', feeds: [], limits: [] },
    ...{
      jobs: { waiting: 0, failed: 0 },
      timers: { waiting: 0 },
      audit: { size: 0, root: 'none' },
      drills: { passed: 0, of: 0, failed: [] },
      monitors: 'unchecked',
    },
    tenants: [{ tenant: northwind, report: FREE }],
  };

  test('lists every tenant with what it lacks; with a name it says what is lost and what to do instead', async () => {
    expect(await run('')).toMatch(/Northwind \(northwind\).*Without: Sign-in log, Privileged Identity Management/);
    const one = await run('Northwind');
    expect(one).toMatch(/^Northwind: 3 missing, 1 not known/);
    expect(one).toContain('A sign-in is not seen by reading the log, and create is refused.');
    expect(one).toContain('→ Send SignInLogs to Log Analytics');
    expect(one).toContain('There is no account yet');
    expect(await run('contoso')).toMatch(/^Contoso: It can do everything/);
    expect(await run('nowhere')).toMatch(/contoso \(Contoso\), fabrikam-b2c \(.*\), northwind \(Northwind\)/);
  });

  test('says nothing to whoever has no role', async () => {
    for (const who of [actor('mal'), stranger('guest')]) {
      for (const tenant of ['', 'contoso']) expect(await run(tenant, who)).not.toMatch(/Contoso|Northwind/);
    }
  });
});

test('one line a tenant: what it is without, what is not known, and how much is there', () => {
  const line = (report: TenantReport) => {
    const { mark, count, words } = tenantRow(contoso, report);
    return [mark, count, words];
  };
  expect(line(WELL)).toEqual(['✓', '20 of 20', 'Everything Breakglass asks for is there.']);
  expect(line(FREE)).toEqual(['✕', '16 of 20', expect.stringMatching(/^Without: Sign-in log, .* Not known: What If/)]);
  expect(line(B2C)[0]).toBe('✕');
  expect(line(SILENT)).toEqual(['!', 'no answer', 'It did not answer within 8 seconds.']);
});

test('npm run doctor says it in the same words', async () => {
  const probe = aProbe({ licences: { state: 'read', value: { p1: false, p2: false } } });
  const { needs } = needsWith(async () => probe);
  const report = await gatherCapabilities(needs, contoso.id);
  const lines: string[] = [];
  for await (const finding of tenantFindings('contoso', needs.tenants.reader(), [], NOON)) lines.push(lineOf(finding));
  const capabilities = 'capabilities' in report ? report.capabilities : [];
  expect(lines).toHaveLength(capabilities.length);
  for (const [index, { evidence }] of capabilities.entries()) expect(lines[index]).toContain(evidence);
});
