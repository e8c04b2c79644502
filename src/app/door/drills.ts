import type { Feed } from '../../core/alert/types.ts';
import { bearsLabel } from '../../core/drill/match.ts';
import { noteSignIn, noteUnread } from '../../core/drill/note.ts';
import { lookAtDrill, startDrill } from '../../core/drill/run.ts';
import { no, ok } from '../../core/result.ts';
import type { Aggregates } from '../ports.ts';
import { change, type Outcome, type Scene, type Wanted } from './scene.ts';

export async function start(scene: Scene, { accountId, announced }: Wanted<'start-drill'>): Promise<Outcome> {
  const { tx, store, actor, now, random, pushes } = scene;
  const account = await tx.lock('account', accountId);
  if (!account) return no({ code: 'not-found', what: 'account' });
  const running = (await tx.runningDrills()).find((drill) => drill.accountId === accountId);
  const feeds = (await store.feeds()).filter(({ tenantId, lastSuccessAt }) => tenantId === account.tenantId && lastSuccessAt !== undefined);
  const heard = new Set(feeds.map(({ feed }) => feed as Feed));
  const decision = startDrill(account, running, actor, announced, pushes?.(account.tenantId, heard) ?? [], random.id('D'), now);
  if (!decision.ok) return decision;
  await tx.insert('drill', decision.value.next);
  await tx.owe(decision.value.effects);
  return ok({ drill: decision.value.next });
}

/**
 * Notes a sign-in on the drill it belongs to, and labels its alert. Whatever a drill makes of it, the alert has been raised before, with
 * everything it owes; the label takes nothing of that away (AL-7).
 */
export async function noteOnDrills(scene: Scene, intent: Wanted<'sign-in-seen'>, outcome: Outcome): Promise<Outcome> {
  const { tx, now } = scene;
  const alert = outcome.ok ? outcome.value.alert : undefined;
  if (!alert || alert.accountId === undefined) return outcome;
  if (alert.cause.kind !== 'sign-in') return outcome;
  const { feeds, event: known } = alert.cause;
  const account = { id: alert.accountId, objectId: intent.event.userId };
  let labelled: Aggregates['alert'] = alert;
  for (const { id } of await tx.drillsOf(account.id, intent.event.signedInAt)) {
    const drill = await tx.lock('drill', id);
    if (!drill) continue;
    const seen = {
      alertId: alert.id,
      event: intent.event,
      known,
      feed: intent.feed,
      receivedAt: intent.receivedAt ?? now,
      acceptedAt: alert.raisedAt,
      otherFeeds: feeds.filter((feed) => feed !== intent.feed),
      now,
    };
    const { next, effects } = noteSignIn(drill, account.objectId, seen);
    if (next === drill) continue;
    await tx.save('drill', next);
    await tx.owe(effects);
    labelled = await relabel(scene, labelled, next);
  }
  return labelled === alert ? outcome : ok({ ...(outcome.ok ? outcome.value : {}), alert: labelled });
}

async function relabel({ tx }: Scene, alert: Aggregates['alert'], drill: Aggregates['drill']): Promise<Aggregates['alert']> {
  const bears = bearsLabel(drill, alert.id);
  if (bears === (alert.drillId === drill.id)) return alert;
  const { drillId: _before, ...rest } = alert;
  const next = { ...rest, ...(bears ? { drillId: drill.id } : {}), revision: alert.revision + 1 };
  await tx.save('alert', next);
  await tx.owe([{ kind: 'show', subject: `alert:${alert.id}`, urgent: true }]);
  return next;
}

/** Something came through a feed that nobody could read: a drill that waits for that feed should know. */
export async function noteUnreadOnDrills({ tx, now }: Scene, feed: Feed, outcome: Outcome): Promise<Outcome> {
  if (!outcome.ok) return outcome;
  for (const { id } of await tx.runningDrills()) {
    const drill = await tx.lock('drill', id);
    const next = drill && noteUnread(drill, feed, now);
    if (next && next !== drill) await tx.save('drill', next);
  }
  return outcome;
}

/** Somebody has seen an alert of a drill: it may have gone all the way now. */
export async function nudgeDrill({ tx, now }: Scene, outcome: Outcome): Promise<Outcome> {
  const drillId = outcome.ok ? outcome.value.alert?.drillId : undefined;
  if (drillId !== undefined)
    await tx.owe([{ kind: 'intend', key: `drill-look:${drillId}`, at: now, intent: { kind: 'look-at-drill', drillId } }]);
  return outcome;
}

/** Alerts are only read, without a lock: a sign-in locks its alert before its drill, and nobody may wait the other way round. */
export async function look(scene: Scene, drillId: string): Promise<Outcome> {
  const { tx, store, now } = scene;
  const drill = await tx.lock('drill', drillId);
  if (!drill) return no({ code: 'not-found', what: 'drill' });
  const progress = new Map<string, { cardAt?: Date; acknowledgedAt?: Date }>();
  for (const { alertId } of drill.legs) {
    if (alertId === undefined) continue;
    const own = await store.get('alert', alertId);
    // One that another alert counts is shown, and acknowledged, with that one.
    const alert = own?.foldedInto === undefined ? own : await store.get('alert', own.foldedInto);
    const card = await store.card(`alert:${alert?.id ?? alertId}:0`);
    progress.set(alertId, {
      ...(card?.sentAt ? { cardAt: card.sentAt } : {}),
      ...(alert?.acknowledgedAt ? { acknowledgedAt: alert.acknowledgedAt } : {}),
    });
  }
  const outcome = await change(scene, 'drill', drillId, (known) => lookAtDrill(known, (alertId) => progress.get(alertId) ?? {}, now));
  // That it still waits is no news; what it owes to look again stands all the same.
  return outcome.ok && outcome.value.drill?.revision === drill.revision ? no({ code: 'nothing-to-do' }) : outcome;
}

export async function conclude(scene: Scene, { accountId, drillId }: Wanted<'conclude-drill'>): Promise<Outcome> {
  const drill = await scene.store.get('drill', drillId);
  const { state, endedAt, broken } = drill ?? {};
  if (!state || state === 'running' || !endedAt) return no({ code: 'nothing-to-do' });
  return change(scene, 'account', accountId, (account) => {
    if (account.drill && account.drill.at >= endedAt) return no({ code: 'nothing-to-do' });
    const result = { id: drillId, at: endedAt, result: state, ...(broken ? { hop: broken.hop } : {}) };
    const passed = state === 'passed' ? { drillPassedAt: endedAt } : {};
    return ok({
      next: { ...account, drill: result, ...passed, revision: account.revision + 1 },
      effects: [
        { kind: 'show', subject: `account:${accountId}` },
        { kind: 'show', subject: `validation:${accountId}` },
      ],
    });
  });
}
