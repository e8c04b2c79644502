import type { StepId, StepKind } from '../../../src/core/request/types.ts';
import type { Machine } from '../installation/machine.ts';
import type { TenantWrite } from '../installation/memoryTenant.ts';
import type { Asked, Right, Rules } from './reference.ts';

/** Something happened that must not. */
export class Broken extends Error {}

export function must(so: boolean, rule: string, details?: unknown): asserts so {
  if (!so) throw new Broken(`${rule}${details === undefined ? '' : ` ${JSON.stringify(details)}`}`);
}

/** What is known of one request beside what people did: its lease and its steps, from the events of workers. */
export interface Course {
  /** Accounts that had the right at some instant since the newest lease was taken. */
  sinceLease: ReadonlySet<string>;
  /** The newest one: whoever began a run last has it. */
  lease?: Lease;
  proven: Set<string>;
  provenBack: Set<string>;
  /** By call and what it was to: how often, and under which lease last. */
  readonly written: Map<string, { readonly times: number; readonly under: Lease | undefined }>;
  /** Object id of the user that was made for it. */
  made?: string;
  /** Ids of the sign-in methods that were on the account when the first step began. */
  methodsBefore: ReadonlySet<string>;
  /** Something was written that takes away what opened the account before. */
  oldTouched?: true;
  /** Workers that began to, and of whom nobody heard how it went: it counts as if they had. */
  readonly unsure: Set<Hand>;
  /** A worker that had been overtaken still wrote. */
  late?: true;
}

export interface World {
  readonly machine: Machine;
  readonly asked: Map<string, Asked>;
  readonly courses: Map<string, Course>;
  rules(): Rules;
  readonly right: Right;
  readonly accounts: readonly string[];
  /** Kinds of the steps that were held against the tenant. */
  readonly proven: StepKind[];
}

export const courseOf = ({ courses }: World, id: string): Course => {
  const found: Course = courses.get(id) ?? {
    sinceLease: new Set(),
    proven: new Set(),
    provenBack: new Set(),
    written: new Map(),
    methodsBefore: new Set(),
    unsure: new Set(),
  };
  courses.set(id, found);
  return found;
};

/** What a worker takes to run a plan. */
export interface Lease {
  readonly requestId: string;
  /** Something was written under it after another was taken. */
  late?: true;
}

/** One life of a worker. */
export interface Hand {
  lease?: Lease;
  /** The step it is in, and what it wrote in it: writes must belong to it. */
  step?: { readonly id: StepId; readonly back: boolean; readonly written: Set<TenantWrite['call']> } | undefined;
  /** The write of which it was not told that it was done. */
  lost?: string;
}
