import type { TLSSocket } from 'node:tls';
import rhea, { type Connection, type EventContext, type Message, type Sender } from 'rhea';
import { heldInMemory, type Partition } from './heldEvents.ts';

interface Reader {
  readonly sender: Sender;
  readonly partition: number;
  readonly epoch: number;
  /** Sequence number of the next event it gets. */
  next: number;
}

/** A namespace of Event Hubs, as far as a consumer needs it: AMQP 1.0 over TLS on loopback. */
export interface EventHubPeer {
  readonly endpoint: string;
  /** Puts an event at the end of a partition, and hands it to whoever reads. @returns its sequence number, when it is kept */
  send(partition: number, body: string | Uint8Array): number;
  /** Partitions that are being read, each with the id of its reader. */
  readers(): ReadonlyMap<number, string>;
  /** Every time something was handed out: partition and sequence number. */
  readonly handedOut: readonly (readonly [number, number])[];
  /** What consumers showed to get in: audience, kind of token. */
  readonly claims: readonly (readonly [string, string])[];
  /** Cuts every connection, as a network does. */
  cut(): void;
  /** From now on nobody's token is good for reading partitions, or everybody's is again. */
  refuse(refusing: boolean): void;
  /** A reader of a higher epoch has this partition from now on: whoever asks for it is turned away, as the service does it. */
  lockOut(partition: number): void;
  stop(): Promise<void>;
}

export interface EventHubOptions {
  /** Key and certificate of the namespace. */
  readonly pem: string;
  /** Name of the hub. */
  readonly hub: string;
  readonly consumerGroup: string;
  readonly partitions: readonly Partition[];
  readonly now: () => Date;
  /** Whether who shows this token may receive here. */
  readonly admits: (token: string) => Promise<boolean>;
}

/** A hub that forgets everything when it stops, and knows one token. */
export const hubInMemory = (pem: string, hub: string, partitions: number, token: string): Promise<EventHubPeer> =>
  eventHubPeer({
    pem,
    hub,
    consumerGroup: '$Default',
    partitions: Array.from({ length: partitions }, heldInMemory),
    now: () => new Date(),
    admits: async (shown) => shown === token,
  });

/** An offset is opaque to consumers; here it is this many times the sequence number, so that nobody takes the one for the other. */
const OFFSET_STEP = 4_096;

/**
 * Plays what `@azure/event-hubs` asks of the service (Learn, event-hubs AMQP guide, and the library's own source 6.0.4): claims-based
 * security on `$cbs`, properties of hub and partitions on `$management`, and per partition a link with a selector on offset or sequence
 * number, which the newest reader of the same or a higher epoch takes from the one before. Nothing but `$cbs` opens to a connection that has
 * shown no token for it.
 */
export async function eventHubPeer({ pem, hub, consumerGroup, partitions, now, admits }: EventHubOptions): Promise<EventHubPeer> {
  const readers = new Set<Reader>();
  /** Each with the audiences it has shown a good token for, in lower case. */
  const connections = new Map<Connection, Set<string>>();
  const handedOut: [number, number][] = [];
  const claims: [string, string][] = [];
  let refusing = false;
  const lockedOut = new Set<number>();
  const container = rhea.create_container({ id: 'peer', non_fatal_errors: [] });
  container.sasl_server_mechanisms.enable_anonymous();

  container.on('connection_open', ({ connection }: EventContext) => void connections.set(connection, new Set()));
  for (const over of ['connection_close', 'disconnected']) {
    container.on(over, ({ connection }: EventContext) => {
      connections.delete(connection);
      for (const reader of readers) if (reader.sender.connection === connection) readers.delete(reader);
    });
  }
  for (const faulty of ['connection_error', 'session_error', 'receiver_error', 'sender_error', 'protocol_error', 'error']) {
    container.on(faulty, () => undefined); // a cut connection; consumers must bear it, not the peer
  }
  /** Why whoever is connected may not open a link to an address, if so. */
  function refusal(connection: Connection, address: string): { readonly condition: string; readonly description: string } | undefined {
    if (address === '$cbs') return undefined;
    const shown = [...(connections.get(connection) ?? [])];
    if (!shown.some((audience) => audience.endsWith(`/${address.toLowerCase()}`)))
      return {
        condition: 'amqp:unauthorized-access',
        description: `Unauthorized access. 'Listen' claim(s) are required to perform this operation.`,
      };
    if (address === '$management' || partitionOf(address) !== undefined) return undefined;
    return { condition: 'amqp:not-found', description: `The messaging entity '${address}' could not be found.` };
  }
  function partitionOf(address: string): number | undefined {
    const [, name, group, id] = /^(.+)\/ConsumerGroups\/(.+)\/Partitions\/(\d+)$/i.exec(address) ?? [];
    const isHere = name?.toLowerCase() === hub.toLowerCase() && group?.toLowerCase() === consumerGroup.toLowerCase();
    return isHere && Number(id) < partitions.length ? Number(id) : undefined;
  }

  container.on('receiver_open', ({ receiver, connection }: EventContext) => {
    if (!receiver) return;
    const address = String(receiver.target.address);
    receiver.set_target({ address });
    const refused = refusal(connection, address);
    if (refused) receiver.close(refused);
  });
  container.on('sender_open', ({ sender, connection }: EventContext) => {
    if (!sender) return;
    const address = String(sender.source.address);
    sender.set_source({ address });
    const refused = refusal(connection, address);
    if (refused) return sender.close(refused);
    const partition = partitionOf(address);
    if (partition === undefined) return;
    if (lockedOut.has(partition)) {
      return sender.close({ condition: 'amqp:link:stolen', description: 'a reader with a higher epoch already exists' });
    }
    const epoch = Number(sender.properties?.['com.microsoft:epoch'] ?? -1);
    for (const other of readers) {
      if (other.partition !== partition || other.epoch > epoch) continue;
      readers.delete(other);
      other.sender.close({ condition: 'amqp:link:stolen', description: 'a new reader' });
    }
    readers.add({ sender, partition, epoch, next: firstAfter(selectorOf(sender)) });
  });
  container.on('sender_close', ({ sender }: EventContext) => {
    for (const reader of readers) if (reader.sender === sender) readers.delete(reader);
  });
  container.on('sendable', handOut);
  container.on('message', (context: EventContext) => {
    const { message, receiver } = context;
    if (!message || !receiver) return;
    const to = receiver.target.address;
    const asked = message.application_properties ?? {};
    if (to === '$cbs') {
      const audience = String(asked.name);
      claims.push([audience, String(asked.type)]);
      const admitted = refusing && audience.includes('/Partitions/') ? Promise.resolve(false) : admits(String(message.body));
      void admitted.then((good) => {
        if (good) connections.get(context.connection)?.add(audience.toLowerCase());
        reply(context, message, { 'status-code': good ? 202 : 401, 'status-description': good ? 'Accepted' : 'InvalidToken' }, '');
      });
    } else {
      reply(context, message, { 'status-code': 200, 'status-description': 'OK' }, describe(asked));
    }
  });

  function describe(asked: Readonly<Record<string, unknown>>): object {
    if (asked.type !== 'com.microsoft:partition') {
      const ids = partitions.map((_, index) => String(index));
      return { name: hub, type: 'com.microsoft:eventhub', created_at: new Date(0), partition_count: ids.length, partition_ids: ids };
    }
    const events = partitions[Number(asked.partition)]?.events() ?? [];
    const [first, last] = [events[0], events.at(-1)];
    return {
      name: hub,
      type: 'com.microsoft:partition',
      partition: asked.partition,
      begin_sequence_number: first?.sequenceNumber ?? 0,
      last_enqueued_sequence_number: last?.sequenceNumber ?? -1,
      last_enqueued_offset: String((last?.sequenceNumber ?? -1) * OFFSET_STEP),
      last_enqueued_time_utc: last?.enqueuedAt ?? new Date(0),
      is_partition_empty: events.length === 0,
    };
  }

  /** The answer goes over the link that the asker opened beside its question. */
  function reply({ connection }: EventContext, asked: Message, properties: Record<string, unknown>, body: unknown): void {
    const link = connection.find_sender((sender: Sender) => sender.name === asked.reply_to || sender.target?.address === asked.reply_to);
    link?.send({
      ...(asked.message_id === undefined ? {} : { correlation_id: asked.message_id }),
      application_properties: properties,
      body,
    });
  }

  function handOut(): void {
    for (const reader of readers) {
      for (const event of partitions[reader.partition]?.events(reader.next) ?? []) {
        if (!reader.sender.sendable()) break;
        reader.next = event.sequenceNumber + 1;
        handedOut.push([reader.partition, event.sequenceNumber]);
        reader.sender.send({
          body: rhea.message.data_section(event.body),
          message_annotations: {
            'x-opt-sequence-number': rhea.types.wrap_long(event.sequenceNumber),
            'x-opt-offset': String(event.sequenceNumber * OFFSET_STEP),
            'x-opt-enqueued-time': rhea.types.wrap_timestamp(event.enqueuedAt.getTime()),
          },
        });
      }
    }
  }

  const server = container.listen({ transport: 'tls', key: pem, cert: pem, port: 0, host: '127.0.0.1' });
  const sockets = new Set<TLSSocket>();
  server.on('secureConnection', (socket: TLSSocket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.once('listening', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the peer does not listen');

  return {
    endpoint: `https://localhost:${address.port}`,
    handedOut,
    claims,
    send(partition, body) {
      const into = partitions[partition];
      if (!into) throw new RangeError(`there is no partition ${partition}`);
      const { sequenceNumber } = into.add(Buffer.from(body), now());
      handOut();
      return sequenceNumber;
    },
    readers: () =>
      new Map([...readers].map(({ partition, sender }) => [partition, String(sender.properties?.['com.microsoft:receiver-name'] ?? '')])),
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    refuse(now) {
      refusing = now;
    },
    lockOut(partition) {
      lockedOut.add(partition);
    },
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** `amqp.annotation.x-opt-offset > '4096'` */
const selectorOf = (sender: Sender): string => {
  const filter: unknown = sender.source.filter;
  const found = /amqp\.annotation\.[a-z-]+ >=? '[^']*'/.exec(JSON.stringify(filter));
  if (!found) throw new Error(`a reader without a position: ${JSON.stringify(filter)}`);
  return found[0];
};

function firstAfter(selector: string): number {
  const [, annotation, operator, value] = /x-opt-([a-z-]+) (>=?) '([^']*)'/.exec(selector) ?? [];
  if (annotation === undefined || value === undefined) throw new Error(`a selector that is not understood: ${selector}`);
  const number = Number(value) / (annotation === 'offset' && Number(value) > 0 ? OFFSET_STEP : 1);
  return Math.max(0, operator === '>=' ? number : number + 1);
}
