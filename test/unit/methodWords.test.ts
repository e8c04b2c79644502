import { describe, expect, test } from '@jest/globals';
import { methodWords, withArticle } from '../../src/core/posture/methodWords.ts';
import { bracketed, quoted } from '../../src/core/quoted.ts';
import { NOON } from '../support/builders.ts';

describe('a sign-in method as people know it', () => {
  const key = { id: 'x', kind: 'fido2' };
  test.each([
    [{ ...key, displayName: 'Blue', model: 'Tokenring 5', createdAt: NOON }, 'security key “Blue” (Tokenring 5, registered 2026-11-22)'],
    [{ ...key, displayName: 'Tokenring 5', model: 'Tokenring 5' }, 'security key “Tokenring 5”'],
    [{ ...key, model: 'Tokenring 5' }, 'security key (Tokenring 5)'],
    [{ ...key, createdAt: NOON }, 'security key (registered 2026-11-22)'],
    [key, 'security key (id x)'],
    [{ id: 'a', kind: 'microsoftAuthenticator', displayName: 'Pixel 9' }, 'Authenticator app “Pixel 9”'],
    [{ id: 't', kind: 'phone' }, 'telephone'],
    [{ id: 'a', kind: 'telepathy', displayName: 'Mal' }, 'sign-in method of the kind “telepathy” “Mal”'],
  ])('%j', (method, words) => expect(methodWords(method)).toBe(words));

  test('with the article that it takes', () =>
    expect(['Authenticator app', 'app', 'telephone'].map(withArticle)).toEqual(['an Authenticator app', 'an app', 'a telephone']));
});

describe('names that somebody hostile chose', () => {
  test('close neither the quotes nor the brackets they stand in', () => {
    expect(quoted('spare” from it, and nothing “else')).toBe('“spare’ from it, and nothing ’else”');
    expect(quoted('"„«x»‟″')).toBe('“’’’x’’’”');
    expect(bracketed('a) of ours (b[c]{d}')).toBe('a  of ours  b c  d');
    const method = { id: 'x', kind: 'fido2', displayName: 'a” (b', model: 'c), registered 2020-01-01 (d' };
    expect(methodWords(method)).toBe('security key “a’ (b” (c , registered 2020-01-01  d)');
  });

  test('push nothing of the sentence out of sight, and are cut at whole characters', () => {
    expect(quoted('x'.repeat(64))).toBe(`“${'x'.repeat(64)}”`);
    for (const name of [quoted('x'.repeat(65)), quoted('🔑'.repeat(300))]) {
      expect([...name]).toHaveLength(66);
      expect(name.endsWith('…”') && name.isWellFormed()).toBe(true);
    }
  });

  test('with half a character in them have a digest all the same', () =>
    expect([quoted('a\ud83d'), bracketed('\udd11b')].map((name) => name.isWellFormed())).toEqual([true, true]));
});
