/**
 * A database error as the rest of the product may see it: SQLSTATE and constraint, nothing else. The drivers' own errors carry the
 * query, its parameters and the offending value in message and detail (tried on pg 8.23 and PGlite 0.5.16), so they stop here (DA-7).
 */
export class StoreFault extends Error {
  readonly sqlState: string;
  readonly constraint: string | undefined;
  constructor(what: string, sqlState: string, constraint?: string) {
    super(`${what}: SQLSTATE ${sqlState}${constraint === undefined ? '' : ` (${constraint})`}`);
    this.name = 'StoreFault';
    this.sqlState = sqlState;
    this.constraint = constraint;
  }
}

/** By SQLSTATE, never by class: PGlite's classes are minified. Errors that are not the database's pass unchanged. */
export function asStoreFault(what: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error;
  if (!/^[0-9A-Z]{5}$/.test(error.code)) return error;
  const constraint = 'constraint' in error && typeof error.constraint === 'string' ? error.constraint : undefined;
  return new StoreFault(what, error.code, constraint);
}
