import { setTimeout as wait } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import rhea from 'rhea';
import { selfSigned } from '../../sandbox/certificate.ts';
import { type EventHubPeer, hubInMemory } from '../../sandbox/feeds/eventHubPeer.ts';
import type { Door } from '../../src/app/dispatch.ts';
import type { Log } from '../../src/app/log.ts';
import type { StreamLedger } from '../../src/app/ports.ts';
import { streamFinding } from '../../src/cli/streams.ts';
import type { Intent } from '../../src/core/intent.ts';
import { ok } from '../../src/core/result.ts';
import { type EventHubSettings, eventHubStream } from '../../src/signals/eventHub.ts';
import { connect, type Database } from '../../src/store/connect.ts';
import { migrate } from '../../src/store/migrate.ts';
import { streamLedgerOn } from '../../src/store/streams.ts';
import { somewhere } from '../support/places.ts';

const TENANT = '8a1c7f0e-3f52-4b7e-9d55-0c6f1a2b3c01';
const USER = '7c1f0b2a-9e34-4d68-a5b7-3f2e1d0c9b44';
const GROUP = '4b0d6c58-2f19-4a7c-8e3d-91a5c7e2f601';
const TOKEN = 'an-entra-token';
const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined, child: () => quiet };

/**
 * With every link that is cut the library forgets a timer of an hour, which would renew its token, and rhea one of half a minute, which
 * keeps a connection alive. The process must be able to end all the same.
 */
const { setTimeout: real } = globalThis;
globalThis.setTimeout = Object.assign((work: () => void, ms?: number, ...rest: unknown[]): NodeJS.Timeout => {
  const timer = real(work, ms, ...rest) as unknown as NodeJS.Timeout;
  return (ms ?? 0) >= 20_000 ? timer.unref() : timer;
}, real);

let database: Database;
let ledger: StreamLedger;
let remove: () => Promise<void>;
const { pem } = selfSigned('namespace.test', ['localhost']);
const trusted = getCACertificates();

beforeAll(async () => {
  setDefaultCACertificates([...trusted, pem.slice(0, pem.indexOf('-----BEGIN PRIVATE'))]);
  const place = await somewhere();
  remove = place.remove;
  database = await connect(place.location);
  await migrate(database.current());
  ledger = streamLedgerOn(database);
});
afterAll(async () => {
  setDefaultCACertificates(trusted);
  await database.close();
  await remove();
});

let peer: EventHubPeer;
let hub: string;
let hubs = 0;
/** What reached the door, whichever replica brought it. */
let told: Intent[];
let feed: { tenantId: string; error?: string; freshestAt?: Date }[];
let fails: (intent: Intent) => boolean;
let stopping: (() => Promise<void>)[];

beforeEach(async () => {
  hubs += 1;
  hub = `entra-${hubs}`;
  peer = await hubInMemory(pem, hub, 4, TOKEN);
  told = [];
  feed = [];
  fails = () => false;
  stopping = [];
});
afterEach(async () => {
  await Promise.all(stopping.splice(0).map((stop) => stop()));
  await peer.stop();
});

const door: Door = {
  async dispatch(_actor, intent) {
    if (fails(intent)) throw new Error('the database is away');
    if (intent.kind !== 'condition-ended') told.push(intent);
    return ok({});
  },
};

/** One process that reads the stream. */
function replica(more: Partial<EventHubSettings> = {}, elapsedMs = () => performance.now()): { stop(): Promise<void> } {
  const stream = eventHubStream(
    {
      namespace: 'contoso.servicebus.windows.net',
      name: hub,
      consumerGroup: '$Default',
      tenantIds: [TENANT],
      credential: { getToken: async () => ({ token: TOKEN, expiresOnTimestamp: Date.now() + 3_600_000 }) },
      endpoint: peer.endpoint,
      rhythm: { renewMs: 150, expireMs: 1_500, waitSeconds: 1 },
      ...more,
    },
    {
      ledger,
      door,
      store: {
        watchedUsers: async () => [USER],
        feedRead: async (tenantId, name, read) => {
          feed.push({ tenantId, ...read });
          return { tenantId, feed: name, failures: 0 };
        },
        now: async () => new Date(),
        conditions: async () => new Map(),
      },
      tenants: {
        info: (id) =>
          id === TENANT
            ? { id, name: 'contoso', displayName: 'Contoso', kind: 'workforce', initialDomain: 'contoso.example', exclusionGroupId: GROUP }
            : undefined,
        changer: async () => ({}),
      },
      log: quiet,
      elapsedMs,
    },
  );
  const running = stream.start();
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= running.stop();
    return stopped;
  };
  stopping.push(stop);
  return { stop };
}

let flow = 0;
const record = (userId = USER, more = {}) => {
  flow += 1;
  return {
    time: '2026-11-22T12:00:00.1234567Z',
    resourceId: `/tenants/${TENANT}/providers/Microsoft.aadiam`,
    tenantId: TENANT,
    category: 'SignInLogs',
    resultType: '0',
    properties: {
      id: `row-${flow}`,
      createdDateTime: '2026-11-22T12:00:00Z',
      userId,
      correlationId: `c-${flow}`,
      status: { errorCode: 0 },
    },
    ...more,
  };
};
const event = (...records: unknown[]): string => JSON.stringify({ records });
const rows = (): (string | undefined)[] => told.flatMap((intent) => (intent.kind === 'sign-in-seen' ? [intent.event.rowId] : []));
async function until(what: () => boolean | Promise<boolean>, within = 60_000): Promise<void> {
  const end = performance.now() + within;
  while (!(await what())) {
    if (performance.now() > end) throw new Error(`it did not come to pass: ${what.toString()}`);
    await wait(20);
  }
}
const stream = () => `contoso.servicebus.windows.net/${hub}/$default`;
const positions = async () =>
  new Map((await ledger.positions(stream())).map(({ partition, sequenceNumber }) => [partition, sequenceNumber]));

describe('the diagnostic stream', () => {
  test('is read with an Entra token from the oldest event on; what concerns us reaches the door, told apart by kind', async () => {
    const [by] = [record()];
    peer.send(0, event(by, record('00000000-0000-4000-8000-000000000001')));
    peer.send(1, event({ ...record(), category: 'NonInteractiveUserSignInLogs' }));
    replica();
    await until(() => rows().length === 2);
    expect(told).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({
          kind: 'sign-in-seen',
          feed: 'event-hub',
          event: expect.objectContaining({ userId: USER, kind: 'interactive' }),
        }),
        expect.objectContaining({ kind: 'sign-in-seen', event: expect.objectContaining({ kind: 'non-interactive' }) }),
      ]),
    );
    peer.send(2, event(record()));
    await until(() => rows().length === 3);
    expect(told).toHaveLength(3);
    expect(new Set(peer.claims.map(([, type]) => type))).toEqual(new Set(['jwt']));
    await until(() => feed.some(({ freshestAt }) => freshestAt !== undefined));
    expect(feed[0]).toMatchObject({ tenantId: TENANT, freshestAt: expect.any(Date) });
  });

  test('AL-4: is read on at its checkpoint after a restart, with nothing lost and nothing read for nothing', async () => {
    for (let index = 0; index < 5; index += 1) peer.send(0, event(record()));
    const first = replica();
    await until(async () => (await positions()).get('0') === 4);
    await first.stop();
    const before = peer.handedOut.length;
    for (let index = 0; index < 3; index += 1) peer.send(0, event(record()));
    replica();
    await until(() => rows().length === 8);
    expect(new Set(rows()).size).toBe(8);
    expect(peer.handedOut.slice(before)).toEqual([5, 6, 7].map((number) => [0, number]));
  });

  test('AL-4: what was not stored is not noted as read: it comes again', async () => {
    fails = () => true;
    const first = replica();
    for (let index = 0; index < 3; index += 1) peer.send(0, event(record()));
    await until(() => feed.some(({ error }) => error !== undefined));
    await first.stop();
    expect(await positions()).toEqual(new Map());
    fails = () => false;
    replica();
    await until(() => rows().length === 3);
    await until(async () => (await positions()).get('0') === 2);
  });

  test('AL-1: while the database fails events wait, and come in order when it is back', async () => {
    let tries = 0;
    fails = (intent) => intent.kind === 'sign-in-seen' && ++tries <= 2;
    for (let index = 0; index < 3; index += 1) peer.send(0, event(record()));
    replica();
    await until(() => rows().length === 3);
    expect(rows()).toEqual([...rows()].sort());
    expect(told.every(({ kind }) => kind === 'sign-in-seen')).toBe(true);
  });

  test('two replicas share the partitions; when one is gone the other has them all, and nothing is lost', async () => {
    const first = replica();
    await until(() => peer.readers().size === 4);
    const second = replica();
    const shares = () => [
      ...new Map([...peer.readers()].map(([, id]) => [id, [...peer.readers().values()].filter((each) => each === id).length])).values(),
    ];
    await until(() => peer.readers().size === 4 && shares().length === 2 && shares().every((count) => count === 2));
    for (let index = 0; index < 12; index += 1) peer.send(index % 4, event(record()));
    await until(() => new Set(rows()).size === 12);
    await first.stop();
    for (let index = 0; index < 12; index += 1) peer.send(index % 4, event(record()));
    await until(() => new Set(rows()).size === 24);
    await until(() => shares().length === 1 && shares()[0] === 4);
    await second.stop();
    expect([...(await positions()).values()]).toEqual([5, 5, 5, 5]);
    expect(feed.filter(({ error }) => error !== undefined)).toEqual([]); // one replica took from the other, which is no failure
  });

  test('a connection that is cut is made again', async () => {
    replica();
    await until(() => peer.readers().size === 4);
    peer.send(3, event(record()));
    await until(() => rows().length === 1);
    peer.cut();
    peer.send(3, event(record()));
    await until(() => new Set(rows()).size === 2);
  });

  test('AL-5: poison is kept in quarantine and holds nothing up; so is what cannot be read, and what is of another tenant', async () => {
    const poison = record();
    fails = (intent) => intent.kind === 'sign-in-seen' && intent.event.rowId === poison.properties.id;
    peer.send(0, event(poison, record()));
    peer.send(0, '{"records":[{"category":"SignInLogs"');
    peer.send(0, event({ ...record(), tenantId: '00000000-0000-4000-8000-00000000000f' }));
    peer.send(0, event({ category: 'SomethingNew', tenantId: TENANT, properties: { who: USER } }));
    peer.send(
      0,
      event(record('00000000-0000-4000-8000-000000000002', { properties: { ...record('x').properties, userId: 'other', actor: USER } })),
    );
    peer.send(0, event(record()));
    replica();
    await until(() => rows().length === 2);
    const kept = told.flatMap((intent) => (intent.kind === 'signal-quarantined' ? [intent] : []));
    expect(kept.map(({ words }) => words)).toEqual([
      'A record came that could not be taken in.',
      'An event came that is no JSON, or was cut off.',
      'A record came of a tenant that is not configured.',
      'The stream brought a record of a kind that is not known.',
      'A sign-in of somebody else names an account or group that is watched.',
    ]);
    expect(Buffer.from(kept[0]?.bytes ?? []).toString()).toContain(poison.properties.id);
    expect(new Set(kept.map(({ dedupe }) => dedupe)).size).toBe(5);
    expect(JSON.stringify(kept.map(({ words }) => words))).not.toContain(USER);
  });

  test('SI-1: that nobody is let in is noted, by its code', async () => {
    peer.refuse(true);
    replica();
    await until(() => feed.some(({ error }) => error !== undefined));
    expect(feed.find(({ error }) => error !== undefined)?.error).toMatch(/^[A-Za-z]+$/);
    peer.refuse(false);
  });

  test('SI-1: that somebody else keeps a partition to himself is an alert, though the others are read', async () => {
    peer.lockOut(2);
    replica({}, () => performance.now() * 15);
    await until(() => told.some(({ kind }) => kind === 'condition-began'));
    expect(told.find(({ kind }) => kind === 'condition-began')).toMatchObject({
      condition: `failing:${TENANT}:event-hub:${stream()}/2`,
      cause: { words: 'The stream cannot be read: ReceiverDisconnectedError' },
    });
    peer.send(1, event(record()));
    await until(() => rows().length === 1);
  });
});

describe('the hub that is read here', () => {
  test('opens nothing to a connection that has shown no token for it', async () => {
    peer.send(0, event(record()));
    const { port } = new URL(peer.endpoint);
    const container = rhea.create_container();
    const closed = new Promise<unknown>((resolve) => container.on('receiver_close', ({ receiver }) => resolve(receiver?.error)));
    const connection = container.connect({ transport: 'tls', host: 'localhost', port: Number(port), reconnect: false });
    connection.open_receiver({ source: { address: `${hub}/ConsumerGroups/$Default/Partitions/0` } });
    expect(await closed).toMatchObject({ condition: 'amqp:unauthorized-access' });
    expect(peer.handedOut).toEqual([]);
    connection.close();
  });

  test('knows its own consumer group and no other: the reader says so by the code of the library', async () => {
    replica({ consumerGroup: 'another' });
    await until(() => feed.some(({ error }) => error === 'MessagingEntityNotFoundError'));
  });
});

describe('the doctor', () => {
  const finding = (token: string, patienceMs?: number) =>
    streamFinding(
      {
        namespace: 'contoso.servicebus.windows.net',
        name: hub,
        consumerGroup: '$Default',
        tenantIds: [TENANT],
        credential: { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) },
        endpoint: peer.endpoint,
      },
      patienceMs,
    );
  test('says whether a hub lets us in, and what to do where it does not', async () => {
    expect(await finding(TOKEN)).toEqual({ step: `event hub ${hub}`, state: 'ok', words: 'it lets us in; 4 partitions.' });
    expect(await finding('another', 1_500)).toMatchObject({ state: 'failed', todo: expect.stringContaining('Data Receiver') });
  });
});

describe('ownership of partitions', () => {
  test('of two who claim at the same time one succeeds; who holds an old version claims nothing', async () => {
    const name = `trial-${hubs}`;
    const both = await Promise.all(['a', 'b'].map((owner) => ledger.claim(name, '0', owner)));
    expect(both.filter((claimed) => claimed !== undefined)).toHaveLength(1);
    const [held] = await ledger.owners(name);
    const again = await Promise.all(['c', 'd', 'e'].map((owner) => ledger.claim(name, '0', owner, held?.version)));
    expect(again.filter((claimed) => claimed !== undefined)).toHaveLength(1);
    expect(await ledger.claim(name, '0', 'f', held?.version)).toBeUndefined();
    expect((await ledger.owners(name))[0]?.ageMs).toBeLessThan(60_000);
  });

  test('a position never moves back', async () => {
    const name = `back-${hubs}`;
    await ledger.savePosition(name, { partition: '0', offset: '900', sequenceNumber: 9 });
    await ledger.savePosition(name, { partition: '0', offset: '400', sequenceNumber: 4 });
    expect(await ledger.positions(name)).toEqual([{ partition: '0', offset: '900', sequenceNumber: 9 }]);
  });
});
