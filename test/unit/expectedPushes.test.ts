import { describe, expect, test } from '@jest/globals';
import type { Feed } from '../../src/core/alert/types.ts';
import { expectedPushes, type PushWays } from '../../src/jobs/expectedPushes.ts';

const CONTOSO = '8a1c7f0e-3f52-4b7e-9d55-0c6f1a2b3c01';
const FREE = '8a1c7f0e-3f52-4b7e-9d55-0c6f1a2b3c02';

describe('SI-6: what a drill must see arrive', () => {
  const WAYS: PushWays = { byToken: [], byKey: [], licensed: [{ id: CONTOSO, name: 'contoso' }], streaming: new Set(), feedRhythms: [] };
  const of = (more: Partial<PushWays>, heard: readonly Feed[] = [], tenantId = CONTOSO) =>
    expectedPushes({ ...WAYS, ...more })(tenantId, new Set(heard));

  test('is every webhook whose sender was set up, that of Sentinel as well', () => {
    expect(of({ byToken: ['azure-monitor', 'sentinel'] })).toEqual(['azure-monitor', 'sentinel']);
    expect(of({ byToken: ['azure-monitor'] })).toEqual(['azure-monitor']);
    expect(of({ byToken: ['azure-monitor'] }, [], FREE)).toEqual([]);
  });

  test('is of the webhooks that a key opens what was heard of the tenant, or what the settings expect', () => {
    const byKey = ['azure-monitor', 'sentinel'] as const;
    expect(of({ byKey })).toEqual([]);
    expect(of({ byKey }, ['sentinel', 'graph-sign-ins'])).toEqual(['sentinel']);
    expect(of({ byKey, feedRhythms: [{ feed: 'sentinel', everySeconds: 86_400 }] })).toEqual(['sentinel']);
    expect(of({ byKey, feedRhythms: [{ feed: 'sentinel', tenant: 'fabrikam', everySeconds: 86_400 }] })).toEqual([]);
    expect(of({}, ['azure-monitor', 'sentinel'])).toEqual([]); // the webhooks are off by now
  });

  test('is none whose rhythm is 0; what is said of the tenant goes before what is said of all', () => {
    const feedRhythms = [
      { feed: 'azure-monitor', everySeconds: 0 },
      { feed: 'sentinel', everySeconds: 0 },
      { feed: 'sentinel', tenant: 'contoso', everySeconds: 3_600 },
    ] as const;
    expect(of({ byToken: ['azure-monitor', 'sentinel'], feedRhythms }, ['azure-monitor'])).toEqual(['sentinel']);
  });

  test('is the stream of the tenants it carries', () => {
    expect(of({ streaming: new Set([CONTOSO]) })).toEqual(['event-hub']);
    expect(of({ streaming: new Set([CONTOSO]), byToken: ['sentinel'] })).toEqual(['sentinel', 'event-hub']);
    expect(of({ streaming: new Set([FREE]) })).toEqual([]);
  });
});
