import type { BrokerModel, ModelContext } from '../../core/model.js';
import type { AmqpOptions, AmqpVersion } from './config.js';
import { AmqpConnection, type ConnectionSink } from './connection.js';
import { notAllowed } from './errors.js';
import { DIRECT, type ExchangeType, FANOUT, HEADERS, type Matcher, TOPIC } from './exchange-type.js';
import type { FieldTable } from './field-table.js';
import { User } from './user.js';
import { VirtualHost } from './virtual-host.js';

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
  /** Connections of clients, oldest first. */
  readonly connections = new Set<AmqpConnection>();

  constructor(context: ModelContext, options: AmqpOptions = {}) {
    this.context = context;
    this.options = options;
    this.version = options.version ?? '3';
    for (const type of [DIRECT, FANOUT, TOPIC, HEADERS]) this.registerExchangeType(type);
    this.#addDefaults();
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
    return this.users.get(user)?.password === password;
  }

  /** Opens a connection. @throws AmqpError NOT_ALLOWED: unknown virtual host, no permission for it, too many */
  openConnection(options: OpenConnection): AmqpConnection {
    const vhost = this.vhosts.get(options.vhost);
    if (!vhost) throw notAllowed(`vhost ${options.vhost} not found`);
    const user = this.users.get(options.user);
    if (!user) throw notAllowed(`access to vhost '${vhost.name}' refused for user '${options.user}'`);
    const connection = new AmqpConnection({ ...options, user, vhost });
    this.connections.add(connection);
    return connection;
  }

  /** Opens a connection that counts in no limit and is in no list, for who acts for a user without a client. */
  openInternal(user: User, vhost: VirtualHost): AmqpConnection {
    const sink = { closed: () => {}, blocked: () => {}, unblocked: () => {} };
    return new AmqpConnection({ user, vhost, name: 'internal', nodeId: 1, sink, internal: true });
  }

  forgetConnection(connection: AmqpConnection): void {
    this.connections.delete(connection);
  }

  /** @throws AmqpError NOT_ALLOWED when the user has too many channels */
  checkUserChannels(_user: User): void {}

  restart(): void {}

  reset(): void {
    this.vhosts.clear();
    this.users.clear();
    this.#addDefaults();
  }

  snapshot(): unknown {
    return new Map();
  }

  restore(_state: unknown): void {}

  /** A node crashed. */
  stopNode(_nodeId: number): void {}

  /** A node is back. */
  startNode(_nodeId: number): void {}

  busy(): string[] {
    return [];
  }

  close(): void {}

  #addDefaults(): void {
    for (const name of ['/', ...(this.options.vhosts ?? [])]) this.vhosts.set(name, new VirtualHost(name, this));
    for (const [name, password] of Object.entries(this.options.users ?? { guest: 'guest' })) {
      this.users.set(name, new User(name, password, ['administrator']));
    }
  }
}
