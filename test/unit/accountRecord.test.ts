import { describe, expect, test } from '@jest/globals';
import { accountCard } from '../../src/cards/views/account.ts';
import type { EmergencyAccount } from '../../src/core/account/types.ts';
import { anAccount, aPart, days, hours } from '../support/builders.ts';

const said = (account: EmergencyAccount) => JSON.stringify(accountCard(account, days(1)).card);

describe('what an account that is being handed over waits for', () => {
  const parts = [aPart(1, 'dana', { state: 'ready', expiresAt: days(3) }), aPart(2, 'eli', { state: 'ready', expiresAt: days(3) })];
  const given = (more: Partial<EmergencyAccount> = {}) => said(anAccount({ state: 'handover', parts, ...more }));

  test('is its parts and a drill, for without one it is not in service when they are stored', () => {
    expect(given()).toContain('"In service once every part is stored and a drill has passed."');
    expect(said(anAccount())).toContain('Stored, but not in service: no drill has passed yet');
    const drill = { id: 'D-1', at: hours(8), result: 'failed', hop: 'webhook' } as const;
    expect(given({ drillPassedAt: hours(7), drill })).toContain('and a drill has passed."');
  });

  test('is its parts alone where a drill has passed', () => {
    expect(given({ drillPassedAt: hours(7) })).toContain('"In service once every part is stored."');
  });
});
