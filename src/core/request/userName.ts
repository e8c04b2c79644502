import type { FieldFault } from '../refusal.ts';

/**
 * Checks the part of a user principal name before the `@`.
 *
 * Rules: letters, digits and `' . - _ ! # ^ ~`; at most 64 before the `@`, 113 in all; no dot at either end; no blank
 * (Learn, concept-sspr-policy, 2026-05-26; domain.md A21: the sample name of Microsoft's own tutorial, with a blank in it, is not legal).
 * We leave out `#` and `'`: legal, but they break links and filters wherever somebody forgets to encode them.
 *
 * @returns the fault, or `undefined` when the name is legal
 */
export function userNameFault(name: string, domain: string): FieldFault | undefined {
  const field = 'userName';
  if (name === '') return { field, problem: 'missing' };
  const illegal = /[^A-Za-z0-9.\-_!^~]/u.exec(name)?.[0];
  if (illegal !== undefined) return { field, problem: 'illegal-character', detail: nameOfCharacter(illegal) };
  if (name.startsWith('.') || name.endsWith('.') || name.includes('..')) return { field, problem: 'ends-with-dot' };
  if (name.length > 64 || name.length + 1 + domain.length > 113) return { field, problem: 'too-long', detail: '64' };
  return undefined;
}

/** Says a character so that it can be seen: a blank or an invisible one by name or code. */
function nameOfCharacter(character: string): string {
  if (character === ' ') return 'a blank';
  if (/^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
