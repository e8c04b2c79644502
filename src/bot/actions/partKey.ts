import type { Refusal } from '../../core/refusal.ts';
import { no, ok, type Result } from '../../core/result.ts';
import { type Data, idFrom } from '../input.ts';

export interface PartRef {
  readonly accountId: string;
  readonly partNumber: number;
}

/** `<account id>:<number>`, as `partKey` of the core writes it. */
export function partFrom(data: Data): Result<PartRef, Refusal> {
  const id = idFrom(data, 'part');
  if (!id.ok) return id;
  const [, accountId, number] = /^([^:]+):([1-9])$/.exec(id.value) ?? [];
  return accountId === undefined || number === undefined
    ? no({ code: 'not-found', what: 'part' })
    : ok({ accountId, partNumber: Number(number) });
}
