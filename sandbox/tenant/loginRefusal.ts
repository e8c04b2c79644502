import { timingSafeEqual } from 'node:crypto';

/** An OAuth error as Entra words it; `number` is the one people search for. */
export interface LoginRefusal {
  readonly status: number;
  readonly error: string;
  readonly number: number;
  readonly text: string;
}

export const bad = (error: string, number: number, text: string, status = 400): LoginRefusal => ({ status, error, number, text });

export function sameSecret(given: string, kept: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(kept)];
  return a.length === b.length && timingSafeEqual(a, b);
}
