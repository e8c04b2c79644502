import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { concernOf, TELLTALES } from '../../src/core/alert/concern.ts';
import { prefilter, SHORTEST } from '../../src/signals/filter.ts';
import { sieve } from '../../src/signals/sift.ts';
import { aChange } from '../support/builders.ts';

const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
const guid = fc.tuple(hex(8), hex(4), hex(4), hex(4), hex(12)).map((parts) => parts.join('-'));
const WATCHED = ['3e9d1c5a-7b42-4f60-8a1e-5c2d9b7f4e10', '00000000-0000-4000-8000-00000000000a', 'ffffffff-ffff-4fff-bfff-ffffffffffff'];
const ids = new Set(WATCHED);

/** The id in any case, alone or inside something longer, as a value, a key, or in JSON inside JSON. */
const cased = fc
  .tuple(fc.constantFrom(...WATCHED), fc.infiniteStream(fc.boolean()))
  .map(([id, upper]) => [...id].map((letter) => (upper.next().value ? letter.toUpperCase() : letter)).join(''));
const anyId = fc.oneof({ weight: 3, arbitrary: guid }, { weight: 1, arbitrary: cased });
const text = fc.oneof(
  anyId,
  fc.string({ maxLength: 20 }),
  fc.tuple(fc.string({ maxLength: 6 }), anyId, fc.string({ maxLength: 6 })).map((parts) => parts.join('')),
  anyId.map((id) => JSON.stringify([{ oldValue: JSON.stringify({ id }) }])),
);
const { record } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.constant(null),
    fc.integer(),
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('record'),
  ),
  record: fc.dictionary(fc.oneof(fc.constantFrom('userId', 'properties', 'id', 'targetResources'), text), tie('value'), { maxKeys: 5 }),
}));

/** JSON text in which any character may be written as an escape, as any serialiser might. */
const escaped = (json: string, choose: () => number): string => {
  let inString = false;
  let result = '';
  for (let at = 0; at < json.length; at += 1) {
    const character = json.charAt(at);
    if (character === '"') inString = !inString;
    if (inString && character === '\\') {
      result += character + json.charAt(at + 1);
      at += 1;
    } else if (inString && character !== '"' && choose() % 9 === 0) result += `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
    else if (inString && character === '/' && choose() % 2 === 0) result += '\\/';
    else result += character;
  }
  return result;
};

const layout = fc.record({
  form: fc.constantFrom('records', 'array', 'lines', 'one', 'pretty'),
  mark: fc.boolean(),
  escapes: fc.constantFrom('none', 'none', 'some'),
  offset: fc.nat({ max: 5 }),
  packing: fc.constantFrom('plain', 'plain', 'plain', 'gzip', 'utf-16'),
  seed: fc.infiniteStream(fc.nat({ max: 1_000 })),
});
type Layout = typeof layout extends fc.Arbitrary<infer T> ? T : never;

function written(records: readonly unknown[], { form, mark, escapes, offset, packing, seed }: Layout): Uint8Array {
  const say = (value: unknown, indent?: number): string => {
    const json = JSON.stringify(value, undefined, indent);
    return escapes === 'some' ? escaped(json, () => seed.next().value ?? 0) : json;
  };
  const body =
    form === 'lines'
      ? records.map((each) => say(each)).join('\r\n')
      : form === 'one'
        ? say(records[0] ?? {})
        : say(form === 'array' ? records : { records }, form === 'pretty' ? 2 : undefined);
  const marked = `${mark ? '\uFEFF' : ''}${body}`;
  const bytes =
    packing === 'utf-16' ? Buffer.from(`\uFEFF${body}`, 'utf16le') : packing === 'gzip' ? gzipSync(marked) : Buffer.from(marked);
  // At any place in memory, as buffers of a socket lie.
  const room = Buffer.alloc(bytes.length + offset);
  bytes.copy(room, offset);
  return room.subarray(offset);
}

/** The plain way: everything the parser gives, decoded to the end, lower case, looked through for every id. */
function mentions(value: unknown): boolean {
  if (typeof value === 'string') {
    if (WATCHED.some((id) => value.toLowerCase().includes(id))) return true;
    try {
      const within: unknown = JSON.parse(value);
      return typeof within === 'object' && mentions(within);
    } catch {
      return false;
    }
  }
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, each]) => mentions(key) || mentions(each));
}

describe('the filter of a stream', () => {
  const it = sieve(ids);

  test('AL-5: finds exactly what the plain parser finds, whatever order, escapes, case, fields, layout and packing', () => {
    let held = 0;
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 4 }), layout, (records, how) => {
        const said = how.form === 'one' ? records.slice(0, 1) : records;
        const wanted = said.filter(mentions).length;
        held += wanted > 0 ? 1 : 0;
        const bytes = written(said, how);
        const { finds, unreadable } = it.sift(bytes);
        expect(finds.map(({ record: found }) => found)).toHaveLength(wanted);
        expect(unreadable).toBeUndefined();
      }),
      { numRuns: 1_500 },
    );
    expect(held).toBeGreaterThan(200); // the cases are not all empty
  });

  test('AL-5: of an event cut off anywhere, nothing is dropped in silence: what came whole is found, and the cut is told', () => {
    const user = {
      properties: { userId: WATCHED[0], createdDateTime: '2026-11-22T12:00:00Z', id: 'row' },
      category: 'SignInLogs',
      tenantId: 't',
    };
    const whole = Buffer.from(JSON.stringify({ records: [{ other: 1 }, user, user] }));
    const first = whole.indexOf(JSON.stringify(user)) + JSON.stringify(user).length;
    for (let end = 1; end < whole.length; end += 1) {
      const { finds, unreadable } = it.sift(whole.subarray(0, end));
      // A cut just behind a closing bracket looks whole; then what is searched for has come or has not.
      if (end >= first) expect(finds.length).toBeGreaterThanOrEqual(1);
      if (end >= first || ![0x7d, 0x5d].includes(whole[end - 1] ?? 0)) expect(unreadable).toBeDefined();
    }
  });

  test.each(['{"a":1', 'no JSON at all', '\u0000\u0001', '{"records":[{"a":1},'])('AL-5: %j is told, not dropped', (said) => {
    expect(it.sift(Buffer.from(said)).unreadable).toBeDefined();
  });

  test('passes by what nobody watches, without parsing it', () => {
    const own = prefilter([...ids]);
    fc.assert(
      fc.property(fc.array(guid, { maxLength: 40 }), (others) => {
        const bytes = Buffer.from(JSON.stringify({ records: others.map((userId) => ({ userId, name: "O\u0027Neil & 'Sons'" })) }));
        expect(own(bytes)).toBe(others.some((id) => ids.has(id)));
      }),
    );
    // What .NET writes as escapes hides no id.
    expect(own(Buffer.from('{"a":"O\\u0027Neil \\u0026 Sons \\u002B \\u003C"}'))).toBe(false);
  });

  test('finds one needle of thousands at every place', () => {
    const many = Array.from({ length: 3_000 }, (_id, index) => `${index.toString(16).padStart(8, '0')}-1234-4abc-8def-0123456789ab`);
    const own = prefilter(many);
    for (let before = 0; before < 70; before += 1) {
      const wanted = many[(before * 43) % many.length] ?? '';
      expect(own(Buffer.from(`{"${'x'.repeat(before)}":"${wanted.toUpperCase()}"}`))).toBe(true);
      expect(own(Buffer.from(`{"${'x'.repeat(before)}":"${wanted.slice(0, -1)}f"}`))).toBe(false);
    }
  });

  test('refuses needles it could pass by', () => {
    expect(() => prefilter(['x'.repeat(SHORTEST - 1)])).toThrow(RangeError);
    expect(() => prefilter(['naïve-naïve-naïve-naïve-naïve'])).toThrow(RangeError);
  });
});

test('AL-5: whatever concerns us by its activity alone is found in the stream', () => {
  const it = sieve(new Set());
  const verbs = ['Add', 'Update', 'Delete', 'write', 'delete', 'action'];
  const subjects = [
    ...[
      'conditional access policy',
      'named location',
      'Authentication Methods Policy',
      'member to Restricted Management Administrative Unit',
    ],
    ...['diagnosticSettings', 'actionGroups', 'alertRules', 'metricAlerts', 'activityLogAlerts', 'scheduledQueryRules'].map(
      (name) => `Microsoft.Insights/${name}`,
    ),
    ...['microsoft.aadiam/diagnosticSettings', 'Microsoft.AlertsManagement/actionRules', 'Microsoft.SecurityInsights/alertRules'],
    ...[
      'Microsoft.OperationalInsights/workspaces',
      'Microsoft.EventHub/namespaces',
      'Microsoft.EventHub/namespaces/eventhubs',
      'user',
      'Microsoft.Web/sites',
    ],
  ];
  let concerned = 0;
  for (const subject of subjects) {
    for (const verb of verbs) {
      for (const activity of [`${verb} ${subject}`, `${subject}/${verb}`, `${subject}/${verb}`.toUpperCase()]) {
        const concern = concernOf(aChange({ activity, targets: [] }), { users: new Set() });
        const change = { activityDisplayName: activity, activityDateTime: '2026-11-22T12:00:00Z', correlationId: 'c', targetResources: [] };
        const event = { category: 'AuditLogs', tenantId: 't', properties: change };
        const bytes = Buffer.from(JSON.stringify({ records: [event] }).replaceAll('/', verb === 'write' ? '\\/' : '/'));
        expect([activity, it.sift(bytes).finds.length]).toEqual([activity, concern === undefined ? 0 : 1]);
        concerned += concern === undefined ? 0 : 1;
      }
    }
  }
  expect(concerned).toBeGreaterThan(60);
  expect(TELLTALES.every((each) => each === each.toLowerCase())).toBe(true);
});
