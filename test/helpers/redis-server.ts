import { type BrokerOptions, createBroker } from '../../src/broker.js';
import type { VirtualClock } from '../../src/core/clock.js';
import type { RedisBroker, RedisOptions } from '../../src/models/redis/index.js';
import type { ConnectionInfo, Session, Transport } from '../../src/wire/door.js';
import { Interceptors } from '../../src/wire/interceptors.js';
import { RedisDoor } from '../../src/wire/redis/index.js';
import type { Session as RedisSession } from '../../src/wire/redis/session.js';
import { encodeRequest } from './resp.js';

/** A redis door on a virtual clock, without sockets: what a client sends is answered before `send` returns. */
export class RedisServer {
  readonly model: RedisBroker;
  readonly door: RedisDoor;
  readonly clock: VirtualClock;
  readonly interceptors = new Interceptors();
  /** What the broker reported as its own mistake. */
  readonly errors: unknown[] = [];
  #ports = 40_000;

  constructor(redis: RedisOptions = {}, options: Omit<BrokerOptions, 'clock' | 'redis'> = {}) {
    const broker = createBroker({ ...options, clock: 'virtual', redis });
    broker.on('error', (error) => this.errors.push(error));
    this.model = broker.redis;
    this.clock = this.model.context.clock as VirtualClock;
    this.door = new RedisDoor(this.model, {
      ...this.model.context,
      interceptors: this.interceptors,
      advertise: (_nodeId, connection) => connection.local,
      resetConnection: () => false,
    });
  }

  connect(): RedisClient {
    const info: ConnectionInfo = {
      id: `c${this.#ports}`,
      nodeId: 1,
      local: { address: '127.0.0.1', port: 6379 },
      remote: { address: '127.0.0.1', port: this.#ports++ },
    };
    return new RedisClient((client) => this.door.open(client, info));
  }

  /** Lets time pass and what it caused be written. */
  async advance(ms: number): Promise<void> {
    this.clock.advanceTo(this.clock.now + ms, { liveness: true });
    await settled();
  }
}

/** Lets everything leave that waits for the end of this turn. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 4; i++) await Promise.resolve();
}

/** What a socket's buffers take for a peer that does not read. */
const KERNEL_BYTES = 1024 * 1024;

/** One connection: its bytes are byte strings. */
export class RedisClient implements Transport {
  /** The server has closed. */
  closed = false;
  /** The server's side of it. */
  readonly session: RedisSession;
  #received: string[] = [];
  #receivedBytes = 0;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #reading = true;
  #ended = false;

  constructor(open: (transport: Transport) => Session) {
    this.session = open(this) as RedisSession;
  }

  // ---- the client's side

  /** Sends one command. */
  send(...args: string[]): this {
    return this.sendRaw(encodeRequest(args));
  }

  /** Sends bytes as they are. */
  sendRaw(bytes: string): this {
    if (!this.closed && bytes !== '') this.session.receive(Buffer.from(bytes, 'latin1'));
    return this;
  }

  /** Sends one command and takes what it was answered. */
  ask(...args: string[]): string {
    return this.send(...args).take();
  }

  get unread(): string {
    if (this.#received.length > 1) this.#received = [this.#received.join('')];
    return this.#received[0] ?? '';
  }

  get unreadBytes(): number {
    return this.#receivedBytes;
  }

  /** Takes received bytes, all by default. */
  take(count = this.#receivedBytes): string {
    const all = this.unread;
    this.#received = all.length > count ? [all.slice(count)] : [];
    this.#receivedBytes = Math.max(0, all.length - count);
    return all.slice(0, count);
  }

  /** Stops and restarts reading from the socket. */
  read(on: boolean): void {
    this.#reading = on;
    if (!on) return;
    for (const bytes of this.#waiting.splice(0)) this.#receive(bytes);
    this.#waitingBytes = 0;
    if (!this.closed) this.session.drained?.();
  }

  /** The client closes its socket. */
  close(): void {
    this.#finish();
  }

  /** The client has nothing more to say. */
  halfClose(): void {
    this.session.peerEnded?.();
  }

  shutdown(): void {
    this.session.shutdown();
  }

  // ---- the server's side

  get bufferedBytes(): number {
    return this.#waitingBytes;
  }

  write(bytes: Uint8Array): void {
    if (this.#ended) return;
    const room = this.#reading ? bytes.length : Math.max(0, KERNEL_BYTES - this.#receivedBytes);
    if (room > 0) this.#receive(bytes.subarray(0, room));
    if (room >= bytes.length) return;
    this.#waiting.push(bytes.subarray(room));
    this.#waitingBytes += bytes.length - room;
  }

  end(): void {
    this.#ended = true;
    queueMicrotask(() => this.#finish());
  }

  destroy(): void {
    this.#waiting = [];
    this.end();
  }

  pause(): void {}

  resume(): void {}

  #receive(bytes: Uint8Array): void {
    this.#received.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'));
    this.#receivedBytes += bytes.length;
  }

  #finish(): void {
    if (this.closed) return;
    this.closed = true;
    this.#ended = true;
    this.session.closed();
  }
}
