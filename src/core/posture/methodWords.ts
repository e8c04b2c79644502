import { bracketed, quoted } from '../quoted.ts';
import type { AuthenticationMethod } from './snapshot.ts';

const NOUNS: Readonly<Record<string, string>> = {
  fido2: 'security key',
  x509Certificate: 'certificate',
  phone: 'telephone',
  email: 'mail address',
  microsoftAuthenticator: 'Authenticator app',
  softwareOath: 'app with one-time codes',
  temporaryAccessPass: 'Temporary Access Pass',
  windowsHelloForBusiness: 'Windows Hello for Business',
  platformCredential: 'credential of a Mac',
};

/**
 * A sign-in method as people know it: what it is, how it was named, its model, since when it is there; of a key among
 * others its id where there is nothing else. The same words in a finding and in the plan that removes it, so that whoever approves can tell which one it is.
 */
export function methodWords({ id, kind, displayName, model, createdAt }: AuthenticationMethod): string {
  const details = [
    ...(kind === 'fido2' && (displayName ?? model ?? createdAt) === undefined ? [`id ${bracketed(id)}`] : []),
    ...(model === undefined || model === displayName ? [] : [bracketed(model)]),
    ...(createdAt === undefined ? [] : [`registered ${createdAt.toISOString().slice(0, 10)}`]),
  ];
  return [
    NOUNS[kind] ?? `sign-in method of the kind ${quoted(kind)}`,
    ...(displayName === undefined ? [] : [quoted(displayName)]),
    ...(details.length === 0 ? [] : [`(${details.join(', ')})`]),
  ].join(' ');
}

/** `a security key`, `an Authenticator app`. */
export const withArticle = (noun: string): string => `${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`;
