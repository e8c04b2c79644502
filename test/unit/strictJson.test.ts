import { JsonRefused, parseStrict } from '../../src/http/strictJson.ts';

const why = (text: string): string => {
  try {
    parseStrict(text);
    return 'read';
  } catch (error) {
    expect(error).toBeInstanceOf(JsonRefused);
    expect(error).toMatchObject({ name: 'JsonRefused' });
    return error instanceof Error ? error.message : '';
  }
};

describe('HT-7: one reading of a text, and no way to a prototype', () => {
  const REPEATED = 'a key is repeated or names a prototype';
  test.each([
    ['{"a":1,"a":2}'],
    ['{"a" :1,"a" :2}'],
    ['{"a"\t:1,"a"\r\n:2}'],
    ['{ "a" : 1 , "b" : {} , "a" : 2 }'],
    ['{"a":1,"\\u0061":2}'],
    ['{"x":[{"a":1,"a":2}]}'],
    ['{"x":{"a":1},"y":{"a":1,"b":2,"a":3}}'],
    ['{"__proto__":1}'],
    ['{"__proto__" \n:1}'],
    ['{"constructor":1}'],
    ['{"prototype":1}'],
    ['{"a":[[{"__proto__" :{}}]]}'],
    ['{"\\u005f\\u005fproto__":1}'],
    ['{"":1,"":2}'],
  ])('%s is refused', (text) => {
    expect(why(text)).toBe(REPEATED);
  });

  test.each([
    ['{}'],
    [' {"a" : 1 } \n'],
    ['{"a":{"a":{"a":1}}}'],
    ['{"a":[{"a":1},{"a":2}],"b":{"a":3}}'],
    ['{"a":"\\"a\\":","b":"{\\"a\\":1,\\"a\\":2}"}'],
    ['{"a":"__proto__","b":["__proto__","constructor"]}'],
    ['{"a":"x","A":"y","a ":"z"}'],
    ['{"a":"\\",\\"b\\":1,\\"b\\":2"}'],
    ['{"a":"\\\\","b":1}'],
  ])('%s is read as JSON.parse reads it', (text) => {
    expect(parseStrict(text)).toEqual(JSON.parse(text));
  });
});

describe('HT-2: one object within limits, or a reason that quotes nothing', () => {
  test.each([
    [''],
    ['{'],
    ['}'],
    ['{"a"}'],
    ['{"a":}'],
    ['{"a":1,}'],
    ['{"a":1}}'],
    ['"a":1'],
    ['["a":1]'],
    ['["a":1,"a":2]'],
    ['{"x":["__proto__":1]}'],
    ['{"a":"'],
    ['{"a\\'],
    ['{"\\u12":1}'],
    ['{"a\n":1}'],
    ['\ufeff{}'],
    ['{"secret": }'],
  ])('%j is not JSON', (text) => {
    expect(why(text)).toBe('not JSON');
  });

  test.each([['[]'], ['"a"'], ['1'], ['true'], ['null'], ['[{"a":1}]']])('%s is not an object', (text) => {
    expect(why(text)).toBe('not an object');
  });

  test('64 deep is read, 65 is not, by any way down', () => {
    const lists = (depth: number) => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    const objects = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    expect([why(lists(63)), why(objects(64))]).toEqual(['read', 'read']);
    expect([why(lists(64)), why(objects(65)), why('['.repeat(100_000))]).toEqual(Array(3).fill('nested too deep'));
    // Beside each other is not inside each other.
    expect(why(`{"a":[${'[],'.repeat(200)}[]],"b":{${Array.from({ length: 200 }, (_, index) => `"${index}":{}`).join(',')}}}`)).toBe(
      'read',
    );
  });
});
