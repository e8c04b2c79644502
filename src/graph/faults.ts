import { GraphError } from '@microsoft/microsoft-graph-client';

/**
 * Graph did not do what was asked. `message` is ours and safe to show; the tenant's own words stay in `detail`, for the log only.
 */
export class GraphFault extends Error {
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** Graph's error code, or the network error's name. */
  readonly code: string;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly detail: string;
  constructor(operation: string, fields: { status: number; code: string; requestId?: string; retryAfterMs?: number; detail: string }) {
    super(`${operation}: ${fields.status === 0 ? 'no answer' : `HTTP ${fields.status}`} ${fields.code}`);
    this.name = 'GraphFault';
    this.status = fields.status;
    this.code = fields.code;
    this.requestId = fields.requestId;
    this.retryAfterMs = fields.retryAfterMs;
    this.detail = fields.detail;
  }

  /** The tenant may or may not have done it: look before trying again (GR-4). */
  get unknownOutcome(): boolean {
    return this.status === 0 || this.status >= 500 || this.status === 408;
  }

  /** Worth another try later: overload, faults of the service, or an object that has not reached every replica yet. */
  get passing(): boolean {
    return this.unknownOutcome || this.status === 429 || this.notYetThere;
  }

  /** Replication delay: documented as 404 on the new object, or 400 on a reference to it (graph facts, section 4). */
  get notYetThere(): boolean {
    return this.status === 404 || (this.status === 400 && /valid reference update/i.test(this.detail));
  }

  /** Refused as a duplicate. After an attempt whose outcome is unknown this speaks of that very attempt (GR-4). */
  get alreadyThere(): boolean {
    return this.status === 409 || (this.status === 400 && /already exist|conflicting object/i.test(this.detail));
  }
}

/** @param operation what was asked, with ids only */
export function asGraphFault(operation: string, error: unknown): unknown {
  if (error instanceof GraphFault) return error;
  if (error instanceof GraphError) {
    const retryAfter = Number(error.headers?.get('Retry-After') ?? Number.NaN);
    return new GraphFault(operation, {
      status: Math.max(error.statusCode, 0),
      code: error.code ?? 'Unknown',
      ...(error.requestId ? { requestId: error.requestId } : {}),
      ...(Number.isFinite(retryAfter) ? { retryAfterMs: retryAfter * 1000 } : {}),
      detail: error.message,
    });
  }
  if (error instanceof Error) return new GraphFault(operation, { status: 0, code: error.name, detail: error.message });
  return error;
}
