import { CallFailed, type Json, type Outcome } from './api.ts';

/** A form that comes back with what to correct still has its own button; of other cards nothing follows from that. */
export function asksAgain(card: Json | undefined, verb: string | undefined): boolean {
  return verb === 'create.submit' && JSON.stringify(card ?? null).includes(verb);
}

/** A call that failed altogether is shown where a refusal would be. */
export async function outcomeOf(call: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    return { status: 500, message: error.message };
  }
}
