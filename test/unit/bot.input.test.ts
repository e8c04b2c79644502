import { digestFrom, idFrom, typed, typedList } from '../../src/bot/input.ts';

const refused = (problem: string, detail?: string) => ({
  ok: false,
  error: { field: 'f', problem, ...(detail === undefined ? {} : { detail }) },
});

describe('AP-10: id and digest on a button', () => {
  test.each(['R-1', 'A', 'a:b._-9', `R${'x'.repeat(79)}`, '7'])('%s is an id', (id) => {
    expect(idFrom({ id }, 'request')).toEqual({ ok: true, value: id });
  });

  test.each([
    [undefined],
    [null],
    [7],
    [['R-1']],
    [''],
    ['-R'],
    ['R 1'],
    ['R/1'],
    ['R-1\n'],
    [' R-1'],
    ["R';--"],
    ['Ré'],
    [`R${'x'.repeat(80)}`],
  ])('%j is none, and nothing of ours', (id) => {
    expect(idFrom({ id }, 'alert')).toEqual({ ok: false, error: { code: 'not-found', what: 'alert' } });
  });

  test('a digest is text that can be seen, of at most 128 characters', () => {
    for (const digest of ['a', '!~', 'a'.repeat(128)]) expect(digestFrom({ digest })).toEqual({ ok: true, value: digest });
    for (const digest of [undefined, null, 7, ['a'], '', 'a b', ' a', 'a\n', 'é', 'a'.repeat(129)])
      expect(digestFrom({ digest })).toEqual({ ok: false, error: { code: 'plan-changed' } });
  });
});

describe('CM-3 DA-7: what was typed', () => {
  test('is trimmed and in one form; what is absent is empty', () => {
    expect(typed({ f: '  why \n' }, 'f', 9)).toEqual({ ok: true, value: 'why' });
    expect(typed({ f: 'e\u0301' }, 'f', 1)).toEqual({ ok: true, value: '\u00e9' });
    for (const data of [{}, { f: null }, { f: undefined }, { f: '   ' }]) expect(typed(data, 'f', 9)).toEqual({ ok: true, value: '' });
  });

  test('is as long as it may be, measured without the blanks around it, and no longer', () => {
    expect(typed({ f: ` ${'x'.repeat(9)} ` }, 'f', 9)).toEqual({ ok: true, value: 'x'.repeat(9) });
    expect(typed({ f: 'x'.repeat(10) }, 'f', 9)).toEqual(refused('too-long', '9'));
  });

  test.each([[7], [true], [['a']], [{ toString: () => 'a' }], ['a\ud800'], ['\udc00']])('%j is no text', (f) => {
    expect(typed({ f }, 'f', 9)).toEqual(refused('not-text'));
  });

  test('a NUL is no character for a database', () => {
    expect(typed({ f: 'a\0' }, 'f', 9)).toEqual(refused('illegal-character', 'U+0000'));
  });
});

describe('CM-3 DA-7: several values of one field', () => {
  test.each([
    ['a list', ['a', ' b ', ''], ['a', 'b']],
    ['text with commas and semicolons', 'a, b;c;;', ['a', 'b', 'c']],
    ['one', 'a', ['a']],
    ['none', undefined, []],
    ['nothing', null, []],
    ['blanks', ' , ; ', []],
    ['50 of them', Array(50).fill('a'), Array(50).fill('a')],
  ])('%s', (_what, f, value) => {
    expect(typedList({ f }, 'f', 9)).toEqual({ ok: true, value });
  });

  test.each([
    ['a number', 7, refused('not-text')],
    ['an object', { a: 'b' }, refused('not-text')],
    ['a list with a number', ['a', 7], refused('not-text')],
    ['a list in a list', [['a']], refused('not-text')],
    ['one that is too long', 'a,xxxxxxxxxx', refused('too-long', '9')],
    ['one with a NUL', ['a\0'], refused('illegal-character', 'U+0000')],
    ['one that is ill-formed', ['a\ud800'], refused('not-text')],
    ['51 of them', Array(51).fill('a'), refused('too-many', '50')],
    ['51 empty ones', ','.repeat(50), refused('too-many', '50')],
  ])('%s is refused', (_what, f, expected) => {
    expect(typedList({ f }, 'f', 9)).toEqual(expected);
  });
});
