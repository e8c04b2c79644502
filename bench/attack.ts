import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type Channel, helpMessage, startChannel } from './channel.ts';
import { seeded } from './figures.ts';
import { HOSTILE } from './hostileRequests.ts';

/** What the attacked process says of itself; memory after collection. */
export interface FrontReport {
  /** Exceptions nobody caught and rejections nobody handled. */
  readonly faults: number;
  readonly logLines: number;
  readonly p999Ms: number;
  readonly maxMs: number;
  readonly heapBytes: number;
  readonly rssBytes: number;
}

export interface AttackResult {
  readonly requests: number;
  readonly durationMs: number;
  /** Times the server cut a slow connection; each was opened again. */
  readonly slowCuts: number;
  readonly before: FrontReport;
  readonly after: FrontReport;
  /** Milliseconds of each signed `help` in between; one that was not answered with 200 is `Infinity`. */
  readonly legitimateMs: readonly number[];
  /** Answers by status; 0 where the server cut the connection without one. */
  readonly statuses: ReadonlyMap<number, number>;
  readonly alive: boolean;
}

export interface AttackPlan {
  readonly requests: number;
  readonly slowConnections: number;
  readonly atOnce: number;
  readonly seed: number;
  /** Milliseconds between two legitimate commands. */
  readonly legitimateEveryMs: number;
  /** Hostile requests sent before measuring begins, so that code is compiled and caches have their size. */
  readonly warmUp: number;
}

/** Attacks the bot's HTTP front in a process of its own, with legitimate commands in between. */
export async function attack(plan: AttackPlan): Promise<AttackResult> {
  const channel = await startChannel(4);
  const front = await startFront(channel.origin);
  try {
    await flood(front.port, plan.warmUp, plan.atOnce, plan.seed + 1, new Map());
    await channel.deliver(front.port, helpMessage('rita'));
    const before = await front.report('begin');
    const statuses = new Map<number, number>();
    const slow = slowConnections(front.port, plan.slowConnections);
    const legitimate = commands(channel, front.port, plan.legitimateEveryMs);
    const began = performance.now();
    await flood(front.port, plan.requests, plan.atOnce, plan.seed, statuses);
    const durationMs = performance.now() - began;
    const legitimateMs = await legitimate.stop();
    const slowCuts = await slow.stop();
    const after = await front.report('end');
    return { requests: plan.requests, durationMs, slowCuts, before, after, legitimateMs, statuses, alive: front.alive() };
  } finally {
    await front.stop();
    await channel.close();
  }
}

async function startFront(origin: string) {
  const file = fileURLToPath(new URL('children/front.ts', import.meta.url));
  const child: ChildProcess = spawn(process.execPath, ['--expose-gc', file, JSON.stringify({ origin })], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const next = <T>(): Promise<T> =>
    new Promise((resolve, reject) => {
      const ended = (code: number | null): void => reject(new Error(`the front ended with ${code}`));
      child.once('exit', ended);
      child.once('message', (said) => {
        child.off('exit', ended);
        resolve(said as T);
      });
    });
  const port = await next<number>();
  return {
    port,
    alive: () => child.exitCode === null && child.signalCode === null,
    report(when: 'begin' | 'end'): Promise<FrontReport> {
      const answer = next<FrontReport>();
      child.send(when);
      return answer;
    },
    async stop(): Promise<void> {
      if (child.exitCode !== null || child.signalCode !== null) return;
      await new Promise<void>((resolve) => {
        child.once('exit', () => resolve());
        child.disconnect();
      });
    },
  };
}

/** Sends so many requests over so many connections; each waits for its answer, or for the server to cut the connection. */
async function flood(port: number, count: number, atOnce: number, seed: number, statuses: Map<number, number>): Promise<void> {
  const random = seeded(seed);
  let left = count;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      const socket = new RawClient(port);
      while (left > 0 && socket.open) {
        left -= 1;
        const status = await socket.ask(hostile(random));
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
      socket.close();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

function hostile(random: () => number): Buffer {
  let at = random() * TOTAL_WEIGHT;
  const found = HOSTILE.find(({ weight }) => {
    at -= weight;
    return at < 0;
  });
  return (found ?? HOSTILE[0])?.make(random) ?? Buffer.alloc(0);
}
const TOTAL_WEIGHT = HOSTILE.reduce((sum, { weight }) => sum + weight, 0);

/** One connection that writes bytes as they are. Refusals have no body, so an answer is over with its head. */
class RawClient {
  open = true;
  readonly #socket;
  #text = '';
  #answered: ((status: number) => void) | undefined;

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1').setNoDelay(true).setEncoding('latin1');
    this.#socket.on('data', (chunk: string) => {
      this.#text += chunk;
      const end = this.#text.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + 4);
      if (/\r\nconnection: close/i.test(head)) this.close();
      this.#done(Number(head.slice(9, 12)));
    });
    this.#socket.on('error', () => this.close());
    this.#socket.on('close', () => {
      this.open = false;
      this.#done(0);
    });
  }

  ask(bytes: Buffer): Promise<number> {
    return new Promise((resolve) => {
      this.#answered = resolve;
      this.#socket.write(bytes);
    });
  }

  close(): void {
    this.open = false;
    this.#socket.destroy();
  }

  #done(status: number): void {
    const answered = this.#answered;
    this.#answered = undefined;
    answered?.(status);
  }
}

const SLOW_STEP_MS = 500;
const HEAD = 'POST /api/messages HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';

/** Connections that never finish: half of them their headers, half their body. What the server cuts is opened again. */
function slowConnections(port: number, count: number): { stop(): Promise<number> } {
  let cuts = 0;
  let running = true;
  const sockets = new Map<ReturnType<typeof connect>, string>();
  const open = (inBody: boolean): void => {
    const socket = connect(port, '127.0.0.1', () => socket.write(inBody ? `${HEAD}content-length: 1000\r\n\r\n{` : HEAD));
    sockets.set(socket, inBody ? ' ' : 'x');
    socket.on('error', () => socket.destroy());
    socket.resume();
    socket.on('close', () => {
      sockets.delete(socket);
      if (!running) return;
      cuts += 1;
      setTimeout(() => running && open(inBody), SLOW_STEP_MS);
    });
  };
  for (let index = 0; index < count; index += 1) open(index % 2 === 0);
  const drip = setInterval(() => {
    for (const [socket, byte] of sockets) if (socket.writable) socket.write(byte);
  }, SLOW_STEP_MS);
  return {
    async stop() {
      running = false;
      clearInterval(drip);
      for (const socket of sockets.keys()) socket.destroy();
      return cuts;
    },
  };
}

/** A signed `help` every so often, until stopped. */
function commands(channel: Channel, port: number, everyMs: number): { stop(): Promise<number[]> } {
  const calls: Promise<number>[] = [];
  const send = (): void => {
    const began = performance.now();
    calls.push(
      channel.deliver(port, helpMessage('rita')).then(
        ({ status }) => (status === 200 ? performance.now() - began : Number.POSITIVE_INFINITY),
        () => Number.POSITIVE_INFINITY,
      ),
    );
  };
  const timer = setInterval(send, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      send();
      return Promise.all(calls);
    },
  };
}
