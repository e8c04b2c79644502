import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { JWTVerifyGetKey } from 'jose';
import { countedRefusals } from '../app/countedRefusals.ts';
import type { Door } from '../app/dispatch.ts';
import type { Log } from '../app/log.ts';
import type { Store } from '../app/ports.ts';
import type { ReadPush } from '../app/pushed.ts';
import type { DirectoryChange } from '../core/alert/change.ts';
import type { Feed } from '../core/alert/types.ts';
import { GUID } from '../core/guid.ts';
import type { Intent } from '../core/intent.ts';
import type { Actor } from '../core/people.ts';
import { KEY_HEADER, type SenderKeys, senderOf } from './senderKeys.ts';
import type { SignalHandler } from './server.ts';
import { isFromSender, type SenderSettings } from './signalToken.ts';

export interface SignalNeeds {
  readonly door: Door;
  readonly store: Pick<Store, 'now' | 'feedRead'>;
  readonly feed: Extract<Feed, 'azure-monitor' | 'sentinel'>;
  readonly read: ReadPush;
  /** Who proves by an Entra token who they are. */
  readonly token?: { readonly sender: SenderSettings; readonly keys: JWTVerifyGetKey } | undefined;
  /** Who proves it by a key. */
  readonly senderKeys?: SenderKeys | undefined;
  readonly homeTenantId: string;
  knowsTenant(tenantId: string): boolean;
  /** Whether our own changer did it. */
  byChanger(change: DirectoryChange): Promise<boolean>;
  readonly log: Log;
}

const FEED: Actor = { kind: 'system', part: 'feed' };

/**
 * A webhook for alerts. Everything an alert says is stored before the alert is acknowledged; whatever fails on our side is thrown, and the
 * server answers 503 so that the sender tries again (AL-1). What cannot be read is kept as it came, and an alert too (AL-5).
 */
export function signalWebhook(needs: SignalNeeds): SignalHandler {
  const { feed, store, log } = needs;
  const refused = countedRefusals(log, 'signal.refused', { feed });
  return async (body, headers) => {
    const sender = await provenSender(headers, needs);
    if (sender === undefined) {
      refused();
      return { status: 401 };
    }
    const receivedAt = await store.now();
    const { events, changes, unreadable } = needs.read(body, receivedAt, needs.homeTenantId);
    const heard = new Map<string, Date>();
    const unknown = new Set<string>();
    const isKnown = (tenantId: string, at: Date): boolean => {
      if (!needs.knowsTenant(tenantId)) unknown.add(tenantId);
      else if ((heard.get(tenantId) ?? at) <= at) heard.set(tenantId, at);
      return needs.knowsTenant(tenantId);
    };
    for (const event of events) {
      if (isKnown(event.tenantId, event.signedInAt)) await tell(needs, { kind: 'sign-in-seen', event, feed, receivedAt });
    }
    for (const change of changes) {
      if (!isKnown(change.tenantId, change.changedAt)) continue;
      await tell(needs, { kind: 'change-seen', change, feed, byChanger: await needs.byChanger(change) });
    }
    const words = [...unreadable, ...new Set([...unknown].map(notConfigured))];
    if (words.length > 0) await tell(needs, keep(feed, words, body));
    for (const [tenantId, freshestAt] of heard) await store.feedRead(tenantId, feed, { freshestAt });
    log.info('signal.accepted', { feed, sender, events: events.length, changes: changes.length, unreadable: words.length });
    return { status: 200 };
  };
}

/** Named only by what is an id: anything else is the sender's text, and is not repeated on a card or in the log. */
const notConfigured = (tenantId: string): string =>
  GUID.test(tenantId)
    ? `An alert came about the tenant ${tenantId}, which is not configured.`
    : 'An alert came about a tenant without a proper id.';

/** One alert for all that is wrong with a push, under what the body hashes to: the same again is nothing new. */
function keep(feed: Feed, [first = '', ...more]: readonly string[], body: unknown): Intent {
  const bytes = Buffer.from(JSON.stringify(body), 'utf8');
  const words = more.length === 0 ? first : `${first} ${more.length} more of it could not be read either.`;
  return { kind: 'signal-quarantined', feed, dedupe: createHash('sha256').update(bytes).digest('hex'), words, bytes };
}

async function tell({ door }: SignalNeeds, intent: Intent): Promise<void> {
  const outcome = await door.dispatch(FEED, intent);
  if (!outcome.ok && outcome.error.code !== 'nothing-to-do') throw new Error(`${intent.kind} was refused: ${outcome.error.code}`);
}

/** By a key where one is sent, else by a token; never by the one when the other was wrong. */
async function provenSender(headers: IncomingHttpHeaders, { token, senderKeys }: SignalNeeds): Promise<string | undefined> {
  const key = headers[KEY_HEADER];
  if (key !== undefined) return typeof key === 'string' && senderKeys ? senderOf(key, senderKeys) : undefined;
  if (token && (await isFromSender(headers.authorization, token.sender, token.keys))) return 'entra-token';
  return undefined;
}
