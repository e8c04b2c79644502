import { isEnrolling, keysOnRecord } from '../../account/types.ts';
import { eachExisting, fail, judgedBy, list, notApplicable, type PostureCheck, pass, REMOVABLE_METHODS, type Repair } from '../check.ts';
import { methodWords, withArticle } from '../methodWords.ts';
import type { AuthenticationMethod } from '../snapshot.ts';

const LEARN = 'Learn, security-emergency-access, 2026-06-04';

/** What resists phishing, and satisfies mandatory multifactor authentication. */
export const isPhishingResistant = ({ kind }: AuthenticationMethod): boolean => kind === 'fido2' || kind === 'x509Certificate';
const isDeviceBound = ({ kind, passkeyType }: AuthenticationMethod): boolean => kind === 'fido2' && passkeyType !== 'synced';

export const phishingResistant: PostureCheck = {
  id: 'phishing-resistant',
  title: 'A method that resists phishing',
  fault: 'No method that resists phishing',
  severity: 'critical',
  source: LEARN,
  run: (snapshot, registry) =>
    eachExisting(snapshot, registry, ({ methods }) =>
      judgedBy(methods, snapshot, (found) =>
        found.some(isPhishingResistant)
          ? pass('It has a security key or a certificate.')
          : fail(
              'It has neither a security key nor a certificate.',
              'Ask for a rotation to security keys, two or more: a password alone no longer opens the portals.',
            ),
      ),
    ),
};

export const twoKeys: PostureCheck = {
  id: 'two-keys',
  title: 'Two keys that cannot leave their device',
  fault: 'Fewer than two keys that cannot leave their device',
  severity: 'advice',
  source: 'azd-emergency-access, 2026-08-22; Learn, passkey profiles, 2026-03',
  run: (snapshot, registry) =>
    eachExisting(snapshot, registry, ({ methods }) =>
      judgedBy(methods, snapshot, (found) => {
        if (!found.some(isPhishingResistant)) return notApplicable('It has no key at all, which is a finding of its own.');
        const keys = found.filter(isDeviceBound).length;
        return keys >= 2
          ? pass(`It has ${keys}.`)
          : fail(
              keys === 0 ? 'It has none.' : 'It has one.',
              'Ask for a rotation with another custodian, whose key is kept in another place.',
            );
      }),
    ),
};

/** A key opens the account alone: one that nobody here answers for makes parts and custodians worthless. */
export const unrecordedKeys: PostureCheck = {
  id: 'unrecorded-keys',
  title: 'No key but those on record',
  fault: 'A key that is on nobody’s record',
  severity: 'critical',
  source: `${LEARN}; keys compared with our record`,
  run: (snapshot, registry) =>
    eachExisting(snapshot, registry, ({ methods }, account) =>
      judgedBy(methods, snapshot, (found) => {
        if (isEnrolling(account)) return notApplicable('Its custodians are registering keys.');
        // Where it never had keys of its own here, one that somebody registered is the second factor that the portals demand.
        if (account.credential !== 'passkey' && account.kindSince === undefined)
          return notApplicable('It is opened by a password in parts; whoever has a key beside it is not on record here.');
        const known = keysOnRecord(account);
        const others = found.filter((method) => isPhishingResistant(method) && !known.has(method.id));
        const [first, ...more] = others;
        if (!first) return pass(known.size === 0 ? 'It has none.' : 'Each of them has its custodian.');
        const them = more.length === 0 ? 'it' : 'them';
        const evidence = `${others.length === 1 ? 'One is' : `${others.length} are`} on nobody’s record here: ${list(others.map(named))}.`;
        // It might be all that opens the portals; the plan that gives it keys of its own removes every other.
        if (account.credential !== 'passkey')
          return fail(evidence, `Find out who has ${them}. Then ask for a rotation to security keys: it removes every other.`);
        const changes = others.flatMap((method) => (method.kind === 'fido2' ? removalOf(method) : []));
        const advice = `Find out who has ${them}, then remove ${them}: whoever has one opens the account alone.`;
        return fail(evidence, advice, changes.length === others.length ? { accountId: account.id, changes } : undefined);
      }),
    ),
};

const named = (method: AuthenticationMethod): string => withArticle(methodWords(method));

/** Nothing where Graph cannot remove it. */
function removalOf(method: AuthenticationMethod): Repair[] {
  const kind = REMOVABLE_METHODS.find((each) => each === method.kind);
  return kind ? [{ kind: 'remove-method', method: kind, methodId: method.id, words: methodWords(method) }] : [];
}

/** The password cannot be removed and is no method one chooses (zerotrustassessment#579). */
const isWanted = (method: AuthenticationMethod): boolean => method.kind === 'password' || isPhishingResistant(method);

export const weakMethods: PostureCheck = {
  id: 'weak-methods',
  title: 'No telephone, mail, app or other method of a person',
  fault: 'A telephone, mail, app or other method of a person',
  severity: 'warning',
  source: LEARN,
  run: (snapshot, registry) =>
    eachExisting(snapshot, registry, ({ methods }, { id: accountId }) =>
      judgedBy(methods, snapshot, (found) => {
        const unwanted = found.filter((method) => !isWanted(method));
        if (unwanted.length === 0) return pass('It has none.');
        const changes = unwanted.flatMap(removalOf);
        const evidence = `It has ${list(unwanted.map(named))}.`;
        const advice = 'Find out who registered it, then remove it: it ties the account to one person.';
        return fail(evidence, advice, changes.length === unwanted.length ? { accountId, changes } : undefined);
      }),
    ),
};
