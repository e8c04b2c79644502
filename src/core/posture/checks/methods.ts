import { eachExisting, fail, judgedBy, list, notApplicable, type PostureCheck, pass, REMOVABLE_METHODS, type Repair } from '../check.ts';
import type { AuthenticationMethod } from '../snapshot.ts';

const LEARN = 'Learn, security-emergency-access, 2026-06-04';

/** What resists phishing, and satisfies mandatory multifactor authentication. */
export const isPhishingResistant = ({ kind }: AuthenticationMethod): boolean => kind === 'fido2' || kind === 'x509Certificate';
const isDeviceBound = ({ kind, passkeyType }: AuthenticationMethod): boolean => kind === 'fido2' && passkeyType !== 'synced';

export const phishingResistant: PostureCheck = {
  id: 'phishing-resistant',
  title: 'A method that resists phishing',
  severity: 'critical',
  source: LEARN,
  run: (snapshot, registry) =>
    eachExisting(snapshot, registry, ({ methods }) =>
      judgedBy(methods, snapshot, (found) =>
        found.some(isPhishingResistant)
          ? pass('It has a security key or a certificate.')
          : fail(
              'It has neither a security key nor a certificate.',
              'Register two security keys: a password alone no longer opens the portals.',
            ),
      ),
    ),
};

export const twoKeys: PostureCheck = {
  id: 'two-keys',
  title: 'Two keys that cannot leave their device',
  severity: 'advice',
  source: 'azd-emergency-access, 2026-08-22; Learn, passkey profiles, 2026-03',
  run: (snapshot, registry) =>
    eachExisting(snapshot, registry, ({ methods }) =>
      judgedBy(methods, snapshot, (found) => {
        if (!found.some(isPhishingResistant)) return notApplicable('It has no key at all, which is a finding of its own.');
        const keys = found.filter(isDeviceBound).length;
        return keys >= 2
          ? pass(`It has ${keys}.`)
          : fail(keys === 0 ? 'It has none.' : 'It has one.', 'Register another one, kept in another place.');
      }),
    ),
};

/** The password cannot be removed and is no method one chooses (zerotrustassessment#579). */
const isWanted = (method: AuthenticationMethod): boolean => method.kind === 'password' || isPhishingResistant(method);

export const weakMethods: PostureCheck = {
  id: 'weak-methods',
  title: 'No telephone, mail, app or other method of a person',
  severity: 'warning',
  source: LEARN,
  run: (snapshot, registry) =>
    eachExisting(snapshot, registry, ({ methods }, { id: accountId }) =>
      judgedBy(methods, snapshot, (found) => {
        const unwanted = found.filter((method) => !isWanted(method));
        if (unwanted.length === 0) return pass('It has none.');
        const changes = unwanted.flatMap(({ kind, id }): Repair[] => {
          const method = REMOVABLE_METHODS.find((each) => each === kind);
          return method ? [{ kind: 'remove-method', method, methodId: id }] : [];
        });
        const evidence = `It has ${list(unwanted.map(({ kind }) => kind))}.`;
        const advice = 'Find out who registered it, then remove it: it ties the account to one person.';
        return fail(evidence, advice, changes.length === unwanted.length ? { accountId, changes } : undefined);
      }),
    ),
};
