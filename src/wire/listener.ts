/**
 * The only room that knows sockets: listens, takes connections in, and takes care that nothing of a closed broker stays
 * behind. Sockets and servers are unreferenced: a forgotten broker never keeps a process alive.
 */
import { createServer, isIP, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { turnOfEventLoop } from '../core/clock.js';
import { BrokerError, type ModelName } from '../core/errors.js';
import { type ByteStream, Connection, type ConnectionContext } from './connection.js';
import type { Address, ConnectionInfo } from './door.js';

export interface ListenOptions {
  /** Address to bind. */
  readonly host: string;
  /** Port to bind, 0 for any free one. */
  readonly port: number;
  /** The node that this port stands for. */
  readonly nodeId: number;
  /** Who answers bytes that tell no protocol: on a broker's standard port its own door. */
  readonly fallback?: ModelName;
}

/** Where a node can be reached. */
export interface OpenPort {
  readonly nodeId: number;
  readonly address: Address;
  /** The name that was to be bound, when it was no address. */
  readonly name?: string;
}

interface Port {
  readonly options: ListenOptions;
  readonly address: Address;
  server: Server | undefined;
}

export class Listener {
  readonly #context: ConnectionContext;
  readonly #ports: Port[] = [];
  readonly #connections = new Set<Connection>();
  readonly #httpStreams = new Set<Duplex>();
  readonly #stoppedNodes = new Set<number>();
  #connectionCount = 0;
  /** Counts every read and write, so that "nothing moved" can be told. */
  activity = 0;

  constructor(context: ConnectionContext) {
    this.#context = context;
  }

  /** The bound ports, in the order in which they were opened. */
  get ports(): ReadonlyArray<OpenPort> {
    return this.#ports.map(({ options, address }) => ({
      nodeId: options.nodeId,
      address,
      ...(isIP(options.host) === 0 && { name: options.host }),
    }));
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

  /** Takes in the broker's end of a connection that needs no port. A stopped node drops it. */
  attach(stream: ByteStream, ends: Omit<ConnectionInfo, 'id'>): void {
    if (this.#stoppedNodes.has(ends.nodeId)) stream.destroy();
    else this.#open(stream, ends);
  }

  /** Closes the ports of a node and resets its connections, as a crash does. */
  async stopNode(nodeId: number): Promise<void> {
    this.#stoppedNodes.add(nodeId);
    const ports = this.#ports.filter((port) => port.options.nodeId === nodeId);
    for (const connection of this.#connections) if (connection.info.nodeId === nodeId) connection.destroy();
    await Promise.all(ports.map(closeServer));
  }

  /** Opens the ports of a stopped node again, at the same numbers. */
  async startNode(nodeId: number): Promise<void> {
    this.#stoppedNodes.delete(nodeId);
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

  /** Closes every port; connections stay. */
  async closePorts(): Promise<void> {
    const closing = this.#ports.map(closeServer);
    this.#ports.length = 0;
    await Promise.all(closing);
    // A server says that it is closed before its handle is: that takes the end of this turn, and of the next at most.
    await turnOfEventLoop();
    await turnOfEventLoop();
  }

  /** Ends every connection and closes every port; resolves when no handle is left. */
  async close(): Promise<void> {
    const closing = this.closePorts();
    for (const stream of this.#httpStreams) stream.destroy();
    await this.disconnect();
    await closing;
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
    const local = { address: localAddress, port: localPort as number };
    const remote = { address: remoteAddress, port: remotePort as number };
    this.#open(socket, { nodeId: options.nodeId, local, remote }, options.fallback);
  }

  #open(stream: ByteStream, ends: Omit<ConnectionInfo, 'id'>, fallback?: ModelName): void {
    if (this.#connections.size >= this.#context.limits.connectionCount) return void stream.destroy();
    const info: ConnectionInfo = { id: `c${++this.#connectionCount}`, ...ends };
    const connection = new Connection(stream, info, fallback, this.#context, {
      moved: () => {
        this.activity++;
      },
      gone: () => {
        this.#connections.delete(connection);
      },
      isHttp: () => {
        this.#connections.delete(connection);
        this.#httpStreams.add(stream);
        stream.once('close', () => this.#httpStreams.delete(stream));
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
