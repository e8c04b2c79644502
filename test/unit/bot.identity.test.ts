import { HOME_TENANT, OTHER_TENANT_ID, PEOPLE } from '../../sandbox/world.ts';
import type { Lookup, People } from '../../src/app/ports.ts';
import { actorOf, isOfTenant, objectIdOf } from '../../src/bot/identity.ts';
import type { Role } from '../../src/core/people.ts';
import { person } from '../support/builders.ts';

type Activity = Parameters<typeof objectIdOf>[0];
const ID = PEOPLE.ann.objectId;
const HOME = HOME_TENANT.id;
const OTHER = OTHER_TENANT_ID;
const by = (aadObjectId: unknown): Activity => ({ from: { id: PEOPLE.ann.mri, name: PEOPLE.ann.name, aadObjectId } }) as Activity;
/** @param channel the tenant in the channel's data @param conversation the tenant in the conversation; left out, not named */
const at = (channel?: unknown, conversation?: unknown): Activity =>
  ({
    ...by(ID),
    conversation: conversation === undefined ? { id: 'c' } : { id: 'c', tenantId: conversation },
    channelData: channel === undefined ? {} : { tenant: { id: channel } },
  }) as unknown as Activity;

describe('ID-1: a person is the object id the channel names, or nobody', () => {
  test('in any letter case', () => {
    expect(objectIdOf(by(ID))).toBe(ID);
    expect(objectIdOf(by(ID.toUpperCase()))).toBe(ID);
  });

  test.each([
    [undefined],
    [null],
    [''],
    [7],
    [[ID]],
    [{ id: ID }],
    [PEOPLE.ann.userPrincipalName],
    [PEOPLE.ann.mri],
    [PEOPLE.ann.name],
    [`${ID} `],
    [` ${ID}`],
    [`${ID}0`],
    [`0${ID}`],
    [`{${ID}}`],
    [ID.replaceAll('-', '')],
    [ID.replace('-', '_')],
    [ID.slice(0, -1)],
    [`${ID.slice(0, -1)}g`],
    [`${ID}\n`],
    [`${ID}/../${PEOPLE.bob.objectId}`],
  ])('%j is nobody', (aadObjectId) => {
    expect(objectIdOf(by(aadObjectId))).toBeUndefined();
  });

  test('without a sender it is nobody', () => {
    expect(objectIdOf({} as Activity)).toBeUndefined();
  });
});

describe('ID-2: every tenant that is named is ours, and one is', () => {
  test.each([
    ['in both places', at(HOME, HOME), true],
    ['in the channel’s data', at(HOME), true],
    ['in the conversation', at(undefined, HOME), true],
    ['in upper case', at(HOME.toUpperCase(), HOME.toUpperCase()), true],
    ['nowhere', at(), false],
    ['another in both', at(OTHER, OTHER), false],
    ['another in the channel’s data', at(OTHER, HOME), false],
    ['another in the conversation', at(HOME, OTHER), false],
    ['another in the only place', at(undefined, OTHER), false],
    ['a number', at(7, HOME), false],
    ['a number in the conversation', at(HOME, 7), false],
    ['nothing in the conversation, which is no silence', at(HOME, null), false],
    ['a list', at([HOME], HOME), false],
    ['an empty text', at('', HOME), false],
  ])('%s', (_where, activity, expected) => {
    expect(isOfTenant(activity, HOME)).toBe(expected);
  });

  test('an activity without conversation names none', () => {
    expect(isOfTenant({} as Activity, HOME)).toBe(false);
  });
});

describe('who acts', () => {
  function peopleWith(answer: Lookup): People & { readonly asked: string[] } {
    const asked: string[] = [];
    return {
      asked,
      lookUp: async (objectId) => {
        asked.push(objectId);
        return answer;
      },
      holders: () => Promise.reject(new Error('not asked')),
    };
  }
  const known: Lookup = { ok: true, person: person('ann'), roles: new Set<Role>(['approver']) };

  test('ID-4: a person with the roles the directory gives now; it is asked by object id alone, every time', async () => {
    const people = peopleWith(known);
    expect(await actorOf(at(HOME), HOME, people)).toEqual({ kind: 'person', person: person('ann'), roles: new Set(['approver']) });
    await actorOf(at(HOME), HOME, people);
    expect(people.asked).toEqual([ID, ID]);
  });

  test.each(['guest', 'disabled', 'unknown', 'no-person-key', 'look-up-failed'] as const)(
    'ID-2 ID-4: whom the directory calls %s is a stranger by that reason',
    async (why) => {
      const people = peopleWith({ ok: false, why });
      expect(await actorOf(at(HOME), HOME, people)).toEqual({ kind: 'stranger', objectId: ID, why });
    },
  );

  test('ID-2: somebody of another tenant is a stranger, and the directory is not asked', async () => {
    const people = peopleWith(known);
    expect(await actorOf(at(OTHER), HOME, people)).toEqual({ kind: 'stranger', objectId: ID, why: 'other-tenant' });
    const nameless = { ...at(OTHER), from: {} } as Activity;
    expect(await actorOf(nameless, HOME, people)).toEqual({ kind: 'stranger', objectId: 'unknown', why: 'other-tenant' });
    expect(people.asked).toEqual([]);
  });

  test('ID-1: without an object id it is a stranger, and the directory is not asked', async () => {
    const people = peopleWith(known);
    const nameless = { ...at(HOME), from: { id: PEOPLE.ann.mri, name: PEOPLE.ann.name } } as Activity;
    expect(await actorOf(nameless, HOME, people)).toEqual({ kind: 'stranger', objectId: 'unknown', why: 'unknown' });
    expect(people.asked).toEqual([]);
  });
});
