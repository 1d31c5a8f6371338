import { type Clock, type ClockKind, createClock, monotonicMs, turnOfEventLoop } from './core/clock.js';
import { type BrokerClock, createClockFace } from './core/clock-face.js';
import { BrokerError } from './core/errors.js';
import { EventEmitter } from './core/events.js';
import { Journal, type JournalEvent, type JournalEventName } from './core/journal.js';
import { type Limits, type LimitsOption, resolveLimits } from './core/limits.js';
import type { BrokerModel, ModelContext } from './core/model.js';
import { Outbox } from './core/outbox.js';
import { Random } from './core/random.js';
import { SNAPSHOT_FORMAT, type Snapshot } from './core/snapshot.js';
import { AmqpBroker, type AmqpOptions } from './models/amqp/index.js';
import { KafkaBroker, type KafkaOptions } from './models/kafka/index.js';
import { RedisBroker, type RedisOptions } from './models/redis/index.js';
import { LogDirectory } from './storage/log-directory.js';
import { type ClientOptions, createClientOptions } from './wire/client-options.js';
import type { ConnectionInfo } from './wire/door.js';
import type { DoorContext } from './wire/door-context.js';
import { Interceptors } from './wire/interceptors.js';
import type { Listener } from './wire/listener.js';
import { PipeEnd } from './wire/pipe.js';

export interface BrokerOptions {
  /** `system` (default) follows real time, `virtual` moves only by `advance`, `global` follows `globalThis`. */
  readonly clock?: ClockKind;
  /** Everything random comes from it; equal seeds give equal ids. Default 1. */
  readonly seed?: number;
  /** Whether the journal records. Default true; off costs nothing. */
  readonly journal?: boolean;
  readonly limits?: LimitsOption;
  /** Nodes of the cluster, each with a port of its own; 1 to 64. Default 1. */
  readonly nodes?: number;
  /** Number of the first node; the others follow. Default 1. */
  readonly firstNodeId?: number;
  readonly kafka?: KafkaOptions;
  readonly amqp?: AmqpOptions;
  readonly redis?: RedisOptions;
}

export interface ListenOptions {
  /** Address to bind, or a name, which is then what Kafka advertises. Default 127.0.0.1. */
  readonly host?: string;
  /** Port of the first node, 0 (default) for any free one; further nodes take the following ports, or any. */
  readonly port?: number;
  /** Also open 9092, 5672 and 6379. */
  readonly standardPorts?: boolean;
}

/** Where clients connect. */
export interface BrokerUrls {
  /** `host:port`, several separated by commas: what `bootstrap.servers` takes. */
  readonly kafka: string;
  readonly amqp: string;
  readonly redis: string;
  readonly inspector: string;
}

interface BrokerEvents extends Record<JournalEventName, (event: JournalEvent) => void> {
  /** What a user's callback threw, or a defect that cost a connection its life. */
  error: (error: unknown) => void;
}

/** Far below what Kafka keeps for the ids that it gives out itself. */
const MAX_NODE_ID = 900;

/** The host of connections without a port; their port is the number of the node. */
const IN_MEMORY = 'memory';

const STANDARD_PORTS = [
  ['kafka', 9092],
  ['amqp', 5672],
  ['redis', 6379],
] as const;

/** Three brokers that share one clock, one seed, one journal and one port. */
export class Broker {
  readonly kafka: KafkaBroker;
  readonly amqp: AmqpBroker;
  readonly redis: RedisBroker;
  readonly clock: BrokerClock;
  readonly journal: Journal;
  readonly limits: Limits;
  /** Number of nodes. */
  readonly nodes: number;
  /** Number of the first node. */
  readonly firstNodeId: number;
  readonly #clock: Clock;
  /** The doors' generator, then one for each model. */
  readonly #randoms: Random[] = [];
  readonly #outbox: Outbox;
  readonly #interceptors = new Interceptors();
  readonly #errors = new EventEmitter<{ error: (error: unknown) => void }>();
  readonly #context: ModelContext;
  #listener: Listener | undefined;
  #loading: Promise<Listener> | undefined;
  #opening: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: BrokerOptions = {}) {
    const reportError = (error: unknown) => this.#reportError(error);
    this.limits = resolveLimits(options.limits);
    this.nodes = options.nodes ?? 1;
    if (!Number.isInteger(this.nodes) || this.nodes < 1 || this.nodes > 64) {
      throw new BrokerError('INVALID_OPTION', `nodes is ${String(options.nodes)}; give a whole number from 1 to 64`);
    }
    this.firstNodeId = options.firstNodeId ?? 1;
    if (!Number.isInteger(this.firstNodeId) || this.firstNodeId < 0 || this.firstNodeId > MAX_NODE_ID) {
      throw new BrokerError(
        'INVALID_OPTION',
        `firstNodeId is ${String(options.firstNodeId)}; give a whole number from 0 to ${MAX_NODE_ID}`,
      );
    }
    this.#clock = createClock(options.clock ?? 'system', reportError, this.limits);
    const random = new Random(options.seed ?? 1);
    this.#outbox = new Outbox(reportError);
    this.journal = new Journal(this.#clock, this.limits.journalEventCount, options.journal ?? true);
    // No spread: it would give the contexts of each broker a shape of their own, and every model code to suit that.
    const contextOf = (own: Random): ModelContext => ({
      clock: this.#clock,
      random: own,
      outbox: this.#outbox,
      journal: this.journal,
      limits: this.limits,
      reportError,
    });
    this.#context = contextOf(random);
    // Each model draws from a generator of its own: what one does never shifts the ids of another.
    const context = (): ModelContext => {
      const own = random.fork();
      this.#randoms.push(own);
      return contextOf(own);
    };
    this.#randoms.push(random);
    const cluster = { nodes: this.nodes, firstNodeId: this.firstNodeId };
    const { dataDir } = options.kafka ?? {};
    const storage = dataDir === undefined ? undefined : new LogDirectory(dataDir);
    this.kafka = new KafkaBroker(context(), { ...cluster, ...options.kafka }, storage);
    this.amqp = new AmqpBroker(context(), { ...cluster, ...options.amqp });
    this.redis = new RedisBroker(context(), { ...options.redis });
    this.clock = createClockFace(this.#clock);
  }

  /** Numbers of all nodes, those that are stopped too. */
  get nodeIds(): readonly number[] {
    return Array.from({ length: this.nodes }, (_, at) => this.firstNodeId + at);
  }

  get #models(): ReadonlyArray<readonly [string, BrokerModel]> {
    return [
      ['kafka', this.kafka],
      ['amqp', this.amqp],
      ['redis', this.redis],
    ];
  }

  /** Opens a port for each node. @throws BrokerError ADDRESS_IN_USE, ALREADY_LISTENING, CLOSED */
  async listen(options: ListenOptions = {}): Promise<this> {
    if (this.#closed) throw new BrokerError('CLOSED', 'this broker is closed; start a new one');
    if (this.#opening) throw new BrokerError('ALREADY_LISTENING', 'this broker listens already; its ports are in urls');
    this.#opening = this.#open(options);
    try {
      await this.#opening;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
    return this;
  }

  async #open(options: ListenOptions): Promise<void> {
    const listener = await this.#loadDoors();
    const host = options.host ?? '127.0.0.1';
    const port = options.port ?? 0;
    try {
      for (const [at, nodeId] of this.nodeIds.entries()) {
        await listener.listen({ host, port: port === 0 ? 0 : port + at, nodeId });
      }
      if (!options.standardPorts) return;
      for (const [fallback, standard] of STANDARD_PORTS) {
        await listener.listen({ host, port: standard, nodeId: this.firstNodeId, fallback });
      }
    } catch (error) {
      await listener.closePorts();
      throw error;
    }
  }

  /**
   * The client's end of a connection that needs no port, for clients that take a stream; the broker need not listen.
   *
   * @param nodeId the node to reach, by default the first
   * @throws BrokerError UNKNOWN_NODE, CLOSED
   */
  connect(nodeId = this.firstNodeId): PipeEnd {
    this.#checkNode(nodeId);
    if (this.#closed) throw new BrokerError('CLOSED', 'this broker is closed; start a new one');
    const [client, server] = PipeEnd.pair();
    const ends = { nodeId, local: { address: IN_MEMORY, port: nodeId }, remote: { address: IN_MEMORY, port: 0 } };
    this.#loadDoors().then((listener) => listener.attach(server, ends), this.#context.reportError);
    return client;
  }

  /** Where clients connect: the standard ports where they are open. @throws BrokerError NOT_LISTENING before `listen` */
  get urls(): BrokerUrls {
    const ports =
      this.#listener?.ports.map(({ address, name }) => `${hostOf(name ?? address.address)}:${address.port}`) ?? [];
    const [main] = ports;
    if (main === undefined) {
      throw new BrokerError('NOT_LISTENING', 'this broker has no port; call listen() or use startBroker()');
    }
    const [kafka = main, amqp = main, redis = main] = ports.slice(this.nodes);
    return {
      kafka: [kafka, ...ports.slice(1, this.nodes)].join(','),
      amqp: `amqp://${amqp}`,
      redis: `redis://${redis}`,
      inspector: `http://${main}`,
    };
  }

  /** Options for clients, with what suits a test: short retries, and connections without a port on request. */
  get options(): ClientOptions {
    return createClientOptions({
      nodeIds: this.nodeIds,
      urls: () => this.urls,
      connect: (nodeId) => this.connect(nodeId),
    });
  }

  /** Environment variables for an application under test. */
  env(): Record<'KAFKA_BROKERS' | 'AMQP_URL' | 'REDIS_URL', string> {
    const { kafka, amqp, redis } = this.urls;
    return { KAFKA_BROKERS: kafka, AMQP_URL: amqp, REDIS_URL: redis };
  }

  /** Listens to what happens, or to what went wrong in a callback. Returns a function that stops listening. */
  on<Name extends keyof BrokerEvents>(name: Name, listener: BrokerEvents[Name]): () => void {
    if (name === 'error') {
      this.#errors.on('error', listener as BrokerEvents['error']);
      return () => void this.#errors.off('error', listener as BrokerEvents['error']);
    }
    const event = name as JournalEventName;
    this.journal.events.on(event, listener as (event: JournalEvent) => void);
    return () => void this.journal.events.off(event, listener as (event: JournalEvent) => void);
  }

  /**
   * Resolves when nothing moves any more: for three turns of the event loop no byte was read or written, no delivery
   * waits, no data timer is due and no model is busy.
   *
   * @throws BrokerError NOT_IDLE after `timeout` milliseconds of real time (default 5 000), saying what is not settled
   */
  async idle(options: { timeout?: number } = {}): Promise<void> {
    const started = monotonicMs();
    let quietTurns = 0;
    let seen = this.#listener?.activity ?? 0;
    while (quietTurns < 3) {
      await turnOfEventLoop();
      const activity = this.#listener?.activity ?? 0;
      const unsettled = this.#unsettled();
      quietTurns = activity === seen && unsettled.length === 0 ? quietTurns + 1 : 0;
      seen = activity;
      if (monotonicMs() - started > (options.timeout ?? 5_000)) {
        throw new BrokerError('NOT_IDLE', `not settled: ${unsettled.join('; ') || 'bytes keep moving'}`);
      }
    }
  }

  #unsettled(): string[] {
    const reasons = this.#models.flatMap(([name, model]) => model.busy().map((reason) => `${name}: ${reason}`));
    if (this.#outbox.size > 0) reasons.push(`${this.#outbox.size} deliveries wait`);
    const due = this.#clock.nextDataTimerMs;
    if (due !== undefined && due <= this.#clock.now) reasons.push('a timer is due');
    return reasons;
  }

  /**
   * Restarts all three as the real ones do: every connection is cut, RabbitMQ keeps durable queues and persistent
   * messages, Kafka its logs and offsets, Redis nothing. Ports stay.
   */
  async restart(): Promise<void> {
    await this.#listener?.disconnect();
    for (const [, model] of this.#models) model.restart();
    if (this.journal.on) this.journal.record(undefined, 'restarted', {});
  }

  /** Empties all three and keeps the port; clients are disconnected. */
  async reset(): Promise<void> {
    await this.#listener?.disconnect();
    for (const [, model] of this.#models) model.reset();
    this.journal.clear();
  }

  /** The state of all three; messages are shared, not copied. */
  snapshot(): Snapshot {
    const models = new Map(this.#models.map(([name, model]) => [name, model.snapshot()]));
    return {
      format: SNAPSHOT_FORMAT,
      atMs: this.#clock.now,
      random: this.#randoms.map((random) => random.save()),
      models,
    };
  }

  /** Goes back to a snapshot. Connections are cut unless `connections` is `'keep'`. */
  async restore(snapshot: Snapshot, options: { connections?: 'drop' | 'keep' } = {}): Promise<void> {
    if (options.connections !== 'keep') await this.#listener?.disconnect();
    for (const [at, random] of this.#randoms.entries()) random.load(snapshot.random[at] ?? []);
    for (const [name, model] of this.#models) model.restore(snapshot.models.get(name));
  }

  /** Stops a node as a crash does: its connections are reset, its port refuses. */
  async stopNode(nodeId: number): Promise<void> {
    this.#checkNode(nodeId);
    await this.#listener?.stopNode(nodeId);
    this.kafka.stopNode(nodeId);
    this.amqp.stopNode(nodeId);
  }

  /** Starts a stopped node again, on the same port. */
  async startNode(nodeId: number): Promise<void> {
    this.#checkNode(nodeId);
    this.kafka.startNode(nodeId);
    this.amqp.startNode(nodeId);
    await this.#listener?.startNode(nodeId);
  }

  /** Ends every connection, closes every port, cancels every timer; resolves when no handle is left. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= (async () => {
      await this.#opening?.catch(() => {});
      await this.#loading?.catch(() => {});
      await this.#listener?.close();
      this.#listener = undefined;
      this.#end();
    })();
    return this.#closed;
  }

  /** For a broker without ports; one with ports is closed by `close`. */
  [Symbol.dispose](): void {
    if (this.#loading) void this.close();
    else this.#end();
  }

  #end(): void {
    for (const [, model] of this.#models) model.close();
    this.#clock.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #checkNode(nodeId: number): void {
    const { nodeIds } = this;
    if (nodeIds.includes(nodeId)) return;
    const known = `${nodeIds[0]} to ${nodeIds.at(-1)}`;
    throw new BrokerError('UNKNOWN_NODE', `there is no node ${nodeId}; this broker has ${known}`);
  }

  #reportError(error: unknown): void {
    if (this.#errors.listenerCount('error') > 0) this.#errors.emit('error', error);
    else process.emitWarning(error instanceof Error ? error : String(error));
  }

  /** The doors are loaded with the first connection or port: who uses the models alone does not pay for protocols. */
  #loadDoors(): Promise<Listener> {
    this.#loading ??= import('./wire/doors.js').then(({ createListener }) => {
      this.#listener = createListener(this, {
        ...this.#context,
        interceptors: this.#interceptors,
        advertise: (nodeId, connection) => this.#advertise(nodeId, connection),
        resetConnection: (connectionId) => this.#listener?.reset(connectionId) ?? false,
      } satisfies DoorContext);
      return this.#listener;
    });
    return this.#loading;
  }

  /** The name that was to be bound, else the address that the client dialled, with the port of the asked node. */
  #advertise(nodeId: number, { nodeId: dialled, local }: ConnectionInfo) {
    if (local.address === IN_MEMORY) return { address: IN_MEMORY, port: nodeId };
    const open = this.#listener?.ports.find((candidate) => candidate.nodeId === nodeId);
    if (!open) return undefined;
    return { address: open.name ?? local.address, port: nodeId === dialled ? local.port : open.address.port };
  }
}

function hostOf(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** A broker without a port: synchronous, no handle is open. For native use and microbenchmarks. */
export function createBroker(options: BrokerOptions = {}): Broker {
  return new Broker(options);
}

/** A broker that listens, by default on a free loopback port that speaks all three protocols. */
export async function startBroker(options: BrokerOptions & ListenOptions = {}): Promise<Broker> {
  return new Broker(options).listen(options);
}
