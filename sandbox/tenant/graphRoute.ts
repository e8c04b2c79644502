import type { SandboxTenant } from '../world.ts';
import type { AppRegistration } from './apps.ts';
import type { JsonObject } from './json.ts';

/** Who calls, as the token says. */
export interface Caller {
  readonly app: AppRegistration;
  readonly servicePrincipalId: string;
  readonly permissions: ReadonlySet<string>;
}

export interface GraphCall {
  readonly tenant: SandboxTenant;
  readonly caller: Caller;
  readonly params: Readonly<Record<string, string>>;
  /** Query options by name, `$` included. */
  readonly query: Readonly<Record<string, string>>;
  /** Path after `/v1.0`, without the query: what a nextLink repeats. */
  readonly path: string;
  readonly body: JsonObject;
  /** `ConsistencyLevel: eventual` was sent. */
  readonly eventual: boolean;
  readonly requestId: string;
}

export interface GraphAnswer {
  readonly status: number;
  readonly body?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Alternatives, each a permission or several that are needed together. */
export type Permissions = readonly (string | readonly string[])[];

/** One operation of Graph. `handle` is synchronous: a write, its audit and its record are one transaction. */
export interface GraphRoute {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly permissions: Permissions;
  /** Cost in resource units before `$select` and `$top` lower it; 1 unless told. */
  readonly resourceUnits?: number;
  /** Limit of its own; the directory's resource units unless told. */
  readonly throttle?: 'conditional-access' | 'reports';
  handle(call: GraphCall): GraphAnswer;
}

export function holds(caller: Caller, permissions: Permissions): boolean {
  return permissions.some((needed) =>
    typeof needed === 'string' ? caller.permissions.has(needed) : needed.every((one) => caller.permissions.has(one)),
  );
}

export const GRAPH_ROOT = 'https://graph.microsoft.com/v1.0';

export const ok = (body: JsonObject): GraphAnswer => ({ status: 200, body });
export const noContent: GraphAnswer = { status: 204 };

/** A single entity with its context. */
export const entity = (set: string, properties: JsonObject): GraphAnswer =>
  ok({ '@odata.context': `${GRAPH_ROOT}/$metadata#${set}/$entity`, ...properties });
