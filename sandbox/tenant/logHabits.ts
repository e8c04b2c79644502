import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { objectOf } from './json.ts';
import type { LogRow } from './records.ts';
import type { TenantState } from './state.ts';

/** How the logs misbehave, as the real ones do (Learn, reports-faq: several entries for a request, late MFA results, masked addresses). */
export interface LogHabits {
  /** Real milliseconds until a row can be read, instead of what the sandbox was started with. */
  readonly delayMs?: number;
  /** Every sign-in is listed twice under the same id. */
  readonly duplicates?: boolean;
  /** A sign-in with a second step is first listed as interrupted (50074); its result comes so many real milliseconds later, under another id. */
  readonly lateMfaMs?: number;
  /** Activities of which no record is ever written: an audit log that loses rows. */
  readonly lost?: readonly string[];
  /** Last part of addresses replaced by XXX. */
  readonly maskIps?: boolean;
  /** The object id stands where the user principal name should. */
  readonly idsAsNames?: boolean;
}

const KEY = 'logs';

export const logHabits = (state: TenantState): LogHabits => state.documents.get<LogHabits>('tenant.settings', KEY) ?? {};
export const logDelay = (state: TenantState): number => logHabits(state).delayMs ?? state.logDelayMs;

const isWait = (value: unknown): boolean =>
  value === undefined || (Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 86_400_000);
const isSwitch = (value: unknown): boolean => value === undefined || typeof value === 'boolean';

/** `POST /sandbox/logs`: all habits at once; those not named are off. */
export function registerLogHabits(server: FastifyInstance, state: TenantState): void {
  server.get('/sandbox/logs', async () => logHabits(state));
  server.post('/sandbox/logs', async (request, reply) => {
    const { tenantId: _tenantId, delayMs, lateMfaMs, duplicates, lost, maskIps, idsAsNames, ...others } = objectOf(request.body);
    const isList = lost === undefined || (Array.isArray(lost) && lost.every((name) => typeof name === 'string'));
    const right = isList && isWait(delayMs) && isWait(lateMfaMs) && [duplicates, maskIps, idsAsNames].every(isSwitch);
    if (!right || Object.keys(others).length > 0) {
      return reply.code(400).send({
        error: 'Say delayMs, lateMfaMs (whole milliseconds), duplicates, maskIps, idsAsNames (true or false), lost (names of activities).',
      });
    }
    const habits = JSON.parse(JSON.stringify({ delayMs, lateMfaMs, duplicates, lost, maskIps, idsAsNames })) as LogHabits;
    state.documents.put('tenant.settings', KEY, habits);
    return habits;
  });
}

const INTERRUPTED = {
  errorCode: 50074,
  failureReason: 'Strong Authentication is required.',
  additionalDetails: 'MFA required in Azure AD',
};

/** Rows of the log one sign-in leaves, the one that tells its result among them. */
export function rowsOfSignIn(state: TenantState, row: LogRow, steps: number): readonly LogRow[] {
  const { duplicates, lateMfaMs, maskIps, idsAsNames } = logHabits(state);
  const entry = {
    ...row.entry,
    ...(maskIps ? { ipAddress: String(row.entry.ipAddress).replace(/[.:][^.:]*$/, '.XXX') } : {}),
    ...(idsAsNames ? { userPrincipalName: row.entry.userId } : {}),
  };
  const isLate = lateMfaMs !== undefined && steps > 1;
  const result: LogRow = { ...row, entry, availableAtMs: row.availableAtMs + (isLate ? lateMfaMs : 0) };
  const id = randomUUID();
  const early: LogRow[] = isLate ? [{ ...row, id, entry: { ...entry, id, status: INTERRUPTED } }] : [];
  const rows = [...early, result];
  return duplicates ? rows.flatMap((one) => [one, { ...one, id: `${one.id}/2` }]) : rows;
}
