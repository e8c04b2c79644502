import { NOTHING_PUSHED, type Pushed, type ReadPush } from '../../app/pushed.ts';
import type { DirectoryChange } from '../../core/alert/change.ts';
import type { SignInEvent } from '../../core/alert/types.ts';
import { GUID } from '../../core/guid.ts';
import { resultOf } from '../records/audit.ts';
import { type Fields, field, idField, inner, instant, known, listOf, objectOf, textField } from '../records/fields.ts';
import { signInOf } from './signInRow.ts';

/**
 * Reads an incident of Microsoft Sentinel, as its trigger hands it to a playbook (Learn, sentinel playbook triggers, 2026-11; no whole sample
 * is public, so everything but the frame is optional). Who and what stands in the custom details of its alerts, which are lists of distinct
 * values: only where each holds one can they belong together. What cannot be read so is told generically, each incident by its number
 * (AL-5). One that is closed already is read like any other: a rule may have closed it before anybody saw it, and what was told is a repeat.
 */
export const readSentinel: ReadPush = (body, now, homeTenantId) => {
  const incident = inner(objectOf(body), 'object') ?? objectOf(body);
  const properties = inner(incident, 'properties');
  if (properties === undefined) return unreadable('An incident came that is none.');
  const entities = listOf(field(properties, 'relatedEntities')).flatMap((each): Fields[] => [objectOf(each) ?? {}]);
  const alerts = listOf(field(properties, 'alerts')).map((each): Fields => inner(objectOf(each), 'properties') ?? {});
  const at = instant(field(properties, 'lastActivityTimeUtc')) ?? instant(field(properties, 'createdTimeUtc')) ?? now;
  const called = nameOf(incident, properties);
  const scene = { entities, at, homeTenantId, called, id: textField(incident, 'name', 128) ?? textField(incident, 'id', 512) ?? '' };
  const read = alerts.map((alert) => readAlert(alert, scene));
  if (read.length === 0) return unreadable(`${called} came without its alerts: look at it in Sentinel.`);
  return {
    events: read.flatMap((each) => (typeof each === 'object' && 'errorCode' in each ? [each] : [])),
    changes: read.flatMap((each) => (typeof each === 'object' && 'activity' in each ? [each] : [])),
    unreadable: read.flatMap((each) => (typeof each === 'string' ? [each] : [])),
  };
};

interface Scene {
  readonly entities: readonly Fields[];
  readonly at: Date;
  readonly homeTenantId: string;
  readonly id: string;
  /** As it is looked for in Sentinel. */
  readonly called: string;
}

/** Its number there, or its resource's name; both are Sentinel's, not anybody's words. */
function nameOf(incident: Fields | undefined, properties: Fields): string {
  const number = field(properties, 'incidentNumber');
  if (typeof number === 'number' && Number.isSafeInteger(number)) return `Incident ${number}`;
  const name = textField(incident, 'name', 64);
  return name !== undefined && /^[\w-]+$/.test(name) ? `Incident ${name}` : 'An incident';
}

function readAlert(alert: Fields, { entities, at, homeTenantId, id, called }: Scene): SignInEvent | DirectoryChange | string {
  const details = detailsOf(alert);
  const account = only(entities, 'account');
  const userId = details.get('userid') ?? idField(account, 'aadUserId');
  const tenantId = details.get('aadtenantid') ?? details.get('tenantid') ?? idField(account, 'aadTenantId') ?? homeTenantId;
  const ipAddress = details.get('ipaddress') ?? textField(only(entities, 'ip'), 'address');
  const seenAt = instant(field(alert, 'endTimeUtc')) ?? instant(field(alert, 'timeGenerated')) ?? at;
  const alertId = textField(alert, 'systemAlertId', 128) ?? id;
  if (details.has('resulttype')) {
    const row = new Map([
      ...details,
      ...Object.entries(known({ userid: userId, tenantid: tenantId, ipaddress: ipAddress, appdisplayname: details.get('app') })),
    ] as [string, string][]);
    const event = signInOf(row, alertId, seenAt);
    return typeof event === 'string' ? `${called} came of a sign-in and does not say whose: look at it in Sentinel.` : event;
  }
  const activity = details.get('operation');
  if (activity === undefined) return `${called} came and says neither who signed in nor what was changed: look at it in Sentinel.`;
  const by = details.get('actor');
  return {
    tenantId: tenantId.toLowerCase(),
    changedAt: seenAt,
    correlationId: details.get('correlationid') ?? alertId,
    activity,
    category: details.get('category') ?? '',
    result: resultOf(details.get('result')),
    actor: known({
      userId: by !== undefined && GUID.test(by.toLowerCase()) ? by.toLowerCase() : undefined,
      userPrincipalName: by !== undefined && !GUID.test(by.toLowerCase()) ? by : undefined,
      ipAddress,
    }),
    targets: entities
      .filter(({ kind }) => isKind(kind, 'account'))
      .flatMap((entity) => {
        const each = inner(entity, 'properties');
        const object = idField(each, 'aadUserId');
        return object === undefined
          ? []
          : [{ id: object, type: 'User', properties: [], ...known({ name: textField(each, 'accountName') }) }];
      }),
  };
}

/** Custom details with exactly one value each. They are JSON inside JSON. */
function detailsOf(alert: Fields): ReadonlyMap<string, string> {
  const told = field(inner(alert, 'additionalData'), 'Custom Details');
  let details: Fields | undefined;
  try {
    details = typeof told === 'string' ? objectOf(JSON.parse(told)) : objectOf(told);
  } catch {
    return new Map(); // told generically
  }
  return new Map(
    Object.entries(details ?? {}).flatMap(([name, values]): [string, string][] => {
      const distinct = [...new Set((Array.isArray(values) ? values : [values]).map(scalar))];
      const value = distinct.length === 1 ? textField({ value: distinct[0] }, 'value') : undefined;
      return value === undefined ? [] : [[name.toLowerCase(), value]];
    }),
  );
}

/** Not `String`: of an object whose `toString` is no function that throws. */
const scalar = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const isKind = (kind: unknown, wanted: string): boolean => typeof kind === 'string' && kind.toLowerCase() === wanted;

/** The properties of the only entity of a kind: of several nobody knows which one an alert means. */
function only(entities: readonly Fields[], kind: string): Fields | undefined {
  const found = entities.filter((entity) => isKind(entity.kind, kind));
  return found.length === 1 ? inner(found[0], 'properties') : undefined;
}

const unreadable = (words: string): Pushed => ({ ...NOTHING_PUSHED, unreadable: [words] });
