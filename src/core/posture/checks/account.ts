import {
  eachAccount,
  eachUser,
  fail,
  judgedAccounts,
  judgedBy,
  list,
  notApplicable,
  ofTenant,
  type PostureCheck,
  pass,
  unknown,
} from '../check.ts';

const LEARN = 'Learn, security-emergency-access, 2026-06-04';

export const enoughAccounts: PostureCheck = {
  id: 'enough-accounts',
  title: 'Two accounts or more',
  fault: 'Fewer than two accounts',
  severity: 'critical',
  source: LEARN,
  run(snapshot, registry) {
    const usable = judgedAccounts(registry).filter(({ state }) => state !== 'disabled');
    // Not "in service": that an account is only once its parts are stored and a drill has passed.
    const words = `${usable.length === 0 ? 'No account is' : usable.length === 1 ? 'One account is' : `${usable.length} accounts are`} set up and not disabled.`;
    const advice = 'Ask for another account: `create`.';
    const judged = usable.length < 2 ? fail(words, advice) : pass(words);
    return [{ about: ofTenant(snapshot), ...judged }];
  },
};

export const accountExists: PostureCheck = {
  id: 'account-exists',
  title: 'The account is there',
  fault: 'The account is gone',
  severity: 'critical',
  source: LEARN,
  run: (snapshot, registry) =>
    eachAccount(snapshot, registry, ({ user }) =>
      judgedBy(user, snapshot, (found) =>
        found ? pass('The tenant has the user.') : fail('The tenant has no such user any more.', 'Restore it in Entra, or retire it here.'),
      ),
    ),
};

export const accountEnabled: PostureCheck = {
  id: 'account-enabled',
  title: 'Enabled',
  fault: 'Enabled or disabled, and not by request',
  severity: 'critical',
  source: LEARN,
  run: (snapshot, registry) =>
    eachUser(snapshot, registry, ({ accountEnabled: enabled }, { state, left }) => {
      const ours = left?.steps.some(({ step }) => step === 'disable');
      if (left && ours && state !== 'disabled' && !enabled)
        return fail(
          `It is disabled. ${left.requestId}, which was given up half-way, may have done that.`,
          'Ask for `enable` if it is to be used, and find out who did it if that request did not.',
        );
      if (left && ours && state === 'disabled' && !enabled)
        return notApplicable(`It was disabled by ${left.requestId}, which was given up half-way.`);
      if (state !== 'disabled') {
        return enabled
          ? pass('It is enabled.')
          : fail('It is disabled, and nobody asked me for that.', 'Find out who did it, then ask for `enable`.');
      }
      return enabled
        ? fail('It is enabled, although it was disabled by request.', 'Find out who did it, then ask for `disable`.')
        : notApplicable('It was disabled by request.');
    }),
};

export const memberAccount: PostureCheck = {
  id: 'member-account',
  title: 'A work account of the tenant',
  fault: 'Not a work account of the tenant',
  severity: 'critical',
  // A consumer account of a B2C tenant can hold no role (azure-docs, active-directory-b2c/user-overview).
  source: 'azure-docs, B2C user-overview, 2024-09',
  run: (snapshot, registry) =>
    eachUser(snapshot, registry, ({ userType, creationType, identityTypes }) => {
      const wrong = [
        ...(userType === 'Guest' ? ['it is a guest'] : []),
        ...(creationType === undefined ? [] : [`it was created as ${creationType}`]),
        ...identityTypes.filter((type) => type !== 'userPrincipalName').map((type) => `it signs in by ${type}`),
      ];
      if (wrong.length > 0) return fail(`Not a work account: ${list(wrong)}.`, 'Create another account here and retire this one.');
      return userType === undefined
        ? unknown('The tenant does not say whether it is a member.')
        : pass('It is a member and a work account.');
    }),
};

export const cloudOnly: PostureCheck = {
  id: 'cloud-only',
  title: 'Cloud only',
  fault: 'Synchronised from on premises',
  severity: 'critical',
  source: LEARN,
  run: (snapshot, registry) =>
    eachUser(snapshot, registry, ({ syncedFromOnPremises, immutableId }) =>
      syncedFromOnPremises || immutableId !== undefined
        ? fail(
            syncedFromOnPremises ? 'It is synchronised from on premises.' : 'It bears an on-premises immutable id.',
            'An outage or attack on premises takes it along: create another account here and retire this one.',
          )
        : pass('It is not synchronised from anywhere.'),
    ),
};

export const initialDomain: PostureCheck = {
  id: 'initial-domain',
  title: 'In the initial domain, managed by Entra',
  fault: 'Not in the initial domain, or that is not managed by Entra',
  severity: 'critical',
  source: LEARN,
  run: (snapshot, registry) =>
    eachUser(snapshot, registry, ({ userPrincipalName }) => {
      const domain = userPrincipalName.slice(userPrincipalName.lastIndexOf('@') + 1).toLowerCase();
      const wanted = snapshot.initialDomain.toLowerCase();
      const advice = `Create another account in ${snapshot.initialDomain} and retire this one.`;
      if (domain !== wanted) return fail(`It is in ${domain}.`, advice);
      return judgedBy(snapshot.domains, snapshot, (domains) => {
        const found = domains.find(({ name }) => name === wanted);
        if (!found) return fail(`The tenant does not have the domain ${domain}.`, 'Correct `initialDomain` in the tenants file.');
        if (found.federated) return fail(`${domain} is federated.`, 'Make the domain managed: a federation that is down locks it out.');
        return found.initial ? pass(`${domain} is the initial domain, and managed.`) : fail(`${domain} is not the initial domain.`, advice);
      });
    }),
};

export const usageLocation: PostureCheck = {
  id: 'usage-location',
  title: 'Usage location is set',
  fault: 'Usage location is not set',
  severity: 'advice',
  source: 'azure-docs, B2C tenant-management-emergency-access-account, 2024-09-11',
  run: (snapshot, registry) =>
    eachUser(snapshot, registry, ({ usageLocation: place }) =>
      place === undefined ? fail('It has none.', 'Set it in the portal; without it no licence can be assigned.') : pass(`It is ${place}.`),
    ),
};

export const passwordLifetime: PostureCheck = {
  id: 'password-lifetime',
  title: 'The password does not expire',
  fault: 'The password expires',
  severity: 'critical',
  // Tenants older than 2021 let passwords expire after 90 days unless told otherwise (Learn, concept-sspr-policy, 2026-05-26).
  source: 'Learn, concept-sspr-policy, 2026-05-26',
  run: (snapshot, registry) =>
    eachUser(snapshot, registry, ({ passwordPolicies, userPrincipalName }, { id: accountId }) => {
      if (passwordPolicies.includes('DisablePasswordExpiration')) return pass('It is exempt from expiry.');
      const domain = userPrincipalName.slice(userPrincipalName.lastIndexOf('@') + 1).toLowerCase();
      return judgedBy(snapshot.domains, snapshot, (domains) => {
        const validity = domains.find(({ name }) => name === domain)?.passwordValidity;
        if (validity === 'never') return pass(`Passwords of ${domain} never expire.`);
        if (validity === undefined) return unknown(`It is not exempt, and the tenant does not say how long passwords of ${domain} last.`);
        const repair = { accountId, changes: [{ kind: 'never-expire' }] } as const;
        return fail(`It expires after ${validity} days.`, 'Exempt it from expiry.', repair);
      });
    }),
};
