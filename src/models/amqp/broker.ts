import { BrokerError } from '../../core/errors.js';
import type { BodyInput } from '../../core/message.js';
import type { BrokerModel, ModelContext } from '../../core/model.js';
import type { AmqpChannel } from './channel.js';
import { Cluster } from './cluster.js';
import type { AmqpOptions, AmqpVersion } from './config.js';
import { AmqpConnection, type ConnectionSink } from './connection.js';
import { accessRefusedText, checkChannelLimit, checkConnectionLimits } from './connection-limit.js';
import { exportDefinitions, importDefinitions } from './definitions.js';
import type { Envelope } from './envelope.js';
import { AmqpError, notAllowed } from './errors.js';
import { DIRECT, type ExchangeType, FANOUT, HEADERS, type Matcher, TOPIC } from './exchange-type.js';
import { EMPTY_TABLE, type FieldTable, type FieldTableInput } from './field-table.js';
import {
  type AmqpDelivery,
  ExchangeHandle,
  NativeApi,
  type NativeConsumeOptions,
  type NativeExchangeOptions,
  type NativePublishOptions,
  type NativeQueueOptions,
  type PublishResult,
  QueueHandle,
  type RouteExplanation,
} from './native.js';
import { PLUGIN_TYPES, TYPES_SINCE_4 } from './plugin-exchange.js';
import type { PropertiesInput } from './properties.js';
import type { Queue } from './queue.js';
import { loadBroker, saveBroker } from './snapshot.js';
import { type Permissions, type TopicPermissions, User, type UserLimit } from './user.js';
import { VirtualHost } from './virtual-host.js';

const CONSUMER_TIMEOUT_MS = 1_800_000;

export type AlarmKind = 'memory' | 'disk';

/** How a client's connection is opened once its handshake is done. */
export interface OpenConnection {
  readonly user: string;
  readonly vhost: string;
  readonly name: string;
  readonly nodeId: number;
  readonly clientProperties?: FieldTable;
  readonly channelMax?: number;
  readonly sink: ConnectionSink;
}

/** AMQP 0-9-1 exchanges and queues as RabbitMQ has them. */
export class AmqpBroker implements BrokerModel {
  readonly context: ModelContext;
  readonly options: AmqpOptions;
  readonly version: AmqpVersion;
  readonly exchangeTypes = new Map<string, ExchangeType>();
  readonly vhosts = new Map<string, VirtualHost>();
  readonly users = new Map<string, User>();
  /** JSON values that anybody may keep here. */
  readonly globalParameters = new Map<string, unknown>();
  /** Connections of clients, oldest first. */
  readonly connections = new Set<AmqpConnection>();
  readonly cluster: Cluster;
  readonly #alarms = new Set<AlarmKind>();
  #native: NativeApi | undefined;

  constructor(context: ModelContext, options: AmqpOptions = {}) {
    this.context = context;
    this.options = options;
    this.cluster = new Cluster(options.nodes ?? 1, options.firstNodeId);
    this.version = options.version ?? '3';
    const newer = this.version === '3' ? [] : TYPES_SINCE_4;
    for (const type of [DIRECT, FANOUT, TOPIC, HEADERS, ...PLUGIN_TYPES, ...newer]) this.registerExchangeType(type);
    this.#addDefaults();
  }

  /** How long a delivery may stay unacked. */
  get consumerTimeoutMs(): number {
    return this.options.consumerTimeoutMs ?? CONSUMER_TIMEOUT_MS;
  }

  /** The release that is reported to clients. */
  get releaseName(): string {
    return this.version === '3' ? '3.10.8' : '4.1.0';
  }

  /** Adds a kind of exchange, or replaces one for exchanges to come. */
  registerExchangeType(type: ExchangeType): void {
    this.exchangeTypes.set(type.name, type);
  }

  createMatcher(typeName: string, args: FieldTable): Matcher {
    const type = this.exchangeTypes.get(typeName) as ExchangeType;
    return type.create({
      arguments: args,
      random: this.context.random,
      limits: this.context.limits,
      looseNumbers: this.version === '3',
      create: (inner) => this.createMatcher(inner, args),
    });
  }

  /** Whether these are a user and their password. */
  authenticate(user: string, password: string): boolean {
    return this.users.get(user)?.accepts(password) ?? false;
  }

  /** Adds a user or changes one. @returns whether there was none */
  setUser(name: string, options: { password?: string; hash?: string; tags?: string | readonly string[] }): boolean {
    const { password, hash, tags = [] } = options;
    const list = typeof tags === 'string' ? tags.split(',').filter((tag) => tag !== '') : tags;
    const secret = { ...(password !== undefined && { plain: password }), ...(hash !== undefined && { hash }) };
    const user = this.users.get(name);
    if (user) {
      user.password = secret;
      user.tags = list;
    } else this.users.set(name, new User(name, secret, list));
    return !user;
  }

  /** @returns whether there were none. @throws BrokerError UNKNOWN_USER, INVALID_PATTERN */
  setPermissions(user: string, vhost: string, permissions: Permissions): boolean {
    return this.user(user).setPermissions(vhost, permissions);
  }

  /** @returns whether there were none. @throws BrokerError UNKNOWN_USER, INVALID_PATTERN */
  setTopicPermissions(user: string, vhost: string, permissions: TopicPermissions & { exchange: string }): boolean {
    return this.user(user).setTopicPermissions(vhost, permissions.exchange, permissions);
  }

  /** @param value undefined or below 0 for no limit. @throws BrokerError UNKNOWN_USER */
  setUserLimit(user: string, limit: UserLimit, value: number | undefined): void {
    const { limits } = this.user(user);
    if (value === undefined || value < 0) limits.delete(limit);
    else limits.set(limit, value);
  }

  /** @throws BrokerError UNKNOWN_USER */
  user(name: string): User {
    const user = this.users.get(name);
    if (!user) throw new BrokerError('UNKNOWN_USER', `there is no user '${name}'; add it first`);
    return user;
  }

  /**
   * Declares an exchange of `/`, durable unless said otherwise.
   *
   * @throws AmqpError PRECONDITION_FAILED when there is another of that name
   */
  assertExchange(name: string, type = 'topic', options: NativeExchangeOptions = {}): ExchangeHandle {
    return this.#api().assertExchange(name, type, options);
  }

  /** Declares a queue of `/`, durable unless said otherwise; an empty name asks for one that is made up. */
  assertQueue(name = '', options: NativeQueueOptions = {}): QueueHandle {
    return this.#api().assertQueue(name, options);
  }

  /** Binds a queue to an exchange. @throws AmqpError NOT_FOUND */
  bind(queue: string, exchange: string, routingKey = '', args: FieldTableInput = EMPTY_TABLE): void {
    this.#api().bind(queue, exchange, routingKey, args);
  }

  unbind(queue: string, exchange: string, routingKey = '', args: FieldTableInput = EMPTY_TABLE): void {
    this.#api().unbind(queue, exchange, routingKey, args);
  }

  /**
   * Publishes natively and says at once where the message went.
   *
   * @param body text, bytes, or a value that is written as JSON (`encoding: 'msgpack'` for MessagePack)
   * @throws AmqpError NOT_FOUND when there is no such exchange
   */
  publish(exchange: string, routingKey: string, body: BodyInput, options?: NativePublishOptions): PublishResult {
    return this.#api().publish(exchange, routingKey, body, options);
  }

  /** Takes the next ready message of a queue; undefined when there is none. */
  get(queue: string, options: { noAck?: boolean } = {}): AmqpDelivery | undefined {
    return this.#api().get(queue, options.noAck ?? false);
  }

  /** Calls `listener` for each message of a queue. @returns ends the consumer; what it has not settled is requeued */
  consume(queue: string, listener: (delivery: AmqpDelivery) => void, options: NativeConsumeOptions = {}): () => void {
    return this.#api().consume(queue, listener, options);
  }

  /** A handle to look into a queue of `/`. */
  queue(name: string): QueueHandle {
    return new QueueHandle(name, this.#defaultVhost);
  }

  /** A handle to look into an exchange of `/`. */
  exchange(name: string): ExchangeHandle {
    return new ExchangeHandle(name, this.#defaultVhost);
  }

  /** Where a message would go, and which bindings say so. @throws AmqpError NOT_FOUND */
  explain(exchange: string, routingKey: string, options: PropertiesInput = {}): RouteExplanation {
    return this.#api().explain(exchange, routingKey, options);
  }

  get #defaultVhost(): VirtualHost {
    return this.vhosts.get('/') as VirtualHost;
  }

  #api(): NativeApi {
    if (!this.#native) {
      const all = { configure: '.*', write: '.*', read: '.*' };
      const user = new User('native', {}, []);
      user.setPermissions('/', all);
      this.#native = new NativeApi(this.#defaultVhost, this.openInternal(user, this.#defaultVhost));
    }
    return this.#native;
  }

  #endNative(): void {
    this.#native?.close();
    this.#native = undefined;
  }

  /** Opens a connection. @throws AmqpError NOT_ALLOWED: unknown virtual host, no permission for it, too many */
  openConnection(options: OpenConnection): AmqpConnection {
    const vhost = this.vhosts.get(options.vhost);
    if (!vhost) throw notAllowed(`vhost ${options.vhost} not found`);
    const user = this.users.get(options.user);
    if (!user?.hasAccess(vhost.name)) throw notAllowed(accessRefusedText(options.user, vhost.name));
    checkConnectionLimits(this.connections, user, vhost);
    const connection = new AmqpConnection({ ...options, user, vhost });
    this.connections.add(connection);
    const { alarm } = this;
    if (alarm !== undefined) this.context.outbox.post(() => connection.sink.blocked(alarm), undefined);
    return connection;
  }

  /** A connection for the native and the management API: it is in no list and counts in no limit. */
  openInternal(user: User, vhost: VirtualHost): AmqpConnection {
    const sink = { closed: () => {}, blocked: () => {}, unblocked: () => {} };
    return new AmqpConnection({ user, vhost, name: 'internal', nodeId: this.cluster.first, sink, internal: true });
  }

  /** Raises or ends an alarm: connections that publish wait as long as there is one. */
  setAlarm(kind: AlarmKind, on: boolean): void {
    const before = this.alarm;
    if (on) this.#alarms.add(kind);
    else this.#alarms.delete(kind);
    const after = this.alarm;
    if (before === after) return;
    for (const { sink } of this.connections) {
      this.context.outbox.post(() => (after === undefined ? sink.unblocked() : sink.blocked(after)), undefined);
    }
  }

  /** Why publishers wait, in RabbitMQ's words; undefined when they do not. */
  get alarm(): string | undefined {
    return this.alarms.length === 0 ? undefined : `low on ${this.alarms.join(' & ')}`;
  }

  get alarms(): readonly AlarmKind[] {
    return [...this.#alarms].sort();
  }

  /** Adds a virtual host. @returns whether there was none of this name */
  addVhost(name: string): boolean {
    if (this.vhosts.has(name)) return false;
    this.vhosts.set(name, new VirtualHost(name, this));
    return true;
  }

  /** Deletes a virtual host with everything in it, connections included. @returns whether there was one */
  deleteVhost(name: string): boolean {
    const vhost = this.vhosts.get(name);
    if (!vhost) return false;
    this.vhosts.delete(name);
    for (const user of this.users.values()) {
      user.clearPermissions(name);
      user.clearTopicPermissions(name);
    }
    const gone = new AmqpError('CONNECTION_FORCED', `vhost '${name}' is deleted`);
    for (const connection of this.connections) if (connection.vhost === vhost) connection.forceClose(gone);
    vhost.dispose();
    return true;
  }

  /** @returns whether there was one */
  deleteUser(name: string): boolean {
    const user = this.users.get(name);
    const deleted = new AmqpError('CONNECTION_FORCED', `user '${name}' is deleted`);
    for (const connection of this.connections) if (connection.user === user) connection.forceClose(deleted);
    return this.users.delete(name);
  }

  /** Definitions of everything, or of one virtual host, as RabbitMQ exports them. */
  exportDefinitions(vhost?: string): Readonly<Record<string, any>> {
    return exportDefinitions(this, vhost === undefined ? undefined : this.vhosts.get(vhost));
  }

  /** Adds what a definitions file (parsed JSON) says. @throws BrokerError INVALID_DEFINITIONS */
  importDefinitions(definitions: unknown, vhost?: string): void {
    this.context.outbox.run(() => {
      importDefinitions(this, definitions, vhost === undefined ? undefined : this.vhosts.get(vhost));
    });
  }

  forgetConnection(connection: AmqpConnection): void {
    this.connections.delete(connection);
  }

  /** @throws AmqpError NOT_ALLOWED when the user has too many channels */
  checkUserChannels(user: User): void {
    checkChannelLimit(this.connections, user);
  }

  restart(): void {
    this.#closeConnections();
    this.cluster.takeWaiting();
    for (const vhost of this.vhosts.values()) vhost.restart();
  }

  reset(): void {
    this.#closeConnections();
    for (const vhost of this.vhosts.values()) vhost.dispose();
    this.cluster.takeWaiting();
    this.#alarms.clear();
    this.vhosts.clear();
    this.users.clear();
    this.globalParameters.clear();
    this.#addDefaults();
  }

  snapshot(): unknown {
    return saveBroker(this, this.unacked());
  }

  /** What channels have not settled, by queue. */
  unacked(): Map<Queue, Envelope[]> {
    const unacked = new Map<Queue, Envelope[]>();
    for (const { deliveries } of this.channels()) {
      for (const [queue, envelope] of deliveries.entries()) {
        const list = unacked.get(queue);
        if (list) list.push(envelope);
        else unacked.set(queue, [envelope]);
      }
    }
    return unacked;
  }

  /** Channels of all connections, the native one included. */
  *channels(): Iterable<AmqpChannel> {
    for (const { channels } of this.connections) yield* channels.values();
    if (this.#native) yield* this.#native.connection.channels.values();
  }

  /** Consumers of connections that stay are told that their queues have gone, as they have. */
  restore(state: unknown): void {
    this.#endNative();
    this.cluster.takeWaiting();
    loadBroker(this, state);
    const none = new Map();
    for (const node of this.cluster.down) for (const vhost of this.vhosts.values()) vhost.stopNode(node, none);
  }

  /** A node crashed: its connections are cut, its classic queues gone, durable ones until it is back. */
  stopNode(nodeId: number): void {
    if (!this.cluster.stop(nodeId)) return;
    for (const connection of [...this.connections]) if (connection.nodeId === nodeId) connection.close();
    const unacked = this.unacked();
    for (const vhost of this.vhosts.values()) vhost.stopNode(nodeId, unacked);
  }

  /** A node is back. */
  startNode(nodeId: number): void {
    if (!this.cluster.start(nodeId)) return;
    for (const vhost of this.vhosts.values()) vhost.startNode(nodeId);
    if (this.cluster.hasMajority) for (const resume of this.cluster.takeWaiting()) resume();
  }

  busy(): string[] {
    return [];
  }

  close(): void {
    this.#closeConnections();
    for (const vhost of this.vhosts.values()) vhost.dispose();
  }

  #closeConnections(): void {
    this.#endNative();
    for (const connection of [...this.connections]) connection.close();
  }

  #addDefaults(): void {
    for (const name of ['/', ...(this.options.vhosts ?? [])]) this.vhosts.set(name, new VirtualHost(name, this));
    for (const [name, password] of Object.entries(this.options.users ?? { guest: 'guest' })) {
      const user = new User(name, { plain: password }, ['administrator']);
      for (const vhost of this.vhosts.keys()) user.setPermissions(vhost, { configure: '.*', write: '.*', read: '.*' });
      this.users.set(name, user);
    }
  }
}
