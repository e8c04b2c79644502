import { eachExisting, fail, judgedAccounts, judgedBy, list, notApplicable, ofTenant, type PostureCheck, pass, unknown } from '../check.ts';
import { isPhishingResistant } from './methods.ts';

export const selfServiceReset: PostureCheck = {
  id: 'self-service-reset',
  title: 'Administrators cannot reset their own password',
  fault: 'Administrators can reset their own password',
  severity: 'warning',
  source: 'Learn, concept-sspr-policy, 2026-05-26',
  run: (snapshot) => [
    {
      about: ofTenant(snapshot),
      ...judgedBy(snapshot.authorizationPolicy, snapshot, ({ administratorsMayResetOwnPassword: may }) =>
        may
          ? fail(
              'They can, and so can whoever holds the telephone or mailbox of one.',
              'Set `allowedToUseSSPR` to false in the authorization policy.',
            )
          : pass('They cannot.'),
      ),
    },
  ],
};

export const securityDefaults: PostureCheck = {
  id: 'security-defaults',
  title: 'Security defaults lock no account out',
  fault: 'Security defaults can lock an account out',
  severity: 'critical',
  // With them on every Global Administrator is asked for a second factor at every sign-in, and nobody can be excluded.
  source: 'Learn, security-defaults, 2025-07-21',
  run(snapshot, registry) {
    const judged = judgedBy(snapshot.securityDefaults, snapshot, ({ enabled }) => {
      if (!enabled) return pass('They are off.');
      return judgedBy(snapshot.licences, snapshot, ({ p1 }) => {
        if (p1)
          return fail(
            'They are on, so nobody can be excluded from anything.',
            'Use Conditional Access policies with the exclusion group instead.',
          );
        const accounts = judgedAccounts(registry).map(({ objectId }) => objectId.toLowerCase());
        const found = snapshot.accounts.filter(({ objectId }) => accounts.includes(objectId));
        const bare = found.filter(({ methods }) => methods.state === 'read' && !methods.value.some(isPhishingResistant));
        if (bare.length > 0)
          return fail('They are on, and an account has no second factor to give.', 'Register two security keys on every account.');
        return found.some(({ methods }) => methods.state === 'unreadable')
          ? unknown('They are on, and what an account has registered could not be read.')
          : pass('They are on, and every account has a method that satisfies them.');
      });
    });
    return [{ about: ofTenant(snapshot), ...judged }];
  },
};

export const restrictedUnit: PostureCheck = {
  id: 'restricted-unit',
  title: 'In its restricted management unit',
  fault: 'Not in its restricted management unit',
  severity: 'warning',
  source: 'Learn, admin-units-restricted-management, 2026-03-04',
  run: (snapshot, registry) =>
    eachExisting(snapshot, registry, ({ memberOf }, { id: accountId }) => {
      const unitId = registry.restrictedUnitId?.toLowerCase();
      if (unitId === undefined) return notApplicable('The tenants file names none.');
      return judgedBy(snapshot.restrictedUnits, snapshot, (units) => {
        if (!units.some(({ id }) => id === unitId)) {
          return fail(
            `${unitId} is no restricted management unit of the tenant (it has: ${list(units.map(({ id }) => id)) || 'none'}).`,
            'Correct the tenants file, or make the unit.',
          );
        }
        return judgedBy(memberOf, snapshot, (all) =>
          all.some(({ id }) => id === unitId)
            ? pass('It is a member.')
            : fail('It is not a member, so ordinary administrators can change it.', 'Put it in.', {
                accountId,
                changes: [{ kind: 'join-unit' }],
              }),
        );
      });
    }),
};
