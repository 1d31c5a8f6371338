/**
 * The only room that knows sockets: listens, tells protocols apart, opens sessions, and takes care that nothing of a
 * closed broker stays behind. Sockets and servers are unreferenced: a forgotten broker never keeps a process alive.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { afterRealTime, type Clock, type Timer, turnOfEventLoop } from '../core/clock.js';
import { BrokerError } from '../core/errors.js';
import type { Journal } from '../core/journal.js';
import type { Limits } from '../core/limits.js';
import { ByteQueue } from './byte-queue.js';
import type { Address, ConnectionInfo, Door, Session, Transport } from './door.js';
import { type Protocol, sniff } from './sniffer.js';

export interface ListenOptions {
  /** Address to bind. */
  readonly host: string;
  /** Port to bind, 0 for any free one. */
  readonly port: number;
  /** The node that this port stands for, from 1. */
  readonly nodeId: number;
  /** Who answers bytes that tell no protocol: on a broker's standard port its own door. */
  readonly fallback?: 'kafka' | 'amqp' | 'redis';
}

export interface ListenerContext {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly journal: Journal;
  readonly reportError: (error: unknown) => void;
  readonly doors: Readonly<Record<'kafka' | 'amqp' | 'redis', Door>>;
  /** Takes over a connection that speaks HTTP, paused, and the bytes read so far. */
  readonly acceptHttp: (socket: Socket, bytes: Uint8Array) => void;
}

interface Port {
  readonly options: ListenOptions;
  readonly address: Address;
  server: Server | undefined;
}

export class Listener {
  readonly #context: ListenerContext;
  readonly #ports: Port[] = [];
  readonly #connections = new Set<Connection>();
  readonly #httpSockets = new Set<Socket>();
  #connectionCount = 0;
  /** Counts every read and write, so that "nothing moved" can be told. */
  activity = 0;

  constructor(context: ListenerContext) {
    this.#context = context;
  }

  /** The bound ports, in the order in which they were opened. */
  get ports(): ReadonlyArray<{ readonly nodeId: number; readonly address: Address }> {
    return this.#ports.map(({ options, address }) => ({ nodeId: options.nodeId, address }));
  }

  /** Sessions that are open. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Opens a port. @throws BrokerError ADDRESS_IN_USE when it is taken */
  async listen(options: ListenOptions): Promise<Address> {
    const server = await this.#bind(options.host, options.port, options);
    const bound = server.address() as { address: string; port: number };
    const address = { address: bound.address, port: bound.port };
    this.#ports.push({ options, address, server });
    return address;
  }

  /** Closes the ports of a node and resets its connections, as a crash does. */
  async stopNode(nodeId: number): Promise<void> {
    const ports = this.#ports.filter((port) => port.options.nodeId === nodeId);
    for (const connection of this.#connections) if (connection.info.nodeId === nodeId) connection.destroy();
    await Promise.all(ports.map(closeServer));
  }

  /** Opens the ports of a stopped node again, at the same numbers. */
  async startNode(nodeId: number): Promise<void> {
    for (const port of this.#ports) {
      if (port.options.nodeId !== nodeId || port.server) continue;
      port.server = await this.#bind(port.options.host, port.address.port, port.options);
    }
  }

  /** Ends the connections that `which` picks (all by default) with their protocol's goodbye; resolves when they are gone. */
  async disconnect(which: (info: ConnectionInfo) => boolean = () => true): Promise<void> {
    const ending: Promise<void>[] = [];
    for (const connection of this.#connections) {
      if (!which(connection.info)) continue;
      ending.push(connection.gone);
      connection.shutdown();
    }
    await Promise.all(ending);
  }

  /** Resets one connection without a goodbye; false when there is no such connection. */
  reset(connectionId: string): boolean {
    for (const connection of this.#connections) {
      if (connection.info.id !== connectionId) continue;
      connection.destroy();
      return true;
    }
    return false;
  }

  /** Ends every connection and closes every port; resolves when no handle is left. */
  async close(): Promise<void> {
    const closing = this.#ports.map(closeServer);
    for (const socket of this.#httpSockets) socket.destroy();
    await this.disconnect();
    await Promise.all(closing);
    this.#ports.length = 0;
    // A server says that it is closed before its handle is: that takes the end of this turn, and of the next at most.
    await turnOfEventLoop();
    await turnOfEventLoop();
  }

  #bind(host: string, port: number, options: ListenOptions): Promise<Server> {
    return new Promise((resolve, reject) => {
      const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket, options));
      server.unref();
      server.once('error', (cause: NodeJS.ErrnoException) => {
        if (cause.code !== 'EADDRINUSE') return reject(cause);
        const hint = 'stop what listens there or use port 0 for any free one';
        reject(new BrokerError('ADDRESS_IN_USE', `port ${port} on ${host} is in use; ${hint}`, { cause }));
      });
      server.listen({ host, port, backlog: 1024 }, () => resolve(server));
    });
  }

  #accept(socket: Socket, options: ListenOptions): void {
    const { remoteAddress, remotePort, localAddress, localPort } = socket;
    // The peer may be gone before we look.
    if (remoteAddress === undefined || localAddress === undefined) return void socket.destroy();
    if (this.#connections.size >= this.#context.limits.connectionCount) return void socket.destroy();
    const info: ConnectionInfo = {
      id: `c${++this.#connectionCount}`,
      nodeId: options.nodeId,
      local: { address: localAddress, port: localPort as number },
      remote: { address: remoteAddress, port: remotePort as number },
    };
    const connection = new Connection(socket, info, options.fallback, this.#context, {
      moved: () => {
        this.activity++;
      },
      gone: () => {
        this.#connections.delete(connection);
      },
      isHttp: () => {
        this.#connections.delete(connection);
        this.#httpSockets.add(socket);
        socket.once('close', () => this.#httpSockets.delete(socket));
      },
    });
    this.#connections.add(connection);
  }
}

function closeServer(port: Port): Promise<void> {
  const server = port.server;
  port.server = undefined;
  return new Promise((resolve) => (server ? server.close(() => resolve()) : resolve()));
}

interface ConnectionEvents {
  moved(): void;
  gone(): void;
  isHttp(): void;
}

// Small writes of one turn leave in one system call; larger ones are not worth copying.
const JOIN_BELOW_BYTES = 64 * 1024;

/** How long a peer may take to read the goodbye. */
const LONGEST_GOODBYE_MS = 500;

// Captured at load: an application's fake timers cannot stop what was written from leaving.
const systemQueueMicrotask = globalThis.queueMicrotask;

/** One accepted socket: first unknown, then a session's transport. */
class Connection implements Transport {
  readonly info: ConnectionInfo;
  /** Resolves when the socket is closed and the session has been told. */
  readonly gone: Promise<void>;
  readonly #socket: Socket;
  readonly #fallback: ListenOptions['fallback'];
  readonly #context: ListenerContext;
  readonly #events: ConnectionEvents;
  #unknown: ByteQueue | undefined = new ByteQueue();
  #handshake: Timer | undefined;
  #session: Session | undefined;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #ending = false;
  #flushScheduled = false;

  constructor(
    socket: Socket,
    info: ConnectionInfo,
    fallback: ListenOptions['fallback'],
    context: ListenerContext,
    events: ConnectionEvents,
  ) {
    this.#socket = socket;
    this.info = info;
    this.#fallback = fallback;
    this.#context = context;
    this.#events = events;
    this.#handshake = context.clock.schedule(
      context.clock.now + context.limits.handshakeMs,
      () => this.destroy(),
      'liveness',
    );
    this.gone = new Promise((resolve) => {
      socket.once('close', () => {
        this.#onClose();
        resolve();
      });
    });
    socket.unref();
    socket.on('data', (chunk: Uint8Array) => this.#onData(chunk));
    socket.on('end', () => this.#guard(() => this.#onPeerEnd()));
    socket.on('drain', () => this.#guard(() => this.#session?.drained?.()));
    socket.on('error', () => {}); // a reset peer is told by 'close'
  }

  get bufferedBytes(): number {
    return this.#pendingBytes + this.#socket.writableLength;
  }

  write(bytes: Uint8Array): void {
    if (this.#ending || bytes.length === 0) return;
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    this.#scheduleFlush();
  }

  end(): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#scheduleFlush();
  }

  destroy(): void {
    this.#ending = true;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#socket.destroy();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Says goodbye through the session; a connection that has not said what it speaks is dropped. */
  shutdown(): void {
    if (!this.#session) return this.destroy();
    this.#guard(() => this.#session?.shutdown());
    this.#flush();
    if (this.#socket.destroyed) return;
    this.#socket.destroySoon();
    // A peer that does not read must not hold up the broker's own end.
    const cancel = afterRealTime(LONGEST_GOODBYE_MS, () => this.#socket.destroy());
    this.gone.then(cancel);
  }

  #onData(chunk: Uint8Array): void {
    this.#events.moved();
    if (this.#ending) return;
    if (this.#session) this.#guard(() => (this.#session as Session).receive(chunk));
    else if (this.#unknown) this.#identify(this.#unknown, chunk);
  }

  #identify(unknown: ByteQueue, chunk: Uint8Array): void {
    unknown.push(chunk);
    const bytes = unknown.peek(unknown.length);
    const protocol = sniff(bytes);
    if (protocol) this.#become(protocol, bytes);
  }

  #become(protocol: Protocol, bytes: Uint8Array): void {
    this.#unknown = undefined;
    this.#context.clock.cancel(this.#handshake);
    if (protocol === 'tls') {
      const reason = 'this looks like a TLS ClientHello; this port speaks plain text: switch TLS off in the client';
      if (this.#context.journal.on) {
        this.#context.journal.record(undefined, 'protocol-error', { connection: this.info.id, reason });
      }
      return this.destroy();
    }
    if (protocol === 'http') return this.#becomeHttp(bytes);
    const told = protocol === 'redis' && bytes[0] !== 0x2a ? (this.#fallback ?? 'redis') : protocol;
    this.#session = this.#context.doors[told].open(this, this.info);
    this.#guard(() => this.#session?.receive(bytes));
  }

  #becomeHttp(bytes: Uint8Array): void {
    // Not all listeners at once: those that Node itself has set must stay.
    for (const event of ['data', 'end', 'drain', 'close']) this.#socket.removeAllListeners(event);
    this.#socket.pause();
    this.#events.isHttp();
    this.#context.acceptHttp(this.#socket, bytes);
  }

  #onPeerEnd(): void {
    this.#events.moved();
    // What is still undecided when the peer stops talking can only be a short inline command.
    if (this.#unknown && this.#unknown.length > 0) this.#become('redis', this.#unknown.peek(this.#unknown.length));
    if (this.#session?.peerEnded) this.#session.peerEnded();
    else this.end();
  }

  #onClose(): void {
    this.#events.moved();
    this.#context.clock.cancel(this.#handshake);
    this.#events.gone();
    this.#guard(() => this.#session?.closed());
  }

  /** A session that throws is our mistake: that connection dies, the error is reported, no other connection notices. */
  #guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#context.reportError(error);
      this.destroy();
    }
  }

  #scheduleFlush(): void {
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    systemQueueMicrotask(() => {
      this.#flushScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    const socket = this.#socket;
    if (this.#pending.length > 0 && !socket.destroyed) {
      this.#events.moved();
      const pending = this.#pending;
      const bytes = this.#pendingBytes;
      this.#pending = [];
      this.#pendingBytes = 0;
      if (pending.length === 1) socket.write(pending[0] as Uint8Array);
      else if (bytes < JOIN_BELOW_BYTES) socket.write(Buffer.concat(pending, bytes));
      else {
        socket.cork();
        for (const part of pending) socket.write(part);
        socket.uncork();
      }
    }
    if (this.#ending && !socket.writableEnded) socket.end();
    // With half-open sockets the peer's end is not waited for: like a server that has closed, not shut down.
    if (this.#ending && !socket.destroyed) socket.destroySoon();
  }
}
