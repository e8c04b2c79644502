import { TENANTS } from '../../sandbox/world.ts';
import { planCreate } from '../../src/core/request/plan.ts';
import type { CreatePlan } from '../../src/core/request/types.ts';
import { aPlan, person } from '../support/builders.ts';

/** A text of exactly so many characters, of words no two of which are the same. */
export function wordsOf(length: number, unit = ''): string {
  let text = '';
  for (let count = 1; text.length < length; count += 1) text += `${unit}word${count} `;
  return text
    .slice(0, length - 1)
    .trimEnd()
    .padEnd(length, unit || '.');
}

const NAME_MOST = 120;
const named = (name: Parameters<typeof person>[0], letter: string, unit: string) => ({
  ...person(name),
  name: wordsOf(NAME_MOST, `${letter}${unit}`),
});

/** The longest plan there can be: a key for each of three custodians unless said, in a restricted unit, with a reason as long as the form takes. */
export function longest(unit = '', keys = 3): CreatePlan {
  const { tenant, ...rest } = aPlan({});
  return planCreate({
    requestId: rest.requestId,
    version: 1,
    tenant: { ...TENANTS.contoso, ...tenant, name: 'Contoso' },
    userName: 'emergency-access-of-the-northern-and-eastern-harbours-number-one',
    displayName: wordsOf(120, unit),
    usageLocation: 'NL',
    requester: named('rita', 'r', unit),
    reason: wordsOf(1_000, unit),
    custodians: [named('dana', 'd', unit), named('eli', 'e', unit), named('fay', 'f', unit)].slice(0, keys),
    owners: [named('oona', 'o', unit), named('ann', 'a', unit), named('bob', 'b', unit), named('cy', 'c', unit), named('mal', 'm', unit)],
    quorum: 2,
    policyVersion: '1',
    expiresAt: new Date(rest.expires),
    passMinutes: 480,
  });
}
