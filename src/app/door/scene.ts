import type { Feed } from '../../core/alert/types.ts';
import type { AuditDays } from '../../core/audit/days.ts';
import type { Decision } from '../../core/decision.ts';
import type { Intent } from '../../core/intent.ts';
import type { Actor } from '../../core/people.ts';
import type { Refusal } from '../../core/refusal.ts';
import { no, ok, type Result } from '../../core/result.ts';
import type { Aggregates, AuditHead, Kind, Policy, Random, Store, TenantInfo, Transaction } from '../ports.ts';

/**
 * What an accepted intent leaves behind. `sealed` only for `reveal-part`: the part, still sealed, taken out of the store for good. `exported`
 * only for `export-audit`, with the head of the log whose last entry tells of the export.
 */
export type Outcome = Result<
  { readonly [K in Kind]?: Aggregates[K] } & { readonly sealed?: Uint8Array; readonly exported?: AuditExported },
  Refusal
>;

export interface AuditExported {
  readonly days: AuditDays;
  /** Entries whose text is to be in it. */
  readonly bodies: number;
  readonly head?: AuditHead;
  readonly at?: Date;
}

export interface DoorNeeds {
  readonly store: Store;
  readonly random: Random;
  readonly policy: Policy;
  readonly tenant: (tenantId: string) => TenantInfo | undefined;
  /** How often a heartbeat sets out to the channel; 5 minutes unless said. */
  readonly heartbeatSeconds?: number;
  /** Feeds that push sign-ins of a tenant to us, given those that were heard of it: what a drill must see arrive. None unless said. */
  readonly pushes?: (tenantId: string, heard: ReadonlySet<Feed>) => readonly Feed[];
}

/** What a handler works with: one transaction, one actor, one instant. */
export interface Scene extends DoorNeeds {
  readonly tx: Transaction;
  readonly actor: Actor;
  readonly now: Date;
}

/** The intent of that kind. */
export type Wanted<K extends Intent['kind']> = Extract<Intent, { kind: K }>;

/** Lock, decide, save, owe: what almost every intent is. */
export async function change<K extends Kind>(
  scene: Scene,
  kind: K,
  id: string,
  rule: (value: Aggregates[K]) => Decision<Aggregates[K]>,
): Promise<Outcome> {
  const before = await scene.tx.lock(kind, id);
  if (before === undefined) return no({ code: 'not-found', what: kind });
  const decision = rule(before);
  if (!decision.ok) return decision;
  const { next, effects } = decision.value;
  if (next !== before) await scene.tx.save(kind, next);
  await scene.tx.owe(effects);
  return ok({ [kind]: next });
}
