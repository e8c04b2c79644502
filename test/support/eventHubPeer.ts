import type { TLSSocket } from 'node:tls';
import rhea, { type Connection, type EventContext, type Message, type Sender } from 'rhea';

/** An event that a partition holds. */
interface Held {
  readonly sequenceNumber: number;
  readonly body: Buffer;
  readonly enqueuedAt: Date;
}

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
  /** Puts an event at the end of a partition, and hands it to whoever reads. @returns its sequence number */
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

/** An offset is opaque to consumers; here it is this many times the sequence number, so that nobody takes the one for the other. */
const OFFSET_STEP = 4_096;

/**
 * Plays what `@azure/event-hubs` asks of the service (Learn, event-hubs AMQP guide, and the library's own source 6.0.4): claims-based
 * security on `$cbs`, properties of hub and partitions on `$management`, and per partition a link with a selector on offset or sequence
 * number, which the newest reader of the same or a higher epoch takes from the one before.
 *
 * @param token what a consumer must show
 */
export async function eventHubPeer(pem: string, hub: string, partitions: number, token: string): Promise<EventHubPeer> {
  const held: Held[][] = Array.from({ length: partitions }, () => []);
  const readers = new Set<Reader>();
  const connections = new Set<Connection>();
  const handedOut: [number, number][] = [];
  const claims: [string, string][] = [];
  let refusing = false;
  const lockedOut = new Set<number>();
  const container = rhea.create_container({ id: 'peer', non_fatal_errors: [] });
  container.sasl_server_mechanisms.enable_anonymous();

  container.on('connection_open', ({ connection }: EventContext) => void connections.add(connection));
  for (const over of ['connection_close', 'disconnected']) {
    container.on(over, ({ connection }: EventContext) => {
      connections.delete(connection);
      for (const reader of readers) if (reader.sender.connection === connection) readers.delete(reader);
    });
  }
  for (const faulty of ['connection_error', 'session_error', 'receiver_error', 'sender_error', 'protocol_error', 'error']) {
    container.on(faulty, () => undefined); // a cut connection; consumers must bear it, not the peer
  }
  container.on('receiver_open', ({ receiver }: EventContext) => receiver?.set_target({ address: receiver.target.address }));
  container.on('sender_open', ({ sender }: EventContext) => {
    if (!sender) return;
    const address: string = sender.source.address;
    sender.set_source({ address });
    const partition = /\/Partitions\/(\d+)$/.exec(address)?.[1];
    if (partition === undefined) return;
    if (lockedOut.has(Number(partition))) {
      return sender.close({ condition: 'amqp:link:stolen', description: 'a reader with a higher epoch already exists' });
    }
    const epoch = Number(sender.properties?.['com.microsoft:epoch'] ?? -1);
    for (const other of readers) {
      if (other.partition !== Number(partition) || other.epoch > epoch) continue;
      readers.delete(other);
      other.sender.close({ condition: 'amqp:link:stolen', description: 'a new reader' });
    }
    readers.add({ sender, partition: Number(partition), epoch, next: firstAfter(selectorOf(sender)) });
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
      claims.push([String(asked.name), String(asked.type)]);
      const good = message.body === token && !(refusing && String(asked.name).includes('/Partitions/'));
      reply(context, message, { 'status-code': good ? 202 : 401, 'status-description': good ? 'Accepted' : 'InvalidToken' }, '');
    } else {
      reply(context, message, { 'status-code': 200, 'status-description': 'OK' }, describe(asked));
    }
  });

  function describe(asked: Readonly<Record<string, unknown>>): object {
    if (asked.type !== 'com.microsoft:partition') {
      const ids = held.map((_, index) => String(index));
      return { name: hub, type: 'com.microsoft:eventhub', created_at: new Date(0), partition_count: partitions, partition_ids: ids };
    }
    const events = held[Number(asked.partition)] ?? [];
    return {
      name: hub,
      type: 'com.microsoft:partition',
      partition: asked.partition,
      begin_sequence_number: 0,
      last_enqueued_sequence_number: events.length - 1,
      last_enqueued_offset: String((events.length - 1) * OFFSET_STEP),
      last_enqueued_time_utc: events.at(-1)?.enqueuedAt ?? new Date(0),
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
      const events = held[reader.partition] ?? [];
      while (reader.sender.sendable() && reader.next < events.length) {
        const event = events[reader.next];
        if (!event) break;
        reader.next += 1;
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
    endpoint: `https://127.0.0.1:${address.port}`,
    handedOut,
    claims,
    send(partition, body) {
      const events = held[partition];
      if (!events) throw new RangeError(`there is no partition ${partition}`);
      const event = { sequenceNumber: events.length, body: Buffer.from(body), enqueuedAt: new Date() };
      events.push(event);
      handOut();
      return event.sequenceNumber;
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
