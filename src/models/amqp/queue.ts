import type { Timer } from '../../core/clock.js';
import type { ModelContext } from '../../core/model.js';
import type { Binding } from './binding.js';
import type { Cluster } from './cluster.js';
import type { AmqpVersion } from './config.js';
import type { AmqpConnection } from './connection.js';
import { type Consumer, ConsumerList } from './consumer.js';
import type { Envelope } from './envelope.js';
import { type FieldTable, integerOf } from './field-table.js';
import type { Match } from './match.js';
import { MessageCounts } from './message-counts.js';
import type { Policy } from './policy.js';
import type { BasicProperties } from './properties.js';
import { NO_LIMITS, type QueueSettings, readSettings } from './queue-settings.js';

export type QueueType = 'classic' | 'quorum' | 'stream';
export type DeathReason = 'rejected' | 'expired' | 'maxlen' | 'delivery_limit';

export interface QueueDefinition {
  readonly name: string;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly exclusiveOwner: AmqpConnection | undefined;
  /** The node that it was declared on; default 1. */
  readonly homeNode?: number;
  readonly arguments: FieldTable;
}

/** What a queue needs from the virtual host that it is in. */
export interface QueueHost {
  readonly name: string;
  readonly context: ModelContext;
  /** A message died; it goes to the queue's dead letter exchange once the running command has ended. */
  died(queue: Queue, envelope: Envelope, reason: DeathReason): void;
  readonly version: AmqpVersion;
  readonly cluster: Cluster;
  /** The queue is to be deleted: unused for its lease, or without its last consumer. */
  removeQueue(queue: Queue): void;
  /** Grows with each change of what `Queue.passesTo` says of any queue. */
  passageVersion: number;
  /** How many have messages of the queue and are not its consumers: those that were cancelled, and each get. */
  lingererCount(queue: Queue): number;
  /** Runs what a timer started as a command of its own. */
  command<T>(fn: () => T): T;
}

/** Where messages wait until they are acked. Subclasses say how. */
export abstract class Queue {
  // First what each message that passes looks at: with thousands of queues, each line of the processor's cache is felt.
  #sole: Consumer | undefined;
  settings: QueueSettings = NO_LIMITS;
  readonly counts = new MessageCounts();
  readonly kind = 'queue';
  abstract readonly type: QueueType;
  readonly host: QueueHost;
  readonly name: string;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  /** The only connection that may use it. */
  readonly exclusiveOwner: AmqpConnection | undefined;
  /** The node that a classic queue lives on. */
  readonly homeNode: number;
  readonly arguments: FieldTable;
  /** The match that names this queue alone. */
  readonly selfMatch: Match;
  /** Bindings that lead here, the default one not counted. */
  readonly incoming = new Set<Binding>();
  readonly consumers: ConsumerList;
  policy: Policy | undefined;
  operatorPolicy: Policy | undefined;
  /** False once it was deleted. */
  alive = true;
  /** Deliveries that are not settled. */
  unackedCount = 0;
  /** What was settled since one was settled in the name of another delivery: only then two may settle the same. */
  settled: WeakSet<Envelope> | undefined;
  #hadConsumer = false;
  #lease: Timer | undefined;
  #lastUsedMs = 0;

  constructor(definition: QueueDefinition, host: QueueHost) {
    this.name = definition.name;
    this.durable = definition.durable;
    this.autoDelete = definition.autoDelete;
    this.exclusiveOwner = definition.exclusiveOwner;
    this.homeNode = definition.homeNode ?? 1;
    this.arguments = definition.arguments;
    this.host = host;
    this.selfMatch = { queues: [this], exchanges: [] };
    this.consumers = this.createConsumerList(definition.arguments.get('x-single-active-consumer') === true);
  }

  protected createConsumerList(single: boolean): ConsumerList {
    return new ConsumerList(this, single);
  }

  /** Messages that could be delivered now. */
  abstract readonly readyCount: number;
  /** Their bodies. */
  abstract readonly readyBytes: number;

  get messageCount(): number {
    return this.readyCount + this.unackedCount;
  }

  /** Whether what a channel holds is still to be settled. It is not asked itself: acks come long after its delivery. */
  isOut(envelope: Envelope): boolean {
    return this.settled === undefined || !this.settled.has(envelope);
  }

  /** The only consumer that there is, if there is just one: it is always its turn. */
  get sole(): Consumer | undefined {
    return this.#sole;
  }

  set sole(consumer: Consumer | undefined) {
    this.#sole = consumer;
    this.host.passageVersion++;
  }

  /**
   * The only consumer, where it gets whatever comes at once and for good, so that the queue keeps nothing of it. It holds
   * as long as `QueueHost.passageVersion` stays as it is: that one has no limit, so it is never full.
   */
  get passesTo(): Consumer | undefined {
    const sole = this.#sole;
    if (!sole?.noAck || !sole.served || sole.channel.deliveries.globalPrefetch !== 0) return undefined;
    return this.settings.overflow === 'drop-head' ? sole : undefined;
  }

  /** Consumers as the queue itself counts them. */
  get consumerCount(): number {
    return this.consumers.size;
  }

  /** Whether enough nodes run for it; a classic queue without its node is in no virtual host at all. */
  get available(): boolean {
    return this.type === 'classic' || this.host.cluster.hasMajority;
  }

  get singleActiveConsumer(): boolean {
    return this.arguments.get('x-single-active-consumer') === true;
  }

  /**
   * Takes a message in.
   *
   * @param shared whether other queues have the same envelope: what is kept is a copy of it
   * @param publisher the channel that it came by; undefined when it died elsewhere
   * @returns false when it was refused for the length limit
   */
  abstract enqueue(envelope: Envelope, shared?: boolean, publisher?: object): boolean;
  /** Takes the next message out for a `get`; it counts as unacked until settled, unless `noAck`. */
  abstract take(noAck: boolean): Envelope | undefined;
  /** Ready messages in order of delivery. */
  abstract ready(): Iterable<Envelope>;
  /** Drops what is ready. @returns how many */
  abstract purge(): number;
  /** Gives consumers what they may have. */
  abstract dispatch(): void;
  /** A delivered message was acked. */
  abstract ack(envelope: Envelope): void;
  /** A delivered message comes back, without a dispatch. @param asked whether its channel sent it back, rather than ended */
  abstract requeue(envelope: Envelope, asked: boolean): void;
  /** What the consumer that sends messages back may have from then on beyond its prefetch. */
  spareCredit(_returned: readonly Envelope[]): number {
    return 0;
  }

  /** To be called once all messages that come back together are back. */
  abstract afterReturn(): void;
  /** A delivered message was refused for good. */
  abstract reject(envelope: Envelope): void;
  /** The properties as they are delivered to a consumer. */
  propertiesOf(envelope: Envelope): BasicProperties {
    return envelope.properties;
  }

  /** The properties as `get` answers them. */
  gotProperties(envelope: Envelope): BasicProperties {
    return this.propertiesOf(envelope);
  }

  /** The priority that a message has here; 0 where priorities mean nothing. */
  priorityOf({ properties }: Envelope): number {
    return Math.min(properties.priority ?? 0, integerOf(this.arguments.get('x-max-priority')) ?? 0);
  }

  addConsumer(consumer: Consumer): void {
    this.consumers.add(consumer);
    this.#hadConsumer = true;
    this.touch();
    this.dispatch();
  }

  removeConsumer(consumer: Consumer): void {
    consumer.alive = false;
    this.consumers.remove(consumer);
    this.touch();
    if (!this.alive) return;
    if (this.autoDelete && this.#hadConsumer && this.consumers.size === 0) this.host.removeQueue(this);
    else this.dispatch();
  }

  /** As after a restart; streams keep everything. */
  restart(): void {}

  /** Takes over the effect of its policies. */
  applyPolicies(policy: Policy | undefined, operatorPolicy: Policy | undefined): void {
    this.policy = policy;
    this.operatorPolicy = operatorPolicy;
    const expiresBefore = this.settings.expiresMs;
    this.settings = readSettings(this.type, this.arguments, policy, operatorPolicy);
    this.host.passageVersion++;
    if (this.settings.expiresMs !== expiresBefore) this.touch();
  }

  /** It is used: its lease starts again. */
  touch(): void {
    if (this.settings.expiresMs === Infinity) return;
    this.#lastUsedMs = this.host.context.clock.now;
    this.#armLease();
  }

  /** Ends timers; the virtual host has taken it out already. */
  dispose(): void {
    this.alive = false;
    this.host.context.clock.cancel(this.#lease);
  }

  #armLease(): void {
    const { clock } = this.host.context;
    const at = this.#lastUsedMs + this.settings.expiresMs;
    if (!this.alive || at === Infinity) return;
    clock.cancel(this.#lease);
    this.#lease = clock.schedule(at, () => this.host.command(() => this.#leaseEnded()));
  }

  #leaseEnded(): void {
    if (!this.alive || this.consumers.size > 0) return;
    if (this.#lastUsedMs + this.settings.expiresMs <= this.host.context.clock.now) this.host.removeQueue(this);
    else this.#armLease();
  }
}
