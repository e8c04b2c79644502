import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { jsonLog, type LogLevel } from '../../src/logging/jsonLog.ts';

function capture(level: LogLevel = 'info') {
  const written: string[] = [];
  const log = jsonLog(level, (line) => void written.push(line));
  return { log, written, record: (index = 0): Record<string, unknown> => JSON.parse(written[index] ?? '{}') };
}

describe('a log record', () => {
  test('is one JSON object with instant, level, event and fields', () => {
    const { log, record } = capture();
    log.info('step.done', { requestId: 'R-1', count: 2 });
    expect(record()).toEqual({ at: expect.any(String), level: 'info', event: 'step.done', requestId: 'R-1', count: 2 });
    expect(new Date(String(record().at)).toISOString()).toBe(record().at);
  });

  test('carries the fields of its parents', () => {
    const { log, record } = capture();
    log.child({ replica: 'a' }).child({ job: 7 }).warn('late', { ms: 12 });
    expect(record()).toMatchObject({ level: 'warn', event: 'late', replica: 'a', job: 7, ms: 12 });
  });

  test.each<[LogLevel, string[]]>([
    ['debug', ['info', 'warn', 'error']],
    ['info', ['info', 'warn', 'error']],
    ['warn', ['warn', 'error']],
    ['error', ['error']],
    ['silent', []],
  ])('at level %s only what weighs as much is written, by children too', (level, expected) => {
    const { log, written } = capture(level);
    for (const each of [log, log.child({ a: 1 })]) {
      each.info('one');
      each.warn('two');
      each.error('three');
    }
    expect(written.map((line) => JSON.parse(line).level)).toEqual([...expected, ...expected]);
  });

  test('CM-7: is one line, safe in a terminal, and says the text it was given, whatever that is', () => {
    const nasty = fc.constantFrom(
      '\n',
      '\r',
      '\u2028',
      '\u2029',
      '\u0085',
      '\u009b31m',
      '\u001b[2J',
      '\u007f',
      '\u0000',
      '\u202e',
      '\u2066',
      '"}\n{"a":1',
    );
    const text = fc.array(fc.oneof(nasty, fc.string({ unit: 'binary' })), { maxLength: 6 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, text, (event, value) => {
        const { log, written, record } = capture();
        log.child({ parent: value }).error(event, { value, nested: { list: [value] }, error: new Error(value.slice(0, 400)) });
        expect(written).toHaveLength(1);
        const line = written[0] ?? '';
        expect(line.endsWith('\n')).toBe(true);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those are looked for
        expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/);
        expect(record()).toMatchObject({ event, parent: value, value, nested: { list: [value] }, error: { message: value.slice(0, 400) } });
      }),
      { numRuns: 500 },
    );
  });

  test('of an error keeps name, message, codes and the top of the stack: no parameters, no query, no cause', () => {
    const { log, written, record } = capture();
    const error = Object.assign(new Error('insert failed', { cause: new Error('value CANARY-cause') }), {
      sqlState: '23505',
      constraint: 'one_name',
      status: 409,
      code: 'Conflict',
      requestId: 'q-1',
      parameters: ['CANARY-parameter'],
      query: 'insert CANARY-query',
      detail: 'CANARY-detail',
      headers: { authorization: 'CANARY-token' },
    });
    log.error('store.failed', { error, list: [error] });
    expect(written[0]).not.toContain('CANARY');
    const kept = {
      name: 'Error',
      message: 'insert failed',
      sqlState: '23505',
      constraint: 'one_name',
      status: 409,
      code: 'Conflict',
      requestId: 'q-1',
    };
    expect(record().error).toEqual({ ...kept, stack: expect.any(Array) });
    const { stack } = record().error as { stack: string[] };
    expect(stack.length).toBeGreaterThan(0);
    expect(stack.length).toBeLessThanOrEqual(8);
    for (const frame of stack) expect(frame).toMatch(/^at /);
  });

  test('AU-8: of an error that would write itself, headers and all, keeps no more than of any other', () => {
    const { log, written, record } = capture();
    const error = Object.assign(new TypeError('no answer'), {
      toJSON: () => ({ config: { headers: { authorization: 'Bearer CANARY' } } }),
    });
    log.error('send.failed', { error });
    expect(written[0]).not.toContain('CANARY');
    expect(record().error).toMatchObject({ name: 'TypeError', message: 'no answer' });
  });

  test('has bounds: of a long message the beginning', () => {
    const { log, written, record } = capture();
    log.error('failed', { error: new Error('x'.repeat(100_000)) });
    expect((record().error as { message: string }).message).toHaveLength(500);
    expect((written[0] ?? '').length).toBeLessThan(4000);
  });

  test('does not fail for a number JSON has no form for', () => {
    const { log, record } = capture();
    log.info('counted', { rows: 12n });
    expect(record()).toMatchObject({ rows: '12' });
  });
});
