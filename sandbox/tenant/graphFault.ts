import type { JsonObject } from './json.ts';

export interface FaultDetail {
  readonly code: string;
  readonly message: string;
  readonly target: string;
}

export interface FaultExtras {
  /** Text of `innerError.message`. */
  readonly innerMessage?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer Graph refuses with. Thrown by handlers, so that what they changed is rolled back. */
export class GraphFault extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: readonly FaultDetail[];
  readonly extras: FaultExtras;

  constructor(status: number, code: string, message: string, details: readonly FaultDetail[] = [], extras: FaultExtras = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
    this.extras = extras;
  }
}

export const notFound = (id: string): GraphFault =>
  new GraphFault(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );

export const denied = (): GraphFault =>
  new GraphFault(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');

export const badRequest = (message: string, details: readonly FaultDetail[] = []): GraphFault =>
  new GraphFault(400, 'Request_BadRequest', message, details);

export const invalidValue = (property: string, resource: string): GraphFault =>
  badRequest(`Invalid value specified for property '${property}' of resource '${resource}'.`, [
    { code: 'InvalidValue', message: `Invalid value specified for property '${property}' of resource '${resource}'.`, target: property },
  ]);

export const unsupportedQuery = (message: string): GraphFault => new GraphFault(400, 'Request_UnsupportedQuery', message);

/** Body of a Graph error. */
export function faultBody(fault: GraphFault, at: Date, requestId: string, clientRequestId: string): JsonObject {
  return {
    error: {
      code: fault.code,
      message: fault.message,
      ...(fault.details.length > 0 ? { details: fault.details } : {}),
      innerError: {
        ...(fault.extras.innerMessage === undefined ? {} : { message: fault.extras.innerMessage }),
        date: at.toISOString().slice(0, 19),
        'request-id': requestId,
        'client-request-id': clientRequestId,
      },
    },
  };
}
