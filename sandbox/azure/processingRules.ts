import { Senseless } from '../tenant/byHand.ts';
import { isObject, type JsonObject, objectOf, textOf, textsOf } from '../tenant/json.ts';
import { AZURE, HOME_TENANT } from '../world.ts';
import { type AzureResource, type AzureResources, isOfType, keyOf } from './resources.ts';

export const PROCESSING_RULES = 'Microsoft.AlertsManagement/actionRules';

/** Fields, operators and kinds of recurrence there are (azure-rest-api-specs, AlertProcessingRules.json, 2021-08-08). */
const FIELDS = [
  ...['Severity', 'MonitorService', 'MonitorCondition', 'SignalType', 'TargetResourceType', 'TargetResource'],
  ...['TargetResourceGroup', 'AlertRuleId', 'AlertRuleName', 'Description', 'AlertContext'],
];
const OPERATORS = ['Equals', 'NotEquals', 'Contains', 'DoesNotContain'];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const RECURRENCES = ['Daily', 'Weekly', 'Monthly'];
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?$/;
const TIME = /^\d{2}:\d{2}:\d{2}$/;

/**
 * Somebody makes one that suppresses, in a resource group of its own: it need not lie beside what it silences.
 *
 * @throws Senseless for what Azure would not take, and for a time zone other than UTC, of which the sandbox knows no other
 */
export function addProcessingRule(resources: AzureResources, body: JsonObject): void {
  closed(body, ['do', 'tenantId', 'name', 'scopes', 'conditions', 'schedule', 'enabled', 'description']);
  const name = textOf(body, 'name') ?? 'quiet-night';
  const { scopes = [AZURE.subscription], conditions, schedule, enabled = true, description = '' } = body;
  if (!/^[\w().-]{1,260}$/.test(name)) throw new Senseless('name must be letters, digits, hyphens, underscores, dots or brackets.');
  if (!isList(scopes, (each) => `${String(each)}/`.toLowerCase().startsWith(`${AZURE.subscription}/`.toLowerCase())))
    throw new Senseless(`scopes must be resources of ${AZURE.subscription}, or that itself.`);
  if (typeof enabled !== 'boolean') throw new Senseless('enabled must be true or false.');
  if (conditions !== undefined && !isList(conditions, isCondition))
    throw new Senseless(
      `conditions must each have a field (${FIELDS.join(', ')}), an operator (${OPERATORS.join(', ')}) and up to five values.`,
    );
  if (schedule !== undefined) checkSchedule(schedule);
  const made: AzureResource = {
    tenantId: HOME_TENANT.id,
    id: `${AZURE.subscription}/resourceGroups/operations/providers/${PROCESSING_RULES}/${name}`,
    name,
    type: PROCESSING_RULES,
    location: 'Global',
    properties: {
      scopes,
      ...(conditions === undefined ? {} : { conditions }),
      ...(schedule === undefined ? {} : { schedule }),
      actions: [{ actionType: 'RemoveAllActionGroups' }],
      description,
      enabled,
    },
  };
  resources.put(keyOf(made), made);
}

/** The one of that name; all where no name is given. */
export function removeProcessingRules(resources: AzureResources, body: JsonObject): void {
  const name = textOf(body, 'name');
  const gone = resources.all().filter((each) => isOfType(each, PROCESSING_RULES) && (name === undefined || each.name === name));
  if (name !== undefined && gone.length === 0) throw new Senseless('name must be that of an alert processing rule that is there.');
  for (const each of gone) resources.remove(keyOf(each));
}

/** An alert as it fires, by the names that conditions have for its fields. */
export type FiredAlert = Readonly<Record<string, string>> & { readonly TargetResource: string };

/** Whether an alert loses every action group: a rule is on, has the resource in its scope and the instant in its schedule, and all its conditions are met. */
export function isSuppressed(resources: AzureResources, alert: FiredAlert, now: Date): boolean {
  return resources
    .all()
    .filter((each) => isOfType(each, PROCESSING_RULES) && each.properties.enabled === true)
    .some(
      ({ properties }) =>
        textsOf(properties, 'scopes').some((scope) => `${alert.TargetResource}/`.toLowerCase().startsWith(`${scope}/`.toLowerCase())) &&
        objectsOf(properties.conditions).every((condition) => isMet(condition, alert)) &&
        (properties.schedule === undefined || covers(objectOf(properties.schedule), now)),
    );
}

/** One of the values is enough; of those that must not be there, none may be. */
function isMet(condition: JsonObject, alert: FiredAlert): boolean {
  const actual = (alert[String(condition.field)] ?? '').toLowerCase();
  const values = textsOf(condition, 'values').map((value) => value.toLowerCase());
  const equal = values.includes(actual);
  const contained = values.some((value) => actual.includes(value));
  return { Equals: equal, NotEquals: !equal, Contains: contained, DoesNotContain: !contained }[String(condition.operator)] === true;
}

function covers({ effectiveFrom, effectiveUntil, recurrences }: JsonObject, now: Date): boolean {
  if (typeof effectiveFrom === 'string' && now < new Date(`${effectiveFrom}Z`)) return false;
  if (typeof effectiveUntil === 'string' && now >= new Date(`${effectiveUntil}Z`)) return false;
  const all = objectsOf(recurrences);
  return all.length === 0 || all.some((each) => recurs(each, now));
}

function recurs(recurrence: JsonObject, now: Date): boolean {
  const { startTime = '00:00:00', endTime = '24:00:00', daysOfWeek, daysOfMonth } = recurrence;
  const time = now.toISOString().slice(11, 19);
  // One that ends earlier than it begins goes on over midnight.
  const inTime =
    String(startTime) <= String(endTime)
      ? time >= String(startTime) && time < String(endTime)
      : time >= String(startTime) || time < String(endTime);
  const onDay =
    (daysOfWeek === undefined || textsOf(recurrence, 'daysOfWeek').includes(DAYS[now.getUTCDay()] ?? '')) &&
    (daysOfMonth === undefined || textsOf(recurrence, 'daysOfMonth').includes(String(now.getUTCDate())));
  return inTime && onDay;
}

function checkSchedule(schedule: unknown): void {
  const given = objectOf(schedule);
  closed(given, ['effectiveFrom', 'effectiveUntil', 'timeZone', 'recurrences']);
  const { effectiveFrom, effectiveUntil, timeZone = 'UTC', recurrences = [] } = given;
  if (!isObject(schedule) || ![effectiveFrom, effectiveUntil].every((each) => each === undefined || INSTANT.test(String(each))))
    throw new Senseless('schedule has effectiveFrom and effectiveUntil, each like 2026-12-24T22:00:00, without a zone.');
  if (timeZone !== 'UTC') throw new Senseless('timeZone must be UTC: the sandbox knows no other.');
  if (!(Array.isArray(recurrences) && recurrences.every(isRecurrence)))
    throw new Senseless(
      'recurrences are Daily with startTime and endTime (06:00:00), Weekly with daysOfWeek (Monday), or Monthly with daysOfMonth (1).',
    );
}

function isRecurrence(value: unknown): boolean {
  const { recurrenceType, startTime, endTime, daysOfWeek, daysOfMonth, ...more } = objectOf(value);
  const timed = [startTime, endTime].every((each) => each === undefined || TIME.test(String(each)));
  if (Object.keys(more).length > 0 || !timed || !RECURRENCES.includes(String(recurrenceType))) return false;
  if (recurrenceType === 'Weekly') return daysOfMonth === undefined && isList(daysOfWeek, (day) => DAYS.includes(String(day)));
  if (recurrenceType === 'Monthly') return daysOfWeek === undefined && isList(daysOfMonth, (day) => Number.isInteger(day));
  return daysOfWeek === undefined && daysOfMonth === undefined && startTime !== undefined && endTime !== undefined;
}

function isCondition(value: unknown): boolean {
  const { field, operator, values, ...more } = objectOf(value);
  return (
    Object.keys(more).length === 0 &&
    FIELDS.includes(String(field)) &&
    OPERATORS.includes(String(operator)) &&
    isList(values, (each) => typeof each === 'string') &&
    values.length <= 5
  );
}

function closed(given: JsonObject, known: readonly string[]): void {
  const unknown = Object.keys(given).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw new Senseless(`${unknown.join(', ')} is not known here; known: ${known.join(', ')}.`);
}
const isList = (value: unknown, fits: (each: unknown) => boolean): value is readonly unknown[] =>
  Array.isArray(value) && value.length > 0 && value.every(fits);
const objectsOf = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
