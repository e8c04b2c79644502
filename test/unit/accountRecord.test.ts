import { describe, expect, test } from '@jest/globals';
import { accountCard } from '../../src/cards/views/account.ts';
import { keysBegun, retired } from '../../src/core/account/life.ts';
import type { EmergencyAccount } from '../../src/core/account/types.ts';
import type { ChangeRequest } from '../../src/core/request/types.ts';
import { anAccount, anAccountPlan, aPart, aRequest, days, hours, person } from '../support/builders.ts';

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

describe('that what is asked of an account stopped', () => {
  const plan = anAccountPlan('rotate', {
    observed: {
      userPrincipalName: anAccount().userPrincipalName,
      ...{ enabled: true, privileged: true, excluded: true, ours: true, restricted: true },
    },
  });
  const asked = (more: Partial<ChangeRequest>) => aRequest({ plan, begunAt: hours(1), ...more });
  const record = (account: EmergencyAccount, request: ChangeRequest) =>
    JSON.stringify(accountCard(account, days(1), undefined, undefined, request).card);
  const changing = keysBegun(anAccount(), [person('dana'), person('eli')], plan.requestId);
  const id = plan.requestId;

  test('is said in place of what would be being made, and where to see why', () => {
    const stopped = record(changing, asked({ state: 'failed' }));
    expect(stopped).toContain(`"${id} has stopped: say requests ${id}."`);
    expect(stopped).toContain('"The password still counts."');
    expect(stopped).not.toContain('are being registered');
    const back = record(changing, asked({ state: 'undoing' }));
    expect(back).toContain(`"${id} was given up and is being taken back: say requests ${id}."`);
    const runs = record(changing, asked({ state: 'approved' }));
    expect(runs).toContain('Security keys are being registered in place of the password.');
    expect(runs).not.toMatch(/has stopped|still counts/);
  });

  test('is said of every kind', () => {
    expect(record(anAccount(), asked({ state: 'failed' }))).toContain(`"${id} has stopped: say requests ${id}."`);
  });

  test('and that the account is outside its restricted unit meanwhile, also while it runs', () => {
    const steps = plan.steps.map(({ id: step }) =>
      step === 'leave-unit'
        ? ({ id: step, state: 'done', evidence: 'Not in restricted unit 5d0f4a51' } as const)
        : ({ id: step, state: 'waiting' } as const),
    );
    expect(steps.map(({ id: step }) => step)).toContain('leave-unit');
    const outside = `outside its restricted unit now, so ordinary administrators can change it until ${id} goes on or is given up.`;
    for (const state of ['failed', 'approved'] as const) {
      expect(record(anAccount(), asked({ state, steps }))).toContain(outside);
      expect(record(anAccount(), asked({ state }))).not.toContain('restricted unit');
    }
  });
});

describe('of an account that is over', () => {
  const key = (number: number) => ({ methodId: `K${number}` });
  const overWith = (more: Partial<EmergencyAccount>) => {
    const gone = retired(anAccount(more), hours(9));
    if (!gone.ok) throw new Error(gone.error.code);
    return said(gone.value.next);
  };
  const { appliedAt: _applied, ...neverMade } = anAccount({ state: 'provisioning' });
  const givenUp = (more: Partial<EmergencyAccount>) => {
    const gone = retired({ ...neverMade, ...more }, hours(9));
    if (!gone.ok) throw new Error(gone.error.code);
    return said(gone.value.next);
  };
  const colours = /"color":"(Good|Attention|Warning|Accent)"/;

  test('nothing is good or bad any more, and what was kept is told from what was not', () => {
    const password = overWith({
      parts: [anAccount().parts[0] ?? aPart(1, 'dana'), aPart(2, 'eli', { state: 'ready', expiresAt: days(3) })],
    });
    expect(password).toContain('"Retired"');
    expect(password).toContain('"Its user is deleted. Destroy every part that is still kept."');
    expect(password).toMatch(/"ended, was stored".*"ended"/);
    expect(password).not.toMatch(colours);
    expect(password).not.toMatch(/[✓✕◐]/);
  });

  test('keys are wiped, not destroyed', () => {
    const keys = overWith({ credential: 'passkey', parts: anAccount().parts.map((part) => ({ ...part, key: key(part.number) })) });
    expect(keys).toContain('"Its user is deleted. Have every key that was registered for it wiped."');
    expect(keys).not.toMatch(/Destroy|registered and stored/);
  });

  test('that was given up before it was made says so, and what became of its keys', () => {
    const shown = { state: 'shown', expiresAt: hours(8), shownAt: hours(2) } as const;
    const keys = givenUp({
      credential: 'passkey',
      parts: [aPart(1, 'dana', { ...shown, key: key(1) }), aPart(2, 'eli', { state: 'ready', expiresAt: hours(8) })],
    });
    expect(keys).toContain('"Given up before it was made"');
    expect(keys).toMatch(/"ended, was registered".*"ended"/);
    expect(keys).toContain('Have every key that was registered for it wiped.');
    expect(keys).not.toMatch(/"Retired"|not in use yet|not registered in time|Destroy/);
    expect(keys).not.toMatch(colours);
    const password = givenUp({ parts: [aPart(1, 'dana'), aPart(2, 'eli')] });
    expect(password).toContain('"Its user is deleted. No part of its password was given to anybody."');
  });
});
