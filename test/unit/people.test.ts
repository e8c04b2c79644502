import { PEOPLE, ROLE_GROUPS } from '../../sandbox/world.ts';
import type { Graph } from '../../src/graph/client.ts';
import { GraphFault } from '../../src/graph/faults.ts';
import { graphPeople } from '../../src/graph/people.ts';

type Row = Readonly<Record<string, unknown>>;
const ID = PEOPLE.ann.objectId;
const ANN: Row = { id: ID, displayName: 'Ann Archer', accountEnabled: true, userType: 'Member', employeeId: 'E1002' };
const fault = (status: number): GraphFault => new GraphFault('GET /users', { status, code: 'X', detail: 'x' });

/** People over a Graph that answers what a test says. */
function peopleOver(answers: { row?: Row | GraphFault; groups?: readonly string[] | GraphFault; members?: readonly Row[] | GraphFault }) {
  const asked: { path: string; body?: unknown }[] = [];
  const give = async <T>(answer: unknown): Promise<T> => {
    if (answer instanceof GraphFault) throw answer;
    return answer as T;
  };
  const graph: Graph = {
    origin: 'https://graph.example',
    get: () => Promise.reject(new Error('not asked')),
    patch: () => Promise.reject(new Error('not asked')),
    remove: () => Promise.reject(new Error('not asked')),
    find(path) {
      asked.push({ path });
      return give('row' in answers ? answers.row : ANN);
    },
    post(path, body) {
      asked.push({ path, body });
      const groups = answers.groups ?? [ROLE_GROUPS.approver];
      return give(groups instanceof GraphFault ? groups : { value: groups });
    },
    list(path) {
      asked.push({ path });
      return give(answers.members ?? []);
    },
  };
  return { asked, people: graphPeople(graph, { groups: ROLE_GROUPS, personKeyAttribute: 'employeeId' }) };
}
const lookUp = (answers: Parameters<typeof peopleOver>[0]) => peopleOver(answers).people.lookUp(ID);

describe('who somebody is', () => {
  test('ID-1 ID-4: asked by object id, with every group of a role, and found with the roles of those they are in', async () => {
    const { asked, people } = peopleOver({ groups: [ROLE_GROUPS.approver.toUpperCase(), ROLE_GROUPS.auditor, 'some-other-group'] });
    expect(await people.lookUp(ID)).toEqual({
      ok: true,
      person: { objectId: ID, personKey: 'e1002', name: 'Ann Archer' },
      roles: new Set(['approver', 'auditor']),
    });
    expect(asked).toEqual([
      { path: `/users/${ID}?$select=id,displayName,accountEnabled,userType,employeeId` },
      { path: `/users/${ID}/checkMemberGroups`, body: { groupIds: Object.values(ROLE_GROUPS) } },
    ]);
  });

  test('ID-4: nothing is remembered: every look-up asks again', async () => {
    const { asked, people } = peopleOver({});
    await people.lookUp(ID);
    await people.lookUp(ID);
    expect(asked).toHaveLength(4);
  });

  test.each([
    ['a guest', { userType: 'Guest' }, 'guest'],
    ['of no known kind', { userType: null }, 'guest'],
    ['of a kind in other letters', { userType: 'member' }, 'guest'],
    ['disabled', { accountEnabled: false }, 'disabled'],
    ['neither enabled nor disabled', { accountEnabled: null }, 'disabled'],
    ['enabled by a word', { accountEnabled: 'true' }, 'disabled'],
  ])('ID-2: %s has no rights, whatever group it is in', async (_what, change, why) => {
    expect(await lookUp({ row: { ...ANN, ...change } })).toEqual({ ok: false, why, name: 'Ann Archer' });
  });

  test.each([[null], [undefined], [''], ['  '], [7], [['E1002']]])(
    'ID-3: with %p for a person key an account is not eligible',
    async (employeeId) => {
      expect(await lookUp({ row: { ...ANN, employeeId } })).toEqual({ ok: false, why: 'no-person-key', name: 'Ann Archer' });
    },
  );

  test('ID-3: blanks around a person key, letter case and other forms of a letter make no second human', async () => {
    for (const employeeId of [' E1002 ', 'e1002', '\uFF251002']) {
      expect(await lookUp({ row: { ...ANN, employeeId } })).toMatchObject({ person: { personKey: 'e1002' } });
    }
  });

  test.each([[null], [''], [7]])('a display name of %p is the object id, for reading only', async (displayName) => {
    expect(await lookUp({ row: { ...ANN, displayName } })).toMatchObject({ person: { name: ID } });
  });

  test('who is not there is unknown, also when the groups are still answered', async () => {
    expect(await lookUp({ row: undefined as unknown as Row })).toEqual({ ok: false, why: 'unknown' });
    expect(await lookUp({ row: undefined as unknown as Row, groups: fault(404) })).toEqual({ ok: false, why: 'unknown' });
  });

  test('ID-4: groups of somebody who is gone from there are none', async () => {
    expect(await lookUp({ groups: fault(404) })).toMatchObject({ ok: true, roles: new Set() });
  });

  test.each([0, 400, 401, 403, 429, 500, 503])('ID-4: when either look-up is answered %i nobody is a member', async (status) => {
    expect(await lookUp({ groups: fault(status) })).toEqual({ ok: false, why: 'look-up-failed' });
    expect(await lookUp({ row: fault(status) })).toEqual({ ok: false, why: 'look-up-failed' });
  });

  test('a fault of ours is not taken for an answer of the directory', async () => {
    const { people } = peopleOver({});
    const broken = {
      ...ANN,
      get id(): string {
        throw new RangeError('ours');
      },
    };
    await expect(peopleOver({ row: broken }).people.lookUp(ID)).rejects.toThrow('ours');
    expect((await people.lookUp(ID)).ok).toBe(true);
  });
});

describe('who holds a role', () => {
  test('ID-2 ID-4: the effective members of the group that are eligible people; no application, no device, no group', async () => {
    const bob = { ...ANN, id: PEOPLE.bob.objectId, displayName: 'Bob Baker', employeeId: 'E1003', '@odata.type': '#microsoft.graph.user' };
    const { asked, people } = peopleOver({
      members: [
        ANN,
        bob,
        { ...ANN, '@odata.type': '#microsoft.graph.servicePrincipal' },
        { ...ANN, '@odata.type': '#microsoft.graph.device' },
        { ...ANN, '@odata.type': '#microsoft.graph.group' },
        { ...ANN, userType: 'Guest' },
        { ...ANN, accountEnabled: false },
        { ...ANN, employeeId: null },
      ],
    });
    expect(await people.holders('approver')).toStrictEqual([
      { objectId: ID, personKey: 'e1002', name: 'Ann Archer' },
      { objectId: PEOPLE.bob.objectId, personKey: 'e1003', name: 'Bob Baker' },
    ]);
    expect(asked[0]?.path).toBe(
      `/groups/${ROLE_GROUPS.approver}/transitiveMembers?$select=id,displayName,accountEnabled,userType,employeeId&$top=999`,
    );
  });

  test('ID-4: a list that cannot be read whole is a fault, never a shorter list', async () => {
    await expect(peopleOver({ members: fault(503) }).people.holders('approver')).rejects.toBeInstanceOf(GraphFault);
  });
});
