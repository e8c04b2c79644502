import { describe, expect, test } from '@jest/globals';
import type { ChangeTarget } from '../../src/core/alert/change.ts';
import { batched } from '../../src/graph/batch.ts';
import type { Graph } from '../../src/graph/client.ts';
import { GraphFault } from '../../src/graph/faults.ts';
import { type MethodRow, methodFrom } from '../../src/graph/rows/methods.ts';
import { type PolicyRow, policyFrom } from '../../src/graph/rows/policies.ts';
import { policyUsersFrom } from '../../src/graph/rows/policyUsers.ts';
import {
  type DomainRow,
  domainFrom,
  type RoleAssignmentRow,
  type RoleScheduleRow,
  roleAssignmentFrom,
  roleScheduleFrom,
} from '../../src/graph/rows/tenant.ts';
import { type GroupRow, groupFrom, type RegistrationRow, registrationFrom, type UserRow, userFrom } from '../../src/graph/rows/users.ts';
import { whyUnreadable } from '../../src/graph/unreadable.ts';
import { changeFrom } from '../../src/signals/records/audit.ts';
import type { Fields } from '../../src/signals/records/fields.ts';
import { readRecord } from '../../src/signals/records/read.ts';
import { signInFrom } from '../../src/signals/records/signIn.ts';
import { having, sample, samplesAreThere } from '../support/samples.ts';

const withSamples = samplesAreThere ? describe : describe.skip;
const TENANT = '11111111-2222-4333-8444-555555555555';

/** A row of Graph as samples have it. */
type Row = Readonly<Record<string, unknown>>;
const rowOf = (value: unknown): Row => (typeof value === 'object' && value !== null ? (value as Row) : {});
const listOf = (value: unknown): readonly Row[] => (Array.isArray(value) ? value.map(rowOf) : []);
const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);
const lower = (value: unknown): string => String(value).toLowerCase();
const given = (value: unknown): boolean => value !== null && value !== undefined && value !== '';

/** Answers the documentation gives, for a path as the contract writes it; lists as their rows. What is no whole JSON there is left out. */
function documented(path: string): Row[] {
  const { pairs = [] } = sample('graph-docs-pairs.json') as {
    pairs?: { path: string; response: { statusCode: number; body?: unknown } }[];
  };
  return pairs
    .filter((pair) => pair.path === path && pair.response.statusCode === 200)
    .map(({ response }) => bodyOf(response.body))
    .flatMap((body) => (Array.isArray(body.value) ? listOf(body.value) : [body]));
}

function bodyOf(body: unknown): Row {
  if (typeof body !== 'string') return rowOf(body);
  try {
    return rowOf(JSON.parse(body.replace(/,(\s*[\]}])/g, '$1'))); // samples of the documentation have commas too many
  } catch {
    return { value: [] };
  }
}

/** Every word of every value, before and after, whatever JSON it was wrapped in. */
function keepsProperties(ours: readonly ChangeTarget[], theirs: readonly Row[]): void {
  for (const [index, target] of theirs.entries()) {
    const read = ours[index]?.properties ?? [];
    const said = listOf(target.modifiedProperties);
    expect(read.map(({ name }) => name)).toEqual(said.map(({ displayName }) => displayName));
    for (const [place, { oldValue, newValue }] of said.entries()) {
      for (const [value, wrapped] of [
        [read[place]?.before, oldValue],
        [read[place]?.after, newValue],
      ]) {
        const words =
          String(wrapped ?? '')
            .replace(/\\u[0-9a-f]{4}|\\[rnt]/gi, ' ')
            .match(/[A-Za-z0-9-]{3,}/g) ?? [];
        for (const word of words.filter((each) => each !== 'null')) expect(value).toContain(word);
      }
    }
  }
}

withSamples('rows of Graph go through our readers without loss', () => {
  test('sign-ins: who, when, from where, with which app, code and policies', () => {
    const rows = ['/auditLogs/signIns', '/auditLogs/signIns/{signIn_id}'].flatMap(documented);
    expect(rows.length).toBeGreaterThan(1);
    for (const row of rows) {
      const event = signInFrom(row, TENANT);
      if (typeof event === 'string') throw new Error(event);
      expect([event.rowId, event.userId, event.correlationId]).toEqual([row.id, lower(row.userId), row.correlationId]);
      expect(event.signedInAt.getTime()).toBe(Date.parse(String(row.createdDateTime)));
      expect(event.errorCode).toBe(rowOf(row.status).errorCode);
      for (const [ours, theirs] of [
        [event.userPrincipalName, row.userPrincipalName],
        [event.ipAddress, row.ipAddress],
        [event.app, row.appDisplayName],
        [event.client, row.clientAppUsed],
      ])
        expect(ours).toBe(given(theirs) ? theirs : undefined);
      const { city, countryOrRegion } = rowOf(row.location);
      for (const part of [city, countryOrRegion].filter(given)) expect(event.place).toContain(part);
      if (typeof row.isInteractive === 'boolean') expect(event.kind).toBe(row.isInteractive ? 'interactive' : 'non-interactive');
      const applied = listOf(row.appliedConditionalAccessPolicies).filter(({ result }) => result === 'success' || result === 'failure');
      expect(event.policies).toEqual(applied.map(({ displayName, result }) => ({ name: displayName, result })));
    }
  });

  test('directory audits: what, when, by whom, on what, each property before and after, whatever JSON is inside', () => {
    const rows = ['graph-docs-pairs.json', 'graph-docs-extra.json'].flatMap((file) => having('activityDisplayName', sample(file)));
    expect(rows.length).toBeGreaterThan(2);
    for (const row of rows) {
      const change = changeFrom(row, TENANT);
      if (typeof change === 'string') throw new Error(change);
      expect([change.rowId, change.activity, change.category]).toEqual([row.id, row.activityDisplayName, row.category]);
      expect([change.correlationId, change.result]).toEqual([row.correlationId, row.result]);
      expect(change.changedAt.getTime()).toBe(Date.parse(String(row.activityDateTime)));
      expect([change.service, change.reason]).toEqual(
        [row.loggedByService, row.resultReason].map((value) => (given(value) ? value : undefined)),
      );
      const { user, app } = rowOf(row.initiatedBy);
      for (const [ours, theirs] of [
        [change.actor.userId, rowOf(user).id],
        [change.actor.userPrincipalName, rowOf(user).userPrincipalName],
        [change.actor.servicePrincipalId, rowOf(app).servicePrincipalId],
        [change.actor.appId, rowOf(app).appId],
      ])
        expect(ours === undefined ? undefined : lower(ours)).toBe(given(theirs) ? lower(theirs) : undefined);
      const targets = listOf(row.targetResources);
      expect(change.targets.map(({ id }) => id)).toEqual(targets.map(({ id }) => (given(id) ? lower(id) : '')));
      keepsProperties(change.targets, targets);
    }
  });

  test('records of the stream: each property before and after, decoded from JSON within JSON', () => {
    const { records = [] } = sample('eventhub-panther.json') as { records?: { record: Fields }[] };
    const values: string[] = [];
    for (const { record } of records) {
      const reading = readRecord(record, TENANT);
      if (reading.kind !== 'change') continue;
      const targets = listOf(rowOf(record.properties).targetResources);
      keepsProperties(reading.change.targets, targets);
      values.push(
        ...reading.change.targets.flatMap(({ properties }) => properties.flatMap(({ before, after }) => [before ?? '', after ?? ''])),
      );
    }
    expect(values.filter((value) => value !== '').length).toBeGreaterThan(20);
    // A list of one or a text stands for itself: no bracket or quote of the JSON around it is left.
    expect(values.filter((value) => /^\["|^"/.test(value) && !value.includes(','))).toEqual([]);
  });

  test('policies: whom, what, how, with which controls; and fit to be written back', () => {
    const { value = [] } = sample('conditional-access-v1.json') as { value?: PolicyRow[] };
    const docs = ['/identity/conditionalAccess/policies', '/identity/conditionalAccess/policies/{conditionalAccessPolicy_id}'].flatMap(
      documented,
    );
    const rows = [...value, ...(docs as unknown as PolicyRow[]).filter(({ id, state }) => id && state)];
    expect(rows.length).toBeGreaterThan(36);
    for (const row of rows) {
      const policy = policyFrom(row);
      const has = (found: readonly string[], asked: unknown) => expect(found.map(lower)).toEqual(texts(asked).map(lower));
      expect([policy.id, policy.displayName, policy.state]).toEqual([lower(row.id), row.displayName, row.state]);
      const users = rowOf(row.conditions?.users);
      for (const name of ['includeUsers', 'excludeUsers', 'includeGroups', 'excludeGroups', 'includeRoles', 'excludeRoles'] as const)
        has(policy.users[name], users[name]);
      expect(policy.users.includesGuestsOrExternalUsers).toBe(given(users.includeGuestsOrExternalUsers));
      expect(policy.users.excludesGuestsOrExternalUsers).toBe(given(users.excludeGuestsOrExternalUsers));
      const apps = rowOf(row.conditions?.applications);
      has(policy.applications.include, apps.includeApplications);
      has(policy.applications.exclude, apps.excludeApplications);
      has(policy.applications.userActions, apps.includeUserActions);
      has(policy.applications.authenticationContexts, apps.includeAuthenticationContextClassReferences);
      has(policy.clientAppTypes, row.conditions?.clientAppTypes);
      has(policy.signInRiskLevels, row.conditions?.signInRiskLevels);
      has(policy.userRiskLevels, row.conditions?.userRiskLevels);
      for (const name of ['platforms', 'locations', 'devices', 'authenticationFlows'])
        expect([name, policy.otherConditions.includes(name)]).toEqual([name, given(row.conditions?.[name])]);
      expect(policy.concernsWorkloads).toBe(
        Object.values(rowOf(row.conditions?.clientApplications)).some((each) => texts(each).length > 0),
      );
      has(policy.grant?.builtInControls ?? [], row.grantControls?.builtInControls);
      expect(policy.grant?.authenticationStrengthId).toBe(row.grantControls?.authenticationStrength?.id?.toLowerCase());
      const back = policyUsersFrom(users);
      const wanted = Object.fromEntries(Object.entries(users).filter(([name]) => !name.includes('@')));
      expect(Object.keys(back).sort()).toEqual(Object.keys(wanted).sort());
      for (const name of ['includeUsers', 'excludeGroups', 'excludeRoles'])
        if (name in users) expect(back).toHaveProperty(name, users[name] ?? []);
    }
  });

  test('groups: security, mail, rule, role-assignable, restricted, visibility', () => {
    const { items = [] } = sample('groups-and-locations-raw-beta.json') as { items?: { record: Row }[] };
    const rows = [
      ...items.map(({ record }) => record).filter((record) => 'groupTypes' in record),
      ...documented('/groups/{group_id}').filter(({ id }) => given(id)),
    ];
    expect(rows.length).toBeGreaterThan(20);
    for (const row of rows) {
      expect(groupFrom(row as unknown as GroupRow)).toMatchObject({
        id: lower(row.id),
        displayName: row.displayName ?? '',
        securityEnabled: row.securityEnabled === true,
        mailEnabled: row.mailEnabled === true,
        dynamic: texts(row.groupTypes).includes('DynamicMembership') || given(row.membershipRule),
        roleAssignable: row.isAssignableToRole === true,
        managementRestricted: row.isManagementRestricted === true,
        syncedFromOnPremises: row.onPremisesSyncEnabled === true,
        ...(given(row.visibility) ? { visibility: row.visibility } : {}),
      });
    }
  });

  test('users, methods, roles, schedules, domains and registrations', () => {
    for (const row of documented('/users/{user_id}').filter(({ id, userPrincipalName }) => given(id) && given(userPrincipalName)))
      expect(userFrom(row as unknown as UserRow)).toMatchObject({
        objectId: lower(row.id),
        userPrincipalName: row.userPrincipalName,
        displayName: row.displayName ?? '',
      });
    const methods = [
      'email',
      'fido2',
      'phone',
      'temporaryAccessPass',
      'microsoftAuthenticator',
      'softwareOath',
      'windowsHelloForBusiness',
    ].flatMap((kind) =>
      [`/users/{user_id}/authentication/${kind}Methods`, `/users/{user_id}/authentication/${kind}Methods/{${kind}AuthenticationMethod_id}`]
        .flatMap(documented)
        .map((row): readonly [string, Row] => [kind, row]),
    );
    expect(methods.length).toBeGreaterThan(6);
    for (const [kind, row] of methods) {
      const method = methodFrom({ '@odata.type': `#microsoft.graph.${kind}AuthenticationMethod`, ...row } as unknown as MethodRow);
      expect(method).toMatchObject({ id: row.id, kind });
      if (given(row.model)) expect([method.model, method.aaguid]).toEqual([row.model, lower(row.aaGuid)]);
      if (given(row.attestationLevel)) expect(method.attested).toBe(row.attestationLevel === 'attested');
      if (given(row.createdDateTime)) expect(method.createdAt?.getTime()).toBe(Date.parse(String(row.createdDateTime)));
    }
    for (const row of documented('/roleManagement/directory/roleAssignments'))
      expect(roleAssignmentFrom(row as unknown as RoleAssignmentRow)).toEqual({
        ...{ id: row.id, principalId: lower(row.principalId), roleTemplateId: lower(row.roleDefinitionId), scope: row.directoryScopeId },
      });
    for (const kind of ['Assignment', 'Eligibility'])
      for (const row of documented(`/roleManagement/directory/role${kind}ScheduleInstances`)) {
        const schedule = roleScheduleFrom(row as unknown as RoleScheduleRow);
        expect(schedule).toMatchObject({
          principalId: lower(row.principalId),
          roleTemplateId: lower(row.roleDefinitionId),
          memberType: row.memberType,
        });
        expect(schedule.endAt?.getTime()).toBe(given(row.endDateTime) ? Date.parse(String(row.endDateTime)) : undefined);
      }
    for (const row of documented('/domains'))
      expect(domainFrom(row as unknown as DomainRow)).toMatchObject({
        name: lower(row.id),
        federated: row.authenticationType !== 'Managed',
        initial: row.isInitial === true,
      });
    const registered = documented('/reports/authenticationMethods/userRegistrationDetails');
    expect(registered.length).toBeGreaterThan(0);
    for (const row of registered)
      expect(registrationFrom(row as unknown as RegistrationRow)).toMatchObject({
        objectId: lower(row.id),
        methods: row.methodsRegistered,
        mfaCapable: row.isMfaCapable,
      });
  });
});

withSamples('errors of Graph, as recorded', () => {
  const { errors = [] } = sample('graph-errors.json') as {
    errors?: { name: string; status: number; body: Row; headers?: Readonly<Record<string, string>> }[];
  };

  test.each(errors)('$name: status, code and words are kept, and what it means is told', async ({ status, body, headers = {} }) => {
    const graph = {
      origin: 'https://graph.microsoft.com',
      post: async () => ({ responses: ['0', '1'].map((id) => ({ id, status, body, headers })) }),
    };
    const reads = batched(graph as unknown as Graph, async () => undefined);
    const [fault] = await Promise.all(['/organization', '/domains'].map((path) => reads.get(path).catch((error: unknown) => error)));
    if (!(fault instanceof GraphFault)) throw new Error('no fault');
    const error = rowOf(body.error);
    expect([fault.status, fault.code, fault.detail]).toEqual([status, given(error.code) ? error.code : 'Unknown', error.message ?? '']);
    expect(fault.requestId).toBe(rowOf(error.innerError)['request-id']);
    const { cause } = whyUnreadable(fault);
    const words = String(error.message);
    if (/licen[cs]e|not licensed/i.test(`${error.code} ${words}`) && status === 403) expect(cause).toBe('not-licensed');
    if (status === 403 && error.code === 'Authorization_RequestDenied') expect(cause).toBe('not-permitted');
    expect(fault.passing).toBe(
      status === 429 || status >= 500 || status === 404 || status === 408 || /valid reference update/i.test(words),
    );
    if (/already exist|conflicting object/i.test(words)) expect(fault.alreadyThere).toBe(true);
  });
});
