import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { digestOf } from '../../src/core/digest.ts';
import { REMOVABLE_METHODS } from '../../src/core/posture/check.ts';
import { GLOBAL_ADMINISTRATOR, withGroupExcluded } from '../../src/core/request/planSteps.ts';
import { LIVE_HINT, liveTenant } from '../support/liveTenant.ts';
import { inMemory, liveTenantInfo, onLiveTenant, onSandbox, type PortSubject } from '../support/portSubjects.ts';

const ROLE = GLOBAL_ADMINISTRATOR.templateId;
const NOBODY = '00000000-0000-4000-8000-00000000dead';
const password = (): Buffer => Buffer.from(`Aa1!${randomUUID()}`);

const live = {
  people: liveTenant.peopleGroup !== undefined,
  unit: liveTenantInfo()?.restrictedUnitId !== undefined,
  policy: liveTenant.policy !== undefined,
};
/** What each has beside its users, said here so that a test without it is skipped and not passed. */
const SUBJECTS = [
  ['the tenant in memory that plans are tested on', inMemory, true, { people: false, unit: true, policy: true }],
  ['the adapter over HTTP on the sandbox’s tenant', onSandbox, true, { people: true, unit: true, policy: true }],
  ['the adapter on a live tenant', onLiveTenant, liveTenant.file !== undefined, live],
] as const;

for (const [name, open, there, has] of SUBJECTS) {
  (there ? describe : describe.skip)(`TenantReader, TenantWriter, People: ${name}${there ? '' : `. ${LIVE_HINT}`}`, () => {
    let subject: PortSubject;
    let made: string | undefined;
    const reader = () => subject.reader;
    const writer = () => {
      if (!subject.writer) throw new Error('this tenant may only be read');
      return subject.writer;
    };
    /** Replicas may be minutes behind (GR-4): looked for until it is so. */
    async function eventually<T>(read: () => Promise<T>, wanted: (value: T) => boolean): Promise<T> {
      for (let tries = 0; ; tries += 1) {
        const value = await read();
        if (wanted(value) || tries === 60) return value;
        await subject.pass(1_000);
      }
    }
    const user = (wanted: (found: NonNullable<Awaited<ReturnType<PortSubject['reader']['user']>>>) => boolean) =>
      eventually(
        () => reader().user(made ?? NOBODY),
        (found) => found !== undefined && wanted(found),
      );
    const refusal = (call: Promise<unknown>): Promise<unknown> =>
      call.then(
        () => 'not refused',
        (error: unknown) => error,
      );
    const again = { alreadyThere: true, passing: false };
    const given = <T>(value: T | undefined): T => {
      if (value === undefined) throw new Error('the tenant has it, says the table, and has it not');
      return value;
    };

    beforeAll(async () => {
      subject = await open();
    });
    afterAll(async () => {
      if (made !== undefined && subject.writer && (await subject.reader.user(made))) await subject.writer.deleteUser(made);
      await subject.close();
    });

    test('a user is the same by id and by name, whatever its case; nobody is undefined, whatever the id holds', async () => {
      const found = await reader().user(subject.somebody);
      expect(found?.objectId).toBe(subject.somebody);
      const upper = found?.userPrincipalName.toUpperCase() ?? '';
      expect(await reader().userByName(upper)).toEqual(found);
      expect(await reader().user(NOBODY)).toBeUndefined();
      expect(await reader().user('a#b&c/d')).toBeUndefined();
      expect(await reader().userByName(`o'no#body&@${subject.info.initialDomain}`)).toBeUndefined();
    });

    test('what is not so is said so, never thrown: deleted, member, in the unit, roles, policy', async () => {
      const { exclusionGroupId, restrictedUnitId, initialDomain } = subject.info;
      expect(await reader().deletedUserByName(`no.body.${randomUUID()}@${initialDomain}`)).toBe(false);
      expect(await reader().isDeleted(NOBODY)).toBe(false);
      expect(await reader().isMember(exclusionGroupId, NOBODY)).toBe(false);
      if (restrictedUnitId !== undefined) expect(await reader().isInUnit(restrictedUnitId, NOBODY)).toBe(false);
      expect(await reader().roles(NOBODY)).toEqual([]);
      expect(await reader().assignments(NOBODY, ROLE)).toEqual([]);
      expect(await reader().policy(NOBODY)).toBeUndefined();
    });

    test('methods and logs can be read; of nobody, methods are a fault that may pass', async () => {
      expect((await reader().methods(subject.somebody)).map(({ kind }) => kind)).toContain('password');
      expect(await refusal(reader().methods(NOBODY))).toMatchObject({ status: 404, passing: true });
      const now = subject.now();
      if (await reader().canReadSignIns(now)) expect(await reader().signIns([NOBODY], now)).toEqual([]);
      expect(Array.isArray(await reader().directoryChanges([NOBODY], now))).toBe(true);
    });

    (has.people ? test : test.skip)(
      'ID-1 ID-3 ID-4: whoever holds a role is found by object id with that role, as the same human; nobody is unknown',
      async () => {
        const people = given(subject.people);
        expect(await people.lookUp(NOBODY)).toEqual({ ok: false, why: 'unknown' });
        const holders = await people.holders('approver');
        expect(new Set(holders.map(({ objectId }) => objectId)).size).toBe(holders.length);
        expect(holders.length).toBeGreaterThan(0);
        for (const person of holders.slice(0, 5)) {
          const found = await people.lookUp(person.objectId);
          expect(found).toMatchObject({ ok: true, person });
          expect(found.ok && found.roles.has('approver')).toBe(true);
        }
      },
    );

    (open === inMemory ? test.skip : test)('a snapshot and a probe never throw: each part says whether it was read', async () => {
      const known = ['read', 'unreadable'];
      const { organization, policies, accounts } = await reader().snapshot([subject.somebody], subject.now());
      expect([organization, policies].map(({ state }) => known.includes(state))).toEqual([true, true]);
      expect(accounts.map(({ objectId }) => objectId)).toEqual([subject.somebody]);
      const { signInLog, directoryAudits, methods, whatIf, identities } = await reader().probe([subject.somebody], subject.now());
      for (const { state } of [signInLog, directoryAudits, methods, whatIf]) expect(known).toContain(state);
      expect(identities.length).toBe(2);
    });

    // A test that writes: in a tenant that may only be read it does nothing, and its title says so.
    const writing = (title: string, work: () => Promise<void>, possible = true): void => {
      const mayWrite = open !== onLiveTenant || liveTenant.writes;
      (mayWrite && possible ? test : test.skip)(mayWrite ? title : `${title} (needs BREAKGLASS_TEST_LIVE_WRITES=yes)`, work, 300_000);
    };

    writing('GR-2 GR-3: a user is created disabled, with marker and a password that does not expire, once', async () => {
      const named = `bg-contract-${randomUUID().slice(0, 8)}`;
      const account = {
        userPrincipalName: `${named}@${subject.info.initialDomain}`,
        mailNickname: named,
        displayName: named,
        usageLocation: 'NL',
        marker: `breakglass:${named}:tag`,
      };
      const asked = subject.now().getTime();
      made = await writer().createUser(account, password());
      const found = await eventually(() => reader().userByName(account.userPrincipalName), Boolean);
      expect(found).toMatchObject({ objectId: made, userPrincipalName: account.userPrincipalName, accountEnabled: false });
      expect(found).toMatchObject({ marker: account.marker, passwordPolicies: 'DisablePasswordExpiration' });
      expect(Math.abs((found?.passwordChangedAt?.getTime() ?? 0) - asked)).toBeLessThan(30_000);
      expect(await user(() => true)).toEqual(found);
      expect(await refusal(writer().createUser(account, password()))).toMatchObject(again);
      const shouted = { ...account, userPrincipalName: account.userPrincipalName.toUpperCase() };
      expect(await refusal(writer().createUser(shouted, password()))).toMatchObject(again);
    });

    writing('GR-4: what refers to nobody may not be there yet: 404, which passes', async () => {
      const { exclusionGroupId } = subject.info;
      for (const call of [
        () => writer().addToGroup(exclusionGroupId, NOBODY),
        () => writer().setPassword(NOBODY, password()),
        () => writer().enable(NOBODY),
        () => writer().assignRole(NOBODY, ROLE),
        () => writer().revokeSessions(NOBODY),
      ])
        expect(await refusal(call())).toMatchObject({ notYetThere: true, passing: true });
    });

    writing('a membership, an active role: each once, read back, and again is told as such', async () => {
      const { exclusionGroupId } = subject.info;
      const id = made ?? NOBODY;
      await writer().addToGroup(exclusionGroupId, id);
      expect(await refusal(writer().addToGroup(exclusionGroupId, id))).toMatchObject(again);
      expect(await eventually(() => reader().isMember(exclusionGroupId, id), Boolean)).toBe(true);
      await writer().assignRole(id, ROLE);
      expect(await refusal(writer().assignRole(id, ROLE))).toMatchObject(again);
      expect(
        await eventually(
          () => reader().roles(id),
          (held) => held.length > 0,
        ),
      ).toEqual([ROLE]);
      expect(await reader().assignments(id, ROLE)).toHaveLength(1);
    });

    writing('enabled, disabled, sessions ended, a new password: each shows when it is read back', async () => {
      const id = made ?? NOBODY;
      await writer().enable(id);
      expect(await user(({ accountEnabled }) => accountEnabled)).toMatchObject({ accountEnabled: true });
      const before = await reader().user(id);
      await subject.pass(2_000);
      await writer().setPassword(id, password());
      await writer().revokeSessions(id);
      await writer().neverExpire(id);
      const later = (one?: Date, other?: Date): boolean => (one?.getTime() ?? 0) > (other?.getTime() ?? 0);
      const after = await user((found) => later(found.passwordChangedAt, before?.passwordChangedAt));
      expect(after?.passwordChangedAt?.getTime()).toBeGreaterThan(before?.passwordChangedAt?.getTime() ?? 0);
      const revoked = await user((found) => later(found.sessionsValidFromAt, before?.sessionsValidFromAt));
      expect(revoked?.sessionsValidFromAt?.getTime()).toBeGreaterThan(before?.sessionsValidFromAt?.getTime() ?? 0);
      await writer().disable(id);
      expect(await user(({ accountEnabled }) => !accountEnabled)).toMatchObject({ accountEnabled: false });
    });

    writing(
      'inside the restricted unit nobody sets a password or enables; out again, one does',
      async () => {
        const restrictedUnitId = given(subject.info.restrictedUnitId);
        const id = made ?? NOBODY;
        await writer().joinUnit(restrictedUnitId, id);
        expect(await eventually(() => reader().isInUnit(restrictedUnitId, id), Boolean)).toBe(true);
        expect(await refusal(writer().joinUnit(restrictedUnitId, id))).toMatchObject(again);
        for (const call of [() => writer().setPassword(id, password()), () => writer().enable(id), () => writer().deleteUser(id)])
          expect(await refusal(call())).toMatchObject({ status: 403, passing: false });
        await writer().leaveUnit(restrictedUnitId, id);
        await writer().leaveUnit(restrictedUnitId, id);
        expect(
          await eventually(
            () => reader().isInUnit(restrictedUnitId, id),
            (inside) => !inside,
          ),
        ).toBe(false);
        await writer().enable(id);
      },
      has.unit,
    );

    writing(
      'a policy’s exclusions are replaced whole and read back as they were written',
      async () => {
        const { info } = subject;
        const policyId = given(subject.policyId);
        const before = await reader().policy(policyId);
        if (!before) throw new Error('no such policy');
        const wanted = withGroupExcluded(before.users, info.exclusionGroupId);
        await writer().setPolicyUsers(policyId, wanted);
        const after = await eventually(
          () => reader().policy(policyId),
          (found) => digestOf(found?.users ?? {}) === digestOf(wanted),
        );
        expect(after).toEqual({ name: before.name, users: wanted });
        await writer().setPolicyUsers(policyId, before.users);
      },
      has.policy,
    );

    writing('GR-4 GR-5: taking away is harmless twice; what is deleted is in the recycle bin and nowhere else', async () => {
      const { exclusionGroupId } = subject.info;
      const id = made ?? NOBODY;
      const name = (await reader().user(id))?.userPrincipalName ?? '';
      for (const method of REMOVABLE_METHODS) await writer().removeMethod(id, method, '3179e48a-750b-4051-897c-87b9720928f7');
      const [assignment = ''] = await reader().assignments(id, ROLE);
      for (const _twice of [1, 2]) {
        await writer().removeRole(assignment);
        await writer().removeFromGroup(exclusionGroupId, id);
      }
      expect(
        await eventually(
          () => reader().roles(id),
          (held) => held.length === 0,
        ),
      ).toEqual([]);
      expect(
        await eventually(
          () => reader().isMember(exclusionGroupId, id),
          (inside) => !inside,
        ),
      ).toBe(false);
      for (const _twice of [1, 2]) await writer().deleteUser(id);
      expect(
        await eventually(
          () => reader().user(id),
          (found) => found === undefined,
        ),
      ).toBeUndefined();
      expect(await eventually(() => reader().isDeleted(id), Boolean)).toBe(true);
      expect(await reader().deletedUserByName(name)).toBe(true);
      expect(await reader().userByName(name)).toBeUndefined();
    });
  });
}
