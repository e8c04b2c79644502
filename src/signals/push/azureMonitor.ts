import { NOTHING_PUSHED, type Pushed, type ReadPush } from '../../app/pushed.ts';
import type { SignInEvent } from '../../core/alert/types.ts';
import { activityFrom, tenantOfActivity } from '../records/activity.ts';
import { type Fields, field, inner, instant, listOf, objectOf } from '../records/fields.ts';
import { hash, type Row, signInOf } from './signInRow.ts';

const COMMON = 'azuremonitorcommonalertschema';
const MAX_ROWS = 200;

/**
 * Reads an alert of Azure Monitor in any shape that an action group sends (Learn, alerts-payload-samples, alerts-log-webhook,
 * alerts-metric webhook, activity-log-alerts-webhook, 2026-11): the common schema, or what each kind of alert had before it.
 *
 * - Log alerts: V2 carries no rows, so each element of `allOf` is one sign-in by the dimensions that its rule is split by; V1 carries the
 *   rows of the search, and each is one sign-in.
 * - Metric alerts: a sign-in where their dimensions name one.
 * - Activity log alerts: the change itself.
 *
 * Names are compared without case.
 */
export const readAzureMonitor: ReadPush = (body, now, homeTenantId) => {
  const root = objectOf(body);
  const data = inner(root, 'data');
  const schema = short(field(root, 'schemaId'));
  const essentials = inner(data, 'essentials');
  if (schema === COMMON && data && essentials) {
    const condition = short(field(essentials, 'monitorCondition'));
    if (condition === 'resolved') return NOTHING_PUSHED;
    if (condition !== 'fired') return unreadable('An alert came that is neither fired nor resolved.');
    const alertId = text(field(essentials, 'alertId'), 512) ?? `sha256:${hash(JSON.stringify(body))}`;
    return byContext(inner(data, 'alertContext'), alertId, instant(field(essentials, 'firedDateTime')) ?? now, homeTenantId);
  }
  if (schema === 'microsoft.insights/activitylogs') return activity(inner(inner(data, 'context'), 'activityLog'), homeTenantId);
  const alertId = `sha256:${hash(JSON.stringify(body))}`;
  // The older shapes stand in `data`, or were sent bare.
  const older = data ?? root;
  if (schema === 'microsoft.insights/logalert' || field(older, 'SearchResult') !== undefined) return tables(older, alertId, now);
  if (schema === 'azuremonitormetricalert') {
    if (['deactivated', 'resolved'].includes(short(field(older, 'status')))) return NOTHING_PUSHED;
    const context = inner(older, 'context');
    return rowsOf(inner(context, 'condition'), alertId, instant(field(context, 'timestamp')) ?? now);
  }
  return unreadable('An alert came in a shape that is not known.');
};

/** Which kind it is, the context shows: names of monitoring services have changed more often. */
function byContext(context: Fields | undefined, alertId: string, firedAt: Date, homeTenantId: string): Pushed {
  if (field(context, 'SearchResults') !== undefined || field(context, 'SearchQuery') !== undefined)
    return tables(context, alertId, firedAt);
  if (field(context, 'operationName') !== undefined) return activity(context, homeTenantId);
  if (inner(context, 'condition')) return rowsOf(inner(context, 'condition'), alertId, firedAt);
  return unreadable('An alert came of a kind that is not known.');
}

/** Dimensions, of a log alert or a metric. */
function rowsOf(condition: Fields | undefined, alertId: string, firedAt: Date): Pushed {
  const rows = listOf(field(condition, 'allOf'));
  if (rows.length === 0) return unreadable('An alert came without the rows that raised it.');
  const at = instant(field(condition, 'windowEndTime')) ?? firedAt;
  if (rows.every((row) => field(objectOf(row), 'metricName') !== undefined && !dimensionsOf(row).has('userid')))
    return unreadable('An alert on a metric came: it names no account.');
  return signIns(rows.map(dimensionsOf), alertId, at);
}

/** Results of a search: `tables` of columns and rows. */
function tables(context: Fields | undefined, alertId: string, firedAt: Date): Pushed {
  const results = inner(context, 'SearchResults') ?? inner(context, 'SearchResult');
  const rows = listOf(field(results, 'tables')).flatMap((each): Row[] => {
    const table = objectOf(each);
    const names = listOf(field(table, 'columns')).map((column) => short(field(objectOf(column), 'name')));
    return listOf(field(table, 'rows')).map((cells) => rowFrom(listOf(cells).map((cell, index) => [names[index] ?? '', cell] as const)));
  });
  if (rows.length === 0) return unreadable('An alert on a search came without its results: its rule must include them.');
  return signIns(rows, alertId, instant(field(context, 'SearchIntervalEndtimeUtc')) ?? firedAt);
}

function signIns(rows: readonly Row[], alertId: string, firedAt: Date): Pushed {
  const events: SignInEvent[] = [];
  const words: string[] = rows.length > MAX_ROWS ? [`An alert has ${rows.length} rows; only the first ${MAX_ROWS} were read.`] : [];
  for (const [index, row] of rows.slice(0, MAX_ROWS).entries()) {
    const read = signInOf(row, alertId, firedAt);
    if (typeof read === 'string') words.push(`Row ${index + 1} of an alert ${read}.`);
    else events.push(read);
  }
  return { events, changes: [], unreadable: words };
}

/** In the common schema claims are JSON inside JSON. A subscription belongs to the tenant of the action group. */
function activity(row: Fields | undefined, homeTenantId: string): Pushed {
  if (!row) return unreadable('An alert on the activity log came without what happened.');
  const claims = field(row, 'claims');
  const whole = { ...row, ...(typeof claims === 'string' ? { claims: parsed(claims) } : {}) };
  const change = activityFrom(whole, tenantOfActivity(whole) ?? homeTenantId);
  if (typeof change === 'string') return unreadable(`An alert on the activity log brought ${change}.`);
  return { events: [], changes: [change], unreadable: [] };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined; // then nobody knows who did it, and the alert says that
  }
}

const unreadable = (words: string): Pushed => ({ ...NOTHING_PUSHED, unreadable: [words] });

function dimensionsOf(row: unknown): Row {
  return rowFrom(
    listOf(field(objectOf(row), 'dimensions')).map((each) => [short(field(objectOf(each), 'name')), field(objectOf(each), 'value')]),
  );
}

/** Of a name that comes twice the first counts. Empty values are left out: Azure Monitor sends them for missing columns. */
function rowFrom(cells: readonly (readonly [string, unknown])[]): Row {
  const found = new Map<string, string>();
  for (const [name, cell] of cells) {
    const value = text(typeof cell === 'number' ? String(cell) : cell, 256)?.trim();
    if (name && value && !found.has(name)) found.set(name, value);
  }
  return found;
}

const short = (value: unknown): string => text(value, 128)?.toLowerCase() ?? '';

/** Text within bounds, as the database can hold it (DA-7); what is longer is none of what we look for. */
function text(value: unknown, longest: number): string | undefined {
  if (typeof value !== 'string' || value === '' || value.length > longest) return undefined;
  return value.includes('\0') || !value.isWellFormed() ? undefined : value;
}
