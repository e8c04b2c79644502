import type { Machine } from './machine.ts';
import { refusal } from './memoryTenant.ts';
import { live, type Trouble } from './process.ts';
import { approved, type Saga } from './sagas.ts';

/** A request that failed and was given up: what is to be taken back is owed, and nothing of it was done. */
export interface GivenUp {
  readonly machine: Machine;
  readonly requestId: string;
  /** As it was when the request was approved. */
  readonly before: Machine;
}

/**
 * The saga failed for good at a write, and its requester gave it up.
 *
 * @param write counted from 1
 * @param done  it was carried out all the same and its answer was lost; after it the tenant refuses everything, reads too
 * @returns nothing when the saga has no such write
 */
export async function givenUp(
  saga: Saga,
  write: number,
  done: boolean,
  carryOut: (machine: Machine, trouble: Trouble) => Promise<unknown> = live,
): Promise<GivenUp | undefined> {
  const { machine, requestId } = await approved(saga);
  const before = machine.fork();
  const calls = new Set(Object.keys(machine.tenant.writer));
  let seen = 0;
  const answer: Trouble['answer'] = (call) => {
    if (seen >= write) return done ? { error: refusal(403, 'Authorization_RequestDenied'), done: false } : undefined;
    if (!calls.has(call)) return undefined;
    seen += 1;
    if (seen < write) return undefined;
    return done ? { error: refusal(504, 'GatewayTimeout'), done } : { error: refusal(403, 'Authorization_RequestDenied'), done };
  };
  await carryOut(machine, { answer });
  if (seen < write) return undefined;
  const { state, requester } = machine.request(requestId);
  if (state !== 'failed') throw new Error(`${saga.name}: refused at write ${write} it is ${state}`);
  const outcome = await machine.press(requester.objectId, { kind: 'withdraw-request', requestId });
  if (!outcome.ok) throw new Error(`${saga.name}: ${outcome.error.code}`);
  return { machine, requestId, before };
}
