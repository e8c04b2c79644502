import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import { badRequest, invalidValue } from './graphFault.ts';
import { isObject } from './json.ts';
import type { PasswordHash } from './records.ts';

// Learn, concept-password-ban-bad: a password is normalised, each banned word in it counts one point, each other character one; 5 points pass.
const BANNED = ['password', 'passwort', 'welcome', 'qwerty', 'letmein', 'admin', 'contoso', 'fabrikam', 'northwind', 'abcdef', '123456'];
const LEET: Readonly<Record<string, string>> = { '0': 'o', '1': 'l', $: 's', '@': 'a' };
const POINTS = 5;

const CLASSES = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/] as const;

function points(password: string): number {
  const normal = (text: string): string => [...text.toLowerCase()].map((letter) => LEET[letter] ?? letter).join('');
  let rest = normal(password);
  for (const word of BANNED) rest = rest.replaceAll(normal(word), '\u0001');
  return rest.length;
}

/** 8 to 256 printable ASCII characters, three of four classes, not guessable. */
export function isStrongPassword(password: string): boolean {
  return (
    password.length >= 8 &&
    password.length <= 256 &&
    /^[\x20-\x7e]+$/.test(password) &&
    CLASSES.filter((one) => one.test(password)).length >= 3 &&
    points(password) >= POINTS
  );
}

export interface PasswordProfile {
  readonly password: string | undefined;
  readonly mustChange: boolean | undefined;
}

const NAMES = new Set(['password', 'forceChangePasswordNextSignIn', 'forceChangePasswordNextSignInWithMfa', '@odata.type']);

/** Reads and judges a passwordProfile. Throws 400 as Graph does. */
export function passwordProfileOf(value: unknown): PasswordProfile {
  if (!isObject(value) || Object.keys(value).some((name) => !NAMES.has(name))) throw invalidValue('passwordProfile', 'User');
  const { password, forceChangePasswordNextSignIn: mustChange } = value;
  if (mustChange !== undefined && typeof mustChange !== 'boolean') throw invalidValue('passwordProfile', 'User');
  if (password === undefined) return { password: undefined, mustChange };
  if (typeof password !== 'string' || !isStrongPassword(password)) {
    throw badRequest('The specified password does not comply with password complexity requirements. Please provide a different password.');
  }
  return { password, mustChange };
}

const derive = (password: string, salt: Buffer): Buffer => scryptSync(password, salt, 32, { N: 1024, r: 8, p: 1 });

export function hashPassword(password: string): PasswordHash {
  const salt = randomBytes(16);
  return { salt: salt.toString('base64'), hash: derive(password, salt).toString('base64') };
}

/** null matches nothing, and takes as long to find out. */
export function matchesPassword(password: string, kept: PasswordHash | null): boolean {
  const hash = derive(password, Buffer.from(kept?.salt ?? '', 'base64'));
  return kept !== null && timingSafeEqual(hash, Buffer.from(kept.hash, 'base64'));
}
